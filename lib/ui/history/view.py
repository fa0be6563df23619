"""The History page: what it draws in each of its states."""

from __future__ import annotations

import streamlit as st

from lib.domain.errors import LabError
from lib.store.history import Entry, Wanted
from lib.ui import inert, resources
from lib.ui.history import line, taking_in

PER_PAGE = 15


def render() -> None:
    """Draw the search, the way to import, and the runs that are found."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("History", width="stretch")
        taking_in.draw()
    with st.container():
        taking_in.told()
    try:
        _runs()
    except LabError as error:
        st.error("The runs can't be read.", icon=":material/error:")
        inert.text(str(error))


def _runs() -> None:
    text, tag = _search(resources.engine().store.tags())
    page = _page((text, tag))
    wanted = Wanted(text=text, tag=tag, after=page * PER_PAGE, limit=PER_PAGE)
    found, total = resources.engine().store.history(wanted)
    if not total:
        _nothing(narrowed=bool(text or tag))
        return
    st.caption(f"{total:,} run{'s' * (total != 1)}{' found' * bool(text or tag)}, newest first")
    _list(found)
    pages = -(-total // PER_PAGE)
    if pages > 1:
        st.pagination(pages, key=_page_key((text, tag)), max_visible_pages=7)


def _list(found: list[Entry]) -> None:
    for entry in found:
        line.draw(entry)


def _search(tags: list[str]) -> tuple[str, str | None]:
    with st.container(horizontal=True, vertical_alignment="bottom", key="history.search"):
        text = st.text_input(
            "Search",
            key="history.text",
            placeholder="Name, message, model, note or tag",
            persist_state="session",
            icon=":material/search:",
            max_chars=200,
        )
        if st.session_state.get("history.tag") not in tags:
            st.session_state.pop("history.tag", None)  # the last run with it has gone
        tag = None
        if tags:
            tag = st.selectbox(
                "Tag",
                tags,
                index=None,
                key="history.tag",
                placeholder="any",
                persist_state="session",
                width=220,
            )
    return (text or "").strip(), tag


def _page_key(narrowed: tuple[str, str | None]) -> str:
    """A search of its own begins on its first page."""
    return f"history.page.{narrowed}"


def _page(narrowed: tuple[str, str | None]) -> int:
    return int(st.session_state.get(_page_key(narrowed)) or 1) - 1


def _nothing(*, narrowed: bool) -> None:
    if narrowed:
        st.info("No run matches.", icon=":material/search_off:")
        return
    st.info(
        "Nothing has been run yet. Every run is kept here, with every request and response.",
        icon=":material/history:",
    )
    st.page_link("pages/compare.py", label="Go to Compare", icon=":material/compare:")
