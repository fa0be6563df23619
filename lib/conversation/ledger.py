"""What each call of a branch took: its tokens by where they come from, and how they add up.

An endpoint reports how many tokens went in, never which message took how many. So the reported
number is shared out by what each message takes when it is counted alone: on the embedded model
these counts are exact and add up to the reported number; elsewhere the shares are about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lib.conversation.repetition import News
from lib.conversation.sending import Piece

PARTS = ("system", "repeated", "new", "prefill", "answer")
"""What a call's tokens are: the system message; turns that an earlier call sent as well; turns that
are sent for the first time; the beginning of the answer; the answer. In the order of a stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One call."""

    call: int
    """Of the branch, from 1."""
    input_tokens: int | None
    """As reported, or as counted where `reported` is false."""
    output_tokens: int | None
    shares: dict[str, int] = field(default_factory=dict)
    """By `PARTS`. The input's add up to `input_tokens`; empty where that isn't known."""
    reported: bool = True
    exact: bool = False
    """Whether the shares are counted by the model's own tokenizer."""


def shared_out(total: int, weights: Sequence[int]) -> list[int]:
    """A total in proportion to weights, in whole numbers that add up to it (largest remainders).

    Args:
        total: 0 or more.
        weights: 0 or more each. All 0: the first gets everything.
    """
    whole = sum(weights)
    if not weights or not whole:
        return [total, *[0] * (len(weights) - 1)][: len(weights)]
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


def entry(
    call: int,
    sent: Sequence[Piece],
    news: Sequence[News],
    weights: Sequence[int],
    *,
    framing: int,
    input_tokens: int | None,
    output_tokens: int | None,
    exact: bool,
) -> Entry:
    """What one call took.

    Args:
        call: its number in the branch.
        sent: its messages.
        news: what is new in it, of each message.
        weights: tokens of each message, counted alone.
        framing: tokens that the chat template adds to open the answer; they count as new.
        input_tokens: as reported; `None`: not reported, and then what was counted is told.
        output_tokens: as reported.
        exact: whether the weights are exact.
    """
    parts = [_part(each, new) for each, new in zip(sent, news, strict=True)]
    reported = input_tokens is not None
    counted = sum(weights) + framing
    total = input_tokens if input_tokens is not None else counted
    shares = dict.fromkeys(PARTS, 0)
    split = shared_out(total, [*weights, framing])
    for part, tokens in zip([*parts, "new"], split, strict=True):
        shares[part] += tokens
    shares["answer"] = output_tokens or 0
    return Entry(
        call=call,
        input_tokens=total,
        output_tokens=output_tokens,
        shares=shares,
        reported=reported,
        exact=exact and total == counted,
    )


def _part(piece: Piece, news: News) -> str:
    match piece.part, news:
        case "system", _:
            return "system"
        case "prefill", _:
            return "prefill"
        case _, "repeated":
            return "repeated"
        case _:
            return "new"


@dataclass(frozen=True, slots=True)
class Totals:
    """What the calls of a branch took together."""

    calls: int
    input_tokens: int
    output_tokens: int
    repeated_tokens: int
    """Of the input: turns and system messages that had been sent before."""

    @property
    def repeated_share(self) -> float | None:
        """Of all that went in, how much had gone in before."""
        return self.repeated_tokens / self.input_tokens if self.input_tokens else None


def totals(entries: Sequence[Entry]) -> Totals:
    """Add up a branch. The system message counts as repeated from its second call on."""
    repeated = sum(
        each.shares.get("repeated", 0) + (each.shares.get("system", 0) if place else 0)
        for place, each in enumerate(entries)
    )
    return Totals(
        len(entries),
        sum(each.input_tokens or 0 for each in entries),
        sum(each.output_tokens or 0 for each in entries),
        repeated,
    )
