"""A run as a file: to be imported elsewhere, analysed with other tools, or read."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lib.report.of_run import report
from lib.results import export
from lib.store.history import Entry
from lib.ui import resources
from lib.ui.history import reading

_KINDS: dict[export.Format, tuple[str, str]] = {
    "json": ("application/json", "Whole: every request and response."),
    "jsonl": ("application/x-ndjson", "A line for each sample."),
    "csv": ("text/csv", "A row for each sample. No cell acts as a formula in a spreadsheet."),
    "parquet": ("application/vnd.apache.parquet", "A row for each sample, for data tools."),
}


def draw(entry: Entry) -> None:
    """Draw a button for each format. A file is made when it is asked for."""
    run = entry.summary.id
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Save as", width="content")
        for form, (mime, what) in _KINDS.items():
            st.download_button(
                form.upper() if form != "parquet" else "Parquet",
                data=_exported(entry, form),
                file_name=f"{run}.{form}",
                mime=mime,
                on_click="ignore",
                key=f"history.download.{form}.{run}",
                icon=":material/download:",
                help=f"{what} It can be imported again, here or elsewhere.",
            )

        st.space("stretch")
        st.download_button(
            "HTML report",
            data=lambda: b"".join(report(resources.engine().store, run)),
            file_name=f"{run}.html",
            mime="text/html",
            on_click="ignore",
            key=f"history.report.{run}",
            icon=":material/description:",
            disabled=entry.summary.state == "running",
            help="Question, settings, verdict, charts, answers and method as one page to read. It "
            "opens from any disk and fetches nothing.",
        )


def _exported(entry: Entry, form: export.Format) -> Callable[[], bytes]:
    return lambda: b"".join(export.write(resources.engine().store, reading.snapshot(entry), form))
