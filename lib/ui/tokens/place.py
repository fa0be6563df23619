"""One place of the answers: what was drawn there, what was reported, and what is expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lib.analysis.after import after, after_words, with_whole
from lib.analysis.beginnings import Beginning, beginnings
from lib.analysis.first_token import FirstTokens, first_token
from lib.analysis.groups import Describes, Group
from lib.analysis.next_token import NextToken
from lib.charts.first_token import first_tokens
from lib.charts.inert import plain_token, shortened
from lib.charts.theme import Look
from lib.domain.errors import StoreError
from lib.engine.progress import Snapshot
from lib.results import next_token as asking
from lib.ui import inert, projector
from lib.ui.tokens import all_tokens, known, plotting, stored
from lib.ui.tokens.column import Column
from lib.ui.tokens.zoom import BEGINNING

MOST_BEGINNINGS = 100
_WHEN: Mapping[Describes, str] = {
    "before_sampling": ", before sampling settings",
    "after_sampling": ", after sampling settings",
    "unknown": "; before or after sampling settings is not known",
}


@st.fragment
def draw(snapshot: Snapshot, found: Sequence[Group], columns: Sequence[Column]) -> None:
    """Draws beside reported probabilities after a beginning that several answers share."""
    st.subheader("At one place", anchor=False)
    st.caption(
        "Answers that begin alike are draws of one distribution. What came next is counted, with "
        "95% intervals, beside what the model reported there."
    )
    shared = beginnings({each.name: each.tree for each in columns}, most=MOST_BEGINNINGS)
    if not shared:
        st.caption("No two answers of a configuration begin alike.")
        return
    beginning = shared[_choice(snapshot.run, shared)]
    by_name = {each.name: each for each in columns}
    here = {
        name: _here(snapshot.run, group, by_name[name], beginning.keys[name])
        for group in found
        if (name := group.name) in by_name and name in beginning.keys
    }
    places = {
        name: place
        for name, group in here.items()
        if (place := _place(by_name[name], group, beginning.text)) is not None
    }
    whole = all_tokens.draw(places, here)
    tables = {
        each.name: None  # it keeps its colour
        if each.name not in here
        else _table(
            snapshot.run, beginning, here[each.name], by_name[each.name], whole.get(each.name)
        )
        for each in found
    }
    _panels(tables)


def _choice(run: str, shared: Mapping[str, Beginning]) -> str:
    """Draw the choice of a beginning; returns its text."""
    key = f"tokens.along.{run}.beginning"
    wanted = st.session_state.pop(BEGINNING, None)
    if wanted in shared:
        st.session_state[key] = wanted
    chosen: str = st.selectbox(
        "After this beginning of the answer",
        list(shared),
        format_func=lambda text: _option(shared[text]),
        key=key,
        persist_state="session",
        help="Those that most answers share. Type to search.",
    )
    return chosen


def _option(beginning: Beginning) -> str:
    if not beginning.text:
        return f"nothing: the first token ({beginning.count:,} answers)"
    text = plain_token(beginning.text)
    return f"{shortened(text, 60)} ({beginning.count:,} answers)"


def _here(run: str, group: Group, column: Column, keys: tuple[str, ...]) -> Group:
    """The group's answers with this beginning, as if each began behind it."""
    if not keys:  # then it is the first token, which every sample has
        return group
    if not column.by_tokens:
        return after_words(group, column.steps.answers, keys)
    try:
        return _after((run, column.number, len(group.samples), keys), group, column)
    except StoreError as error:  # not remembered: it may pass
        inert.text(str(error))
        return after(group, {}, keys)


@st.cache_resource(max_entries=48, show_spinner=False)
def _after(key: tuple[str, int, int, tuple[str, ...]], _group: Group, _column: Column) -> Group:
    keys = key[-1]
    steps = _column.steps.answers
    sharing = [
        sample
        for sample in _column.samples
        if tuple(unit.key for unit in steps[sample.slot.name][: len(keys)]) == keys
    ]
    return after(_group, {sample.slot.name: at.at for sample, at in stored.each(sharing)}, keys)


def _place(column: Column, here: Group, beginning: str) -> all_tokens.Place | None:
    """What would be asked for all tokens here; `None`: that can't be known."""
    slot = column.samples[0].slot
    embedded = column.by_tokens and slot.configuration.endpoint.embedded
    if not embedded or not here.texts or "\ufffd" in beginning:
        return None
    turns, prefill = asking.split(slot.messages)
    return all_tokens.Place(turns, prefill + beginning, slot.configuration.model)


def _table(
    run: str, beginning: Beginning, here: Group, column: Column, whole: NextToken | None
) -> FirstTokens | None:
    """What follows in one configuration; `None`: none of its answers has the beginning."""
    describes = known.known(column.samples[0].slot.configuration).describes
    if whole is None:
        return first_token(here, describes=describes)
    key = (run, column.number, len(here.samples), beginning.text, describes)
    return _tested(key, here, whole)


@st.cache_resource(max_entries=48, show_spinner="Testing the draws …")
def _tested(
    key: tuple[str, int, int, str, Describes], _here: Group, _whole: NextToken
) -> FirstTokens | None:
    """Remembered: with all tokens of a vocabulary it takes a third of a second."""
    return first_token(with_whole(_here, _whole), describes=key[-1])


def _panels(tables: Mapping[str, FirstTokens | None]) -> None:
    st.caption(_marks(tables))
    drawn = first_tokens(tables, look=Look(projector.scale()))
    panels = st.grid(min(max(1, len(drawn)), 4), min_column_width=280)
    for name, chart in drawn.items():
        with panels.cell():
            st.plotly_chart(
                chart.figure,
                key=f"tokens.along.place.{name}",
                alt=chart.alt,
                config=plotting.config(f"place-{name}"),
            )
            inert.text(_fit(tables[name]))
    rows = [row for chart in drawn.values() for row in chart.table]
    plotting.numbers(rows, alt="Next tokens of each configuration: drawn, reported, expected.")


def _marks(tables: Mapping[str, FirstTokens | None]) -> str:
    found = [table for table in tables.values() if table is not None]
    told = ["Bars: the share of these answers that goes on like this, with its 95% interval."]
    with_numbers = [table for table in found if table.position.likelihood]
    told += [
        f"◇ the probability that was reported{when}."
        for describes, when in _WHEN.items()
        if any(table.describes == describes for table in with_numbers)
    ]
    if any(not table.why_not_expected for table in with_numbers):
        told.append("✕ what is expected under these settings.")
    return " ".join(told)


def _fit(table: FirstTokens | None) -> str:
    if table is None:
        return ""
    notes = " ".join(table.notes)
    fit = table.fit
    if fit is None:
        return f"No test. {notes}" if notes else "No test: only one outcome could be expected."
    if fit.impossible:
        return "Something was drawn that these settings make impossible."
    verdict = "Nothing contradicts" if fit.p > 0.05 else "The draws don't follow"
    return f"{verdict} the expected distribution (G test, p = {fit.p:.2g}, n = {fit.n:,}). {notes}"
