"""A small table whose texts wrap, can be marked and are read aloud; all of them plain text.

`st.table` reads Markdown in its cells, and `st.dataframe` draws each cell in one line on a canvas,
so that an explanation is cut off where it stands. This one is made of text nodes alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import streamlit as st

from lib.ui import inert
from lib.ui.sample.values import encodable

_HERE = Path(__file__)
_TABLE = st.components.v2.component(
    "lab_plain_table",
    html="<table>\n<caption></caption><thead></thead><tbody></tbody></table>",
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def plain_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    key: str,
    alt: str,
    code: Sequence[bool] = (),
    widths: Sequence[int] = (),
    labelled: bool = False,
) -> None:
    """Show rows under headings. The first column names its row.

    Args:
        columns: the headings.
        rows: a cell for each column; `None` is left empty.
        key: of the element.
        alt: what it is a table of: read aloud before it.
        code: which columns are set like code.
        widths: of the columns, in proportion; without them all are the same.
        labelled: whether a cell needs its heading beside it where rows are shown below each other.
    """
    written = [["" if each is None else _text(each) for each in row] for row in rows]
    _TABLE(
        key=key,
        data={
            "columns": list(columns),
            "rows": written,
            "alt": alt,
            "code": [*code, *[False] * (len(columns) - len(code))],
            "labelled": labelled,
            "widths": [100 * width / sum(widths) for width in widths],
        },
    )


def _text(value: object) -> str:
    return inert.visible(encodable(str(value)))
