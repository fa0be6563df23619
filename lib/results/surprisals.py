"""How surprising each answer's tokens were: read again from the replies, which hold them."""

from __future__ import annotations

from collections.abc import Mapping

from lib.analysis.surprisal import Surprisal, surprisal
from lib.engine.progress import Snapshot
from lib.results.positions import positions
from lib.store.store import Store


def surprisals(store: Store, snapshot: Snapshot) -> Mapping[str, Surprisal]:
    """By `C.R`, of the answers that came with probabilities. A few milliseconds for each of them.

    Raises:
        StoreError: if the store fails.
    """
    found = {}
    for sample in snapshot.samples.values():
        if sample.first_token is None and not sample.slot.configuration.settings.logprobs:
            continue  # nothing was asked for, and nothing came: no reply need be read
        at = positions(store, sample, alternatives=False).at
        if at:
            found[sample.slot.name] = surprisal(at)
    return found
