"""A run as rows to choose from: a row for each sample, and for each call that gave none. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lib.analysis.normalise import normalised
from lib.domain.errors import ErrorCode
from lib.domain.vocabulary import FinishReason, Outcome
from lib.engine.progress import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sample at a glance."""

    slot_id: int
    name: str
    """`C.R`."""
    number: int
    """Of the configuration, from 1."""
    repeat: int
    place: int
    """In the plan, from 0: the order in which it was asked for."""
    outcome: Outcome | ErrorCode
    """What kind of answer it is, or why there is none."""
    answered: bool
    finish_reason: FinishReason | None
    output_tokens: int | None
    seconds: float | None
    text: str
    """The answer; of a call without one, the sentence that says why."""
    output: int
    """The same number for the same output of the same configuration."""


def rows(snapshot: Snapshot) -> tuple[Row, ...]:
    """All samples and failed calls of a run, by configuration and repeat."""
    found = sorted(_rows(snapshot), key=lambda row: (row.number, row.repeat))
    return tuple(found)


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    outputs: dict[tuple[int, str, str], int] = {}
    for place, slot in enumerate(snapshot.slots):
        sample, error = snapshot.samples.get(slot.id), snapshot.failures.get(slot.id)
        outcome: Outcome | ErrorCode
        if sample is not None:
            outcome, text, same = sample.outcome, sample.text, normalised(sample.text)
        elif error is not None:
            outcome, text, same = error.code, str(error), ""
        else:
            continue
        output = outputs.setdefault((slot.number, outcome, same), len(outputs))
        yield Row(
            slot_id=slot.id,
            name=slot.name,
            number=slot.number,
            repeat=slot.repeat,
            place=place,
            outcome=outcome,
            answered=sample is not None,
            finish_reason=None if sample is None else sample.finish_reason,
            output_tokens=None if sample is None else sample.usage.output_tokens,
            seconds=None if sample is None else sample.seconds,
            text=text,
            output=output,
        )
