"""Which samples stand behind a mark of a chart, or behind a group of equal outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lib.analysis.checks import passes
from lib.analysis.first_position import first_word
from lib.analysis.groups import Group
from lib.analysis.lengths import token_lengths
from lib.analysis.patterns import Undecided
from lib.domain.checks import Check
from lib.domain.vocabulary import Sample


def behind(group: Group, kind: str, value: object) -> tuple[str, ...]:
    """The samples that a mark counts, as `C.R`, in order.

    Args:
        group: of the mark's configuration.
        kind: `finish_reason`, `first_token` (by key), `first_token_text`, `first_word`, one of
            these three after `not_` (all but those in `value`), `length_tokens`,
            `length_characters` or `fails`.
        value: what they have in common; after `not_`, a list; after `fails`, the check.
    """
    if isinstance(value, Check):
        return failing(group, value)
    if kind == "finish_reason":
        return tuple(s.slot.name for s in group.samples if s.finish_reason == value)
    left_out = kind.startswith("not_")
    listed = value if left_out and isinstance(value, Sequence) else ()
    return tuple(
        sample.slot.name
        for sample, has in _each(group, kind.removeprefix("not_"))
        if (has not in listed if left_out else has == value)
    )


def answering(group: Group, counted: Sequence[str], answer: str) -> tuple[str, ...]:
    """The calls whose answer counts as this one.

    Args:
        group: of one configuration.
        counted: what the answer of each of its calls with text counts as, in their order.
        answer: a value, a cluster, or a normalised text.
    """
    return tuple(
        sample.slot.name
        for sample, each in zip(group.texts, counted, strict=True)
        if each == answer
    )


def failing(group: Group, check: Check) -> tuple[str, ...]:
    """The answers that don't pass a check; none where that can't be said."""
    try:
        good = {text: passes(check, text) for text in {s.text for s in group.texts}}
    except Undecided:
        return ()
    return tuple(s.slot.name for s in group.texts if not good[s.text])


def _each(group: Group, kind: str) -> Iterator[tuple[Sample, object]]:
    """Every answer with what it has of this kind; those that have none are left out."""
    match kind:
        case "first_token" | "first_token_text":
            for sample in group.texts:
                if (first := sample.first_token) is not None:
                    drawn = first.drawn
                    yield sample, drawn.token if kind.endswith("text") else drawn.key
        case "first_word":
            for sample in group.texts:
                yield sample, first_word(sample.text)
        case "length_tokens":
            lengths = token_lengths(group.texts)
            if not isinstance(lengths, str):
                yield from zip(group.texts, lengths, strict=True)
        case "length_characters":
            for sample in group.texts:
                yield sample, len(sample.text)
