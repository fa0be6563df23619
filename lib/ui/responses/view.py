"""The Responses page: what it draws in each of its states."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.domain.errors import LabError, StoreError
from lib.domain.vocabulary import Slot
from lib.engine.progress import Snapshot
from lib.ui import inert, resources, state
from lib.ui.responses import comparing, filters, live, opened, reading, run_choice, sample_list
from lib.ui.responses.criteria import Criteria, Found, wanted
from lib.ui.responses.opened import Opened
from lib.ui.responses.rows import Row
from lib.ui.sample import marker, whole

_SAMPLE = "responses-sample"


def render() -> None:
    """Draw the run that is looked at, or a choice of runs."""
    run = state.run_id()
    try:
        snapshot = reading.snapshot(run) if run else None
    except StoreError as error:
        st.header("Responses")
        st.error("The run can't be read.", icon=":material/error:")
        inert.text(str(error))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Responses", width="content")
        if snapshot is not None:
            inert.text(snapshot.experiment.name, most=80)
            st.space("stretch")
        if run is not None:
            st.button(
                "Other runs",
                icon=":material/history:",
                key="responses.others",
                on_click=_close,
                type="tertiary",
                help="Closes this run, here and on Compare. It stays in the store.",
            )
    if run is None:
        run_choice.draw()
    elif snapshot is None:
        st.warning("There is no such run here. It may have been deleted, or be another store's.")
        run_choice.draw()
    else:
        _run(snapshot)


def _close() -> None:
    state.look_at(None)
    st.query_params.pop(opened.PARAMETER, None)  # it names a sample of this run alone


def _run(snapshot: Snapshot) -> None:
    rows = reading.rows(snapshot)
    if snapshot.running:
        live.draw(snapshot)
    else:
        st.caption(live.counted(snapshot))
    if not rows:
        st.info("No call has an outcome yet." if snapshot.running else "No call was made.")
        return
    open_ = opened.of(snapshot.run)
    noted = _noted(snapshot.run)
    missing = _follow_the_address(snapshot, open_, rows, noted)
    criteria = filters.draw(snapshot, rows)
    found = wanted(rows, criteria, noted)
    if missing is None:
        open_.show(found, made_by=(criteria, len(rows)))
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _list(snapshot, open_, found, len(rows), noted)
    with right, st.container(key=_SAMPLE):
        if missing is not None:
            _not_there(snapshot, missing, rows)
        elif not found:
            _nothing_found(snapshot.run)
        else:
            _sample(snapshot, open_)


def _noted(run: str) -> dict[int, str]:
    try:
        return resources.engine().store.notes(run)
    except LabError as error:
        inert.text(f"Notes can't be read. {error}")
        return {}


def _follow_the_address(
    snapshot: Snapshot, open_: Opened, rows: Sequence[Row], noted: dict[int, str]
) -> str | None:
    """Open what a link asks for. Returns its name if it has no row, and so can't be opened."""
    asked = open_.asked()
    if asked is None:
        return None
    if all(row.name != asked for row in rows):
        return asked
    open_.open(asked)
    criteria = filters.current(snapshot.run)
    if all(each.row.name != asked for each in wanted(rows, criteria, noted)):
        filters.clear(snapshot.run)
    return None


def _list(
    snapshot: Snapshot, open_: Opened, found: Sequence[Found], all_: int, noted: dict[int, str]
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_how_many(len(found), all_, filters.current(snapshot.run)), width="stretch")
        _go_to()
    if not found:
        return
    pages = -(-len(found) // sample_list.PER_PAGE)
    page = open_.turned_to(pages, sample_list.PER_PAGE)
    first = page * sample_list.PER_PAGE
    sample_list.draw(
        snapshot,
        found[first : first + sample_list.PER_PAGE],
        key="responses.list",
        label=f"Samples, page {page + 1} of {pages}. Arrow keys open the next and the previous.",
        open_=open_.sample,
        noted=noted,
        shown_at=f".st-key-{_SAMPLE}",
        on_open=open_.open,
        on_step=open_.step,
    )
    if pages > 1:
        _pages(open_, pages, page)


def _go_to() -> None:
    """A way to a sample by its name. It does what a link does, filters that hide it included."""

    def go() -> None:
        if name := (st.session_state["responses.go_to"] or "").strip():
            _instead(name)
        st.session_state["responses.go_to"] = ""

    st.text_input(
        "Go to sample",
        key="responses.go_to",
        placeholder="Go to, such as 2.17",
        label_visibility="collapsed",
        width=170,
        on_change=go,
        help="The number of its configuration and its repeat, both from 1.",
    )


def _pages(open_: Opened, pages: int, page: int) -> None:
    # Turned by something else, it is another widget: one with a default takes no other value.
    key = filters.key(open_.run, f"page.{open_.turns}")

    def turn() -> None:
        open_.page = int(st.session_state[key]) - 1

    st.pagination(pages, default=page + 1, key=key, on_change=turn, max_visible_pages=5)


def _how_many(found: int, all_: int, criteria: Criteria) -> str:
    what = "distinct output" if criteria.distinct else "sample"
    all_of_them = f"{all_:,} call{'s' * (all_ != 1)}"
    if not criteria.narrow:
        return all_of_them
    return f"{found:,} {what}{'s' * (found != 1)} of {all_of_them}"


def _nothing_found(run: str) -> None:
    st.info("No sample matches these filters.", icon=":material/filter_alt_off:")
    st.button("Clear the filters", key="responses.clear", on_click=filters.clear, args=(run,))


def _not_there(snapshot: Snapshot, name: str, rows: Sequence[Row]) -> None:
    if any(slot.name == name for slot in snapshot.slots):
        st.info("This call is planned, but there is nothing to show of it: it was not made yet.")
    else:
        st.warning("There is no such sample in this run.")
    inert.text(f"Sample {name}", most=40)
    first = rows[0].name
    st.button(
        f"Open sample {first}",
        key="responses.first",
        on_click=_instead,
        args=(first,),
    )


def _instead(name: str) -> None:
    st.query_params[opened.PARAMETER] = name  # as a link does, filters that hide it included


def _sample(snapshot: Snapshot, open_: Opened) -> None:
    slot = next(slot for slot in snapshot.slots if slot.name == open_.sample)
    open_.write()
    _heading(slot, open_)
    one = whole.load(snapshot, slot)
    if one is not None:
        whole.draw(
            one,
            key="responses.whole",
            more=[("Compare", lambda: comparing.draw(snapshot, one, open_.names))],
        )


def _heading(slot: Slot, open_: Opened) -> None:
    place = list(open_.names).index(slot.name) if slot.name in open_.names else 0
    last = len(open_.names) - 1
    # The buttons first, so that they stay where they are, however long a name is.
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label, icon, by, shortcut in (
            ("Previous", ":material/chevron_left:", -1, "k"),
            ("Next", ":material/chevron_right:", 1, "j"),
        ):
            st.button(
                label,
                icon=icon,
                key=f"responses.{label.lower()}",
                shortcut=shortcut,
                on_click=open_.step,
                args=(by,),
                disabled=place == (0 if by < 0 else last),
            )
        st.caption(f"{place + 1:,} of {last + 1:,}", width="content")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(marker.markdown(slot.number - 1), width="content")
        inert.text(f"Sample {slot.name}, {slot.configuration.name}", most=120)
