"""The list of samples: two lines each, a page at a time.

It isn't `st.dataframe`: there, a click opens a row only on the small circle at its left, a row that
is opened by a key stays out of sight, a click on a heading sorts the screen alone, so that next
and previous jump about, and all ten thousand rows travel to the browser with each step.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from lib.charts.inert import plain_label
from lib.engine.progress import Snapshot
from lib.ui.responses.criteria import Found
from lib.ui.responses.rows import Row
from lib.ui.sample import marker
from lib.ui.sample.values import encodable

PER_PAGE = 10
MOST_CHARACTERS = 160
"""Of a text in the list: no screen shows more of it in one line."""

_HERE = Path(__file__)
_LIST = st.components.v2.component(
    "lab_sample_list",
    html='<div role="listbox"\n tabindex="0"></div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def draw(
    snapshot: Snapshot,
    shown: Sequence[Found],
    *,
    key: str,
    label: str,
    open_: str | None,
    noted: Container[int],
    shown_at: str,
    on_open: Callable[[str], None],
    on_step: Callable[[int], None],
) -> None:
    """Draw one page of the list.

    Args:
        snapshot: the run.
        shown: the rows of this page.
        key: of the element.
        label: read aloud before it.
        open_: the name of the sample that is open.
        noted: slots with a note.
        shown_at: a CSS selector of the place where a sample is shown whole.
        on_open: called with the name of a sample that is clicked.
        on_step: called with 1 or −1 for the arrow keys.
    """

    def opened() -> None:
        if isinstance(name := st.session_state[key].get("opened"), str):
            on_open(name)

    def stepped() -> None:
        if (by := st.session_state[key].get("stepped")) in (1, -1):
            on_step(int(by))

    _LIST(
        key=key,
        data={
            "label": label,
            "rows": [row(snapshot, each, open_=open_, noted=noted) for each in shown],
            "markers": {
                str(each.row.number): marker.address(each.row.number - 1) for each in shown
            },
            "shown_at": shown_at,
        },
        on_opened_change=opened,
        on_stepped_change=stepped,
    )


def row(
    snapshot: Snapshot, found: Found, *, open_: str | None, noted: Container[int]
) -> dict[str, Any]:
    """A row as the list takes it. Pure."""
    each = found.row
    configuration = _one_line(snapshot.experiment.configurations[each.number - 1].name, 80)
    text = _one_line(each.text, MOST_CHARACTERS)
    aloud = [f"Sample {each.name}", configuration, *ended(each)]
    if found.count > 1:
        aloud.append(f"this output {found.count} times")
    if each.slot_id in noted:
        aloud.append("with a note")
    return {
        "name": each.name,
        "configuration": configuration,
        "marker": str(each.number),
        "ended": ", ".join(ended(each)),
        "answered": each.answered,
        "text": text,
        "note": each.slot_id in noted,
        "count": f"{found.count} ×" if found.count > 1 else "",
        "open": each.name == open_,
        "aloud": f"{', '.join(aloud)}: {text or 'empty'}",
    }


_SAID_BY_OUTCOME = {
    ("filtered", "content_filter"),
    ("refused", "refusal"),
    ("tool_call", "tool_calls"),
}
"""Outcomes that say what the finish reason says again."""


def ended(each: Row) -> list[str]:
    """How a call ended, in few words: of an answer with text, the finish reason is enough."""
    words: list[str] = []
    if each.outcome != "ok":
        words.append(each.outcome)
    if (
        each.finish_reason is not None
        and (each.outcome, each.finish_reason) not in _SAID_BY_OUTCOME
    ):
        words.append(each.finish_reason)
    if each.output_tokens is not None:
        words.append(f"{each.output_tokens:,} tok")
    if each.seconds is not None:
        short = each.seconds < 0.1
        words.append(f"{each.seconds * 1000:.0f} ms" if short else f"{each.seconds:.2f} s")
    return words


def _one_line(text: str, most: int) -> str:
    return plain_label(encodable(text.strip()), most=most)
