"""What a sample cost in tokens and time, and every try at it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC

import streamlit as st

from lib.domain.vocabulary import Sample, Slot
from lib.engine.costing import Costing, in_words
from lib.providers.prices import basis
from lib.store.reading import Attempt
from lib.ui.sample import advice, fields
from lib.ui.sample.plain_table import plain_table

NOT_REPORTED = "not reported"


def draw(slot: Slot, sample: Sample | None, attempts: Sequence[Attempt], *, key: str) -> None:
    """Show tokens, times and names as they were read, and the attempts."""
    plain_table(
        ("", "Value", "What it means"),
        [
            (name.replace("_", " "), value, fields.meaning("read", name))
            for name, value in (*read(slot, sample), *cost(sample, attempts))
        ],
        key=f"{key}.read",
        alt="Tokens, times and names of this response",
        widths=(4, 6, 10),
    )
    many = f"{len(attempts)} attempt{'s' * (len(attempts) != 1)}"
    st.markdown(f"**{many}**")
    st.caption(
        "Every try is kept, also those that failed. The first that is answered is the sample."
    )
    plain_table(
        ("Attempt", "Sent", "Status", "Seconds", "What became of it"),
        [
            (
                each.n,
                f"{each.begun_at:%Y-%m-%d %H:%M:%S} UTC",
                None if each.reply is None else each.reply.status,
                None if each.reply is None else f"{each.reply.seconds:.3f}",
                advice.became(each),
            )
            for each in attempts
        ],
        key=f"{key}.attempts",
        alt="Every try at this sample",
        widths=(2, 5, 2, 2, 9),
        labelled=True,
    )


def cost(sample: Sample | None, attempts: Sequence[Attempt]) -> Iterator[tuple[str, str]]:
    """What the call cost, by the list of its day; nothing where no price is known."""
    begun = next((each.begun_at for each in attempts if each.accepted), None)
    if sample is None or begun is None:
        return
    spent = Costing().of_answer(sample, begun.astimezone(UTC).date())
    if spent.at_most is None:
        return
    estimate = f" (estimate, {basis()})" if spent.at_most else ""
    yield "cost", f"{in_words(spent)}{estimate}"


def read(slot: Slot, sample: Sample | None) -> Iterator[tuple[str, str]]:
    """What was read from a response, by name. What was not reported is said to be so, never 0."""
    if sample is not None:
        for name, value in asdict(sample.usage).items():
            yield name, NOT_REPORTED if value is None else f"{value:,}"
        yield "seconds", f"{sample.seconds:.3f}"
        if sample.first_text_s is not None:
            yield "first_text_s", f"{sample.first_text_s:.3f}"
        output = sample.usage.output_tokens
        if output and sample.seconds > 0:
            yield "tokens_per_second", f"{output / sample.seconds:,.1f}"
        yield "model", sample.model or NOT_REPORTED
        yield "response_id", sample.response_id or NOT_REPORTED
        yield "fingerprint", sample.fingerprint or NOT_REPORTED
    if slot.seed is not None:
        yield "seed", str(slot.seed)
