"""How many more calls? A panel below a run: what would tell, and what would narrow an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from lib.analysis.analysed import Analysis
from lib.analysis.more_calls import MOST, MoreCalls, Width, more_calls, widths
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import document
from lib.ui import state

_TITLE = "How many more calls?"


def draw(analysis: Analysis, experiment: Experiment, run: str) -> None:
    """Draw how many more calls would tell, and how many would narrow an interval; folded.

    Args:
        analysis: of a run that has ended, with its comparisons.
        experiment: what it asked.
        run: its id.
    """
    found = more_calls(analysis)
    with st.expander(_TITLE, icon=":material/calculate:", key="compare.how_many_more"):
        _open(found, analysis)
        most = max((each.needed or 0 for each in found), default=0)
        if most and experiment.declared.stop is None:
            _anew(experiment, run, most)
        st.divider()
        _narrow(analysis)


def _open(found: Sequence[MoreCalls], analysis: Analysis) -> None:
    """The pairs whose question is open."""
    if not found:
        if any(c.family == "primary" and c.p is not None for c in analysis.comparisons):
            st.write(
                "No pair is left open: it takes no more calls to tell whose answers repeat more "
                "often."
            )
        return
    st.write("Pairs of which it can't be told yet whose answers repeat more often:")
    st.dataframe(
        open_rows(found),
        hide_index=True,
        height="content",
        placeholder=f"more than {MOST:,}",
        alt="About how many more calls of each would tell, for each pair that is open.",
    )
    stop = analysis.rules.stop
    st.caption(
        "About: from the spread and the difference that were seen, so half of such runs need more. "
        + (
            "Ask for them in a new run: who adds to this one after a look at its results finds a "
            "difference by chance more often."
            if stop is None
            else f"This run was declared to look in between, and may go on to {stop.most:,} calls "
            "of each; beyond, in a new run."
        )
    )


def _anew(experiment: Experiment, run: str, calls: int) -> None:
    """A way to ask for them, where that many can be asked for."""
    try:
        wanted = replace(experiment, repeats=calls)
    except InputError:
        return  # more than a run takes
    if st.button(
        f"Set up a new run of {calls:,} calls of each",
        icon=":material/edit:",
        key="compare.more_anew",
        help="Puts this experiment into the editor with that number. Nothing is sent before you "
        "press Run, and Undo brings back what is there now.",
    ):
        state.draft().replace(document(wanted))
        st.session_state["state.editing"] = run
        st.rerun()


def _narrow(analysis: Analysis) -> None:
    """The calls that give how often two calls agree to a chosen half-width."""
    wanted = st.slider(
        "Agreement to be known to ±",
        0.01,
        0.25,
        0.05,
        0.01,
        key="compare.known_to",
        help="How often two calls agree lies in an interval; this is half of its length. Twice as "
        "narrow takes about four times as many calls.",
    )
    st.dataframe(
        width_rows(widths(analysis, wanted)),
        hide_index=True,
        height="content",
        placeholder="not known",
        alt=f"Calls that give each configuration's agreement to ±{wanted:g}.",
    )
    st.caption(
        f"Intervals at {100 * (1 - analysis.rules.alpha):g} %, as if the answers went on to be as "
        "varied as those that came."
    )


def open_rows(found: Sequence[MoreCalls]) -> list[dict[str, object]]:
    """A row for each open pair. Pure."""
    return [
        {
            "pair": f"{each.a} and {each.b}",
            "calls of each": each.calls,
            "about so many more": each.more,
            "in all": each.needed,
        }
        for each in found
    ]


def width_rows(found: Sequence[Width]) -> list[dict[str, object]]:
    """A row for each configuration. Pure."""
    return [
        {
            "configuration": each.name,
            "answers": each.calls,
            "known to ±": None if each.half_width is None else round(each.half_width, 3),
            "about so many more": each.more,
            "in all": each.needed,
        }
        for each in found
    ]
