"""Passing an experiment on: as a link, as TOML, as a command; and taking one from TOML."""

from __future__ import annotations

from typing import Any

import streamlit as st
import tomli_w

from lib.domain import share_link
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import document, parse_toml
from lib.ui import inert
from lib.ui.state import Draft


def draw(draft: Draft, experiment: Experiment | None) -> None:
    """Draw the menu that passes the experiment on, or takes another one in."""
    with st.popover("Share", icon=":material/share:"):
        if experiment is None:
            st.caption("Mend the experiment first: what can't be run can't be shared.")
        else:
            _out(document(experiment))
        st.divider()
        _in(draft)


def _out(whole: dict[str, Any]) -> None:
    toml = tomli_w.dumps(whole, multiline_strings=True)
    st.caption("A link that holds the experiment, settings included. Keys are never in it.")
    try:
        link = f"{_origin()}?s={share_link.blob(whole)}"
        inert.block(link, height=80)
    except InputError as error:
        inert.text(str(error))
    st.caption("As a file, and as the command that runs it")
    st.download_button(
        "Download TOML",
        toml,
        "experiment.toml",
        "application/toml",
        on_click="ignore",
        icon=":material/download:",
    )
    inert.block(".venv/bin/python -m lib run experiment.toml", language="bash")
    with st.expander("Show the TOML"):
        inert.block(toml, language="toml", height=280)


def _origin() -> str:
    """The address that the visitor sees, without what stands behind it."""
    return str(st.context.url or "").split("?")[0].rstrip("/") + "/"


def _in(draft: Draft) -> None:
    pasted = st.text_area(
        "Paste an experiment (TOML)",
        key=draft.key("paste"),
        height=96,
        placeholder='[[messages]]\nrole = "user"\ncontent = "Name a fruit."',
    )
    if st.button("Load it", key=draft.key("paste.load"), disabled=not pasted):
        try:
            loaded = document(parse_toml((pasted or "").encode()))
        except InputError as error:
            for line in str(error).splitlines():
                inert.text(line)
        else:
            draft.later(lambda: draft.replace(loaded))
