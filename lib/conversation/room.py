"""Whether a call fits into the model's context window: predicted before, explained after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["fits", "cut", "too_long", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A call and the window that it has to go through."""

    input_tokens: int
    exact: bool
    """Whether the model's own tokenizer has counted them."""
    window: int | None
    """Tokens that messages and answer may have together; `None`: not known."""
    max_tokens: int | None
    """The answer's limit; `None`: none is set."""

    @property
    def left(self) -> int | None:
        """Tokens that the window has for the answer; below 0: the messages alone are too long."""
        return None if self.window is None else self.window - self.input_tokens

    @property
    def verdict(self) -> Verdict:
        """What is to be expected.

        `cut`: the messages fit, and the answer may meet the window before its own limit.
        `too_long`: nothing is left for an answer, so the endpoint refuses the call.
        """
        if self.left is None:
            return "unknown"
        if self.left <= 0:
            return "too_long"
        if self.max_tokens is not None and self.max_tokens > self.left:
            return "cut"
        return "fits"

    @property
    def share(self) -> float | None:
        """Of the window, what messages and the longest answer take; 1 is full."""
        return (
            None if not self.window else (self.input_tokens + (self.max_tokens or 0)) / self.window
        )

    @property
    def says(self) -> str:
        """The prediction, in a sentence."""
        about = "" if self.exact else "about "
        sent = f"{about}{self.input_tokens:,} tokens"
        if self.window is None or self.left is None:
            return f"The messages have {sent}. The model's context window is not known here."
        match self.verdict:
            case "too_long":
                return (
                    f"Overflow: the messages have {sent}, and the context window {self.window:,}. "
                    "The endpoint will refuse this call."
                )
            case "cut":
                return (
                    f"The messages have {sent} of {self.window:,}: {about}{self.left:,} are left "
                    f"for the answer, fewer than the {self.max_tokens:,} that it may have. It may "
                    "be cut off by the window."
                )
            case _:
                return (
                    f"The messages have {sent} of {self.window:,}: {about}{self.left:,} are left "
                    "for the answer."
                )


def explained(room: Room, *, refused: bool) -> str:
    """After a call that overflowed: what happened, and what there is to do.

    Args:
        room: of the call, as it was.
        refused: whether the endpoint refused it; else its answer was cut off by the window.
    """
    about = "" if room.exact else "about "
    window = "the context window" if room.window is None else f"a window of {room.window:,}"
    sent = f"{about}{room.input_tokens:,} tokens were sent into {window}"
    if refused:
        return (
            f"{sent}: too many, so the call was refused and nothing was answered. Every turn sends "
            "all earlier ones, so this comes to any conversation. Send fewer: drop the oldest "
            "turns, keep a window of them, or a summary."
        )
    return (
        f"{sent}, and the answer filled the rest: it ends where the window ends, not where the "
        "model would have ended. Send fewer turns, or a shorter message."
    )
