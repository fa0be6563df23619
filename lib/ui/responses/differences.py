"""Two texts side by side, with their differences marked: by signs and lines, not colour alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from lib.ui import inert
from lib.ui.responses.diff import Difference, Kind, Part
from lib.ui.sample.values import encodable

_HERE = Path(__file__)
_DIFFERENCES = st.components.v2.component(
    "lab_differences",
    html='<div\n class="sides"></div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def draw(difference: Difference, *, left: str, right: str, key: str) -> None:
    """Draw two texts; each side has what they share, and what is its own."""
    _DIFFERENCES(
        key=key,
        data={
            "code": False,
            "words": {"removed": f"only in {left}", "added": f"only in {right}"},
            "sides": [
                {"title": left, "parts": side(difference.parts, "removed")},
                {"title": right, "parts": side(difference.parts, "added")},
            ],
        },
    )


def draw_lines(parts: Iterable[Part], *, left: str, right: str, key: str) -> None:
    """Draw lines below each other, as they are in both texts or in one."""
    _DIFFERENCES(
        key=key,
        data={
            "code": True,
            "words": {"removed": f"only in {left}", "added": f"only in {right}"},
            "sides": [{"title": "", "parts": [_line(part) for part in parts]}],
        },
    )


def _line(part: Part) -> tuple[Kind, str]:
    # The sign takes the place of two spaces.
    return part.kind, ("  " if part.kind == "same" else "") + _visible(part.text)


def side(parts: Iterable[Part], own: Kind) -> list[tuple[Kind, str]]:
    """The parts of one text, as they are shown. Pure."""
    return [
        (part.kind, _shown(part.text) if part.kind == own else _visible(part.text))
        for part in parts
        if part.kind in {"same", own}
    ]


def _shown(text: str) -> str:
    """A part that only one text has: white space in it can be seen, as it may be all there is."""
    marked = _visible(text).replace("\n", "↵\n").replace("\t", "⇥\t")
    return marked if marked.strip() else marked.replace(" ", "␣")


def _visible(text: str) -> str:
    return inert.visible(encodable(text))
