"""The heat map of an answer: each token a button, its probability a shade and a number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, log
from pathlib import Path
from typing import Any

import streamlit as st

from lib.charts.inert import plain_token, shortened, visible
from lib.charts.next_token import NO_TEXT, share_words
from lib.domain.positions import Position

PER_PAGE = 600
"""Of an answer at once: a browser draws each of them."""
FULL_SHADE = log(1000)
"""Surprisal, in nats, from which on a token has the full shade: one in a thousand."""
MOST_CHARACTERS = 60

_HERE = Path(__file__)
_HEAT = st.components.v2.component(
    "lab_token_heat",
    html='<div role="toolbar"\n></div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def draw(
    positions: Sequence[Position],
    *,
    key: str,
    first: int,
    open_: int,
    numbers: bool,
    on_open: Callable[[int], None],
) -> None:
    """Draw a page of an answer's tokens.

    Args:
        positions: all of them.
        key: of the element.
        first: the place of the first that is drawn.
        open_: the place of the token that is open.
        numbers: whether each has its probability below it.
        on_open: called with the place of a token that is clicked.
    """

    def opened() -> None:
        place = st.session_state[key].get("opened")
        if isinstance(place, int) and 0 <= place < len(positions):
            on_open(place)

    shown = positions[first : first + PER_PAGE]
    _HEAT(
        key=key,
        data={
            "label": "The answer's tokens. Arrow keys move between them, Enter opens one.",
            "first": first,
            "numbers": numbers,
            "tokens": [token(each, first + n, open_=open_) for n, each in enumerate(shown)],
        },
        on_opened_change=opened,
    )


def token(position: Position, place: int, *, open_: int) -> dict[str, Any]:
    """A token as the component takes it. Pure."""
    text = written(position)
    known = position.logprob is not None
    share = share_words(exp(position.logprob)) if position.logprob is not None else "?"
    told = f"probability {share}" if known else "probability not known"
    if position.several:
        told = "several tokens in one, so no probability is theirs"
    return {
        "text": shortened(text, MOST_CHARACTERS),
        "shade": shade(position.logprob),
        "number": share,
        "known": known,
        "open": place == open_,
        "ends_line": position.text.endswith(("\n", "\r")),
        "aloud": f"Token {place + 1:,}, {shortened(text, MOST_CHARACTERS)}: {told}",
    }


def shade(logprob: float | None) -> float:
    """From 0, certain, to 1, one in a thousand or rarer; 0 where it isn't known."""
    return 0.0 if logprob is None else round(min(1.0, -logprob / FULL_SHADE), 3)


def written(position: Position) -> str:
    r"""A token with its white space visible, and bytes that are no text as `\xf0`."""
    if "\ufffd" in position.text and position.raw:
        return visible(position.raw.decode("utf-8", "backslashreplace")).replace(" ", "␣")
    return plain_token(position.text) if position.text else NO_TEXT
