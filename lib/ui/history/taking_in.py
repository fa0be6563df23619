"""Importing runs from files: exports of this lab, or of another one."""

from __future__ import annotations

import streamlit as st

from lib.domain.errors import LabError
from lib.results import run_file
from lib.results.run_file import File
from lib.store.importing import Imported
from lib.ui import inert, resources

_TOLD, _VERSION = "history.imported", "history.uploads"


def draw() -> None:
    """Draw the menu with the upload."""
    version = st.session_state.setdefault(_VERSION, 0)
    with st.popover("Import", icon=":material/upload_file:"):
        files = st.file_uploader(
            "Exported runs",
            type=[ending.removeprefix(".") for ending in run_file.ENDINGS],
            accept_multiple_files=True,
            key=f"history.upload.{version}",
            help="JSON, JSONL, CSV or Parquet, as they are saved here. Nothing that they name is "
            "called.",
        )
        st.caption(
            "Up to 20 MB each; the shell takes more: `python -m lib import FILE`. A file comes in "
            "whole or not at all. The same run again does nothing."
        )
        if files:
            st.session_state[_TOLD] = [_take(each.name, each.getvalue()) for each in files]
            st.session_state[_VERSION] = version + 1  # else each click would import them again
            st.rerun()


def told() -> None:
    """Say what came of the last files."""
    for name, came in st.session_state.pop(_TOLD, ()):
        if isinstance(came, str):
            st.error("Not imported. Nothing was changed.", icon=":material/error:")
            inert.text(came if came.startswith(name) else f"{name}: {came}", most=600)
            continue
        for each in came:
            st.success(
                "In this store already: nothing was done." if each.already else "Imported.",
                icon=":material/check:",
            )
            inert.text(f"{each.name}, {each.samples:,} of {each.planned:,} samples", most=200)


def _take(name: str, content: bytes) -> tuple[str, str | list[Imported]]:
    try:
        return name, run_file.take_in(resources.engine().store, File.of(name, content))
    except LabError as error:
        return name, str(error)
