"""Along the answers, all configurations together; below, draws beside probabilities at a place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from lib.analysis.along import FEW, Reported, entropies, reported, together
from lib.charts import along as charts
from lib.charts.theme import Look
from lib.domain.errors import StoreError
from lib.engine.progress import Snapshot
from lib.results.grouping import groups
from lib.ui import inert, projector
from lib.ui.tokens import known, place, plotting, stored
from lib.ui.tokens.column import Column, column

MOST_COLUMNS = 12
WHAT = {
    "together": "Still together",
    "draws": "Entropy of the draws",
    "model": "The model's own entropy",
}
_ALONE = "No configuration has two answers, so nothing can part yet. Ask for more calls of each."
_NOTHING = {
    "together": _ALONE,
    "draws": _ALONE,
    "model": "No answer has log probabilities that can be read.",
}

Line = TypeVar("Line")


def draw() -> None:
    """Draw the lines, and below them one place."""
    snapshot = stored.run()
    if snapshot is None:
        return
    found = groups(snapshot)
    if not any(each.texts for each in found):
        st.info("No call has brought an answer yet.")
        return
    if len(found) > MOST_COLUMNS:
        st.caption(f"The first {MOST_COLUMNS} of {len(found)} configurations.")
    found = found[:MOST_COLUMNS]
    with st.spinner("Reading the tokens …"):
        columns = [column(snapshot, group) for group in found if group.texts]
    _lines(snapshot, [each.name for each in found], columns)
    place.draw(snapshot, found, columns)


@st.fragment
def _lines(snapshot: Snapshot, names: Sequence[str], columns: Sequence[Column]) -> None:
    by_name = {each.name: each for each in columns}

    def of_each(made: Callable[[Column], list[Line]]) -> dict[str, list[Line]]:
        """All configurations, also those without: each keeps its colour."""
        return {name: made(by_name[name]) if name in by_name else [] for name in names}

    look = Look(projector.scale())
    units = {each.steps.unit for each in columns}
    unit = "token" if units == {"token"} else "word" if units == {"word"} else "step"
    with_tokens = [each for each in columns if each.by_tokens]
    what = st.segmented_control(
        "What is drawn",
        list(WHAT) if with_tokens else ["together", "draws"],
        format_func=lambda each: WHAT[each],
        default="together",
        required=True,
        key="tokens.along.what",
        label_visibility="collapsed",
        persist_state="session",
    )
    if unit != "token":
        words = ", ".join(f"“{each.name}”" for each in columns if not each.by_tokens)
        inert.text(f"By words, not tokens: {words}. Lines of tokens and words don't compare.")
    if what == "model":
        st.caption(
            "Bounds of the entropy that the model's own distribution has at each token, a mean "
            "over answers. A band is a certainty, not an interval of chance."
        )
        chart = charts.models_entropy(
            of_each(lambda each: _reported(snapshot, each) if each.by_tokens else []), look=look
        )
    elif what == "draws":
        st.caption(
            "Of the next step after the same beginning, a mean over beginnings. It says less than "
            f"there is, as few draws see few ways; grey and open: fewer than {FEW} answers."
        )
        chart = charts.draws_entropy(
            of_each(lambda each: entropies(each.tree)), unit=unit, look=look
        )
    else:
        st.caption("The band is the 95% interval, at each place by itself.")
        chart = charts.still_together(
            of_each(lambda each: together(each.tree, most=charts.MOST_STEPS)),
            unit=unit,
            look=look,
        )
    if not chart.table:
        st.info(_NOTHING[what])
        return
    inert.text(chart.alt)
    plotting.show(chart, f"along.{what}")


def _reported(snapshot: Snapshot, of: Column) -> list[Reported]:
    try:
        return _means((snapshot.run, of.number, len(of.samples)), of)
    except StoreError as error:  # not remembered: it may pass
        inert.text(str(error))
        return []


@st.cache_resource(max_entries=24, show_spinner="Adding up …")
def _means(key: tuple[object, ...], _column: Column) -> list[Reported]:
    del key
    configuration = _column.samples[0].slot.configuration
    return reported(
        (found.at for _, found in stored.each(_column.samples)),
        most=charts.MOST_STEPS,
        vocabulary=known.vocabulary(configuration),
    )
