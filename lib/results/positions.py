"""The positions of stored samples, read again from their replies."""

from __future__ import annotations

from lib.domain.positions import Positions
from lib.domain.vocabulary import Sample
from lib.providers import positions as reading
from lib.store.store import Store

GONE = "The reply is not in the store any more."


def positions(store: Store, sample: Sample, *, alternatives: bool = True) -> Positions:
    """Of one sample.

    Args:
        store: where it is.
        sample: which one.
        alternatives: whether what else was likely is wanted.

    Raises:
        StoreError: if the store fails.
    """
    accepted = (each for each in store.attempts(sample.slot.id) if each.accepted)
    reply = next((each.reply for each in accepted if each.reply is not None), None)
    return (
        Positions(why=GONE)
        if reply is None
        else reading.positions(sample, reply, alternatives=alternatives)
    )
