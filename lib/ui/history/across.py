"""The same experiment at another time: did what comes back change?"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lib.analysis.comparison import Comparison
from lib.charts import metric_words
from lib.charts.theme import Look
from lib.charts.then_and_now import then_and_now
from lib.domain.errors import LabError
from lib.results.over_time import OverTime
from lib.store.history import Entry
from lib.ui import inert, projector, resources
from lib.ui.compare import figures
from lib.ui.history import reading, words
from lib.ui.sample.plain_table import plain_table

MOST_OTHERS = 20
_HEADING = ("Configuration", "What", "Difference", "Verdict", "In words")


def draw(entry: Entry) -> None:
    """Draw the choice of another run, and what has changed between the two."""
    run = entry.summary.id
    same = [e for e in resources.engine().store.same_experiment(run) if e.summary.samples]
    others = [each for each in same if each.summary.id != run][:MOST_OTHERS]
    st.markdown("**Over time**")
    if not others or not entry.summary.samples:
        st.caption(
            "No other run has asked exactly this. Run it again, today or in a month, and compare: "
            "a model behind an address can change without a word."
        )
        return
    by_id = {each.summary.id: each for each in others}
    chosen = st.selectbox(
        "Compared with the run of",
        list(by_id),
        index=None,
        placeholder=f"{len(others)} other run{'s' * (len(others) != 1)} of this experiment",
        format_func=lambda id_: _named(by_id[id_]),
        key=f"history.across.{run}",
        width=420,
    )
    if chosen is None:
        return
    pair = sorted((entry, by_id[chosen]), key=lambda each: each.summary.created_at)
    try:
        found = reading.compared(*pair)
    except LabError as error:
        inert.text(str(error))
        return
    _show(found, key=f"{run}.{chosen}")


def _named(entry: Entry) -> str:
    return f"{words.when(entry.summary.created_at)}, {entry.summary.samples:,} answers"


def _show(found: OverTime, *, key: str) -> None:
    with st.container(border=True, key=f"history.verdict.{key}"):
        for note in found.notes:
            inert.text(note)
        inert.text(found.drift.says)
    percent = f"{100 * (1 - found.drift.analysis.rules.alpha):g}%"
    _over_time(found, key=key)
    names = {label: name for name, labels in found.drift.pairs.items() for label in labels}
    plain_table(
        _HEADING,
        [_row(c, names) for c in found.drift.deciding],
        key=f"history.deciding.{key}",
        alt="Each comparison that decides whether the two runs differ.",
        widths=(3, 3, 3, 2, 6),
        labelled=True,
    )
    st.caption(
        f"Differences are then less now, with {percent} intervals that are not adjusted; verdicts "
        f"are, by Holm over all {len(found.drift.deciding)}. The same from a shell: "
        "`python -m lib compare`, or `run FILE --check RUN`, whose exit status says it."
    )
    others = [c for c in found.drift.analysis.comparisons if c.family != "primary"]
    with st.expander("What else was compared"):
        plain_table(
            _HEADING,
            [_row(c, names) for c in others],
            key=f"history.others.{key}",
            alt="Comparisons that decide nothing here.",
            widths=(3, 3, 3, 2, 6),
            labelled=True,
        )


def _over_time(found: OverTime, *, key: str) -> None:
    """How often two calls agreed, then and now."""
    estimates = {
        each.name: each.metrics["collision_probability"]
        for each in found.drift.analysis.configurations
    }
    chart = then_and_now(
        [(name, estimates[a], estimates[b]) for name, (a, b) in found.drift.pairs.items()],
        metric=metric_words.compared("collision_probability"),
        called=found.drift.called,
        look=Look(projector.scale()),
    )
    figures.show(chart, f"history.{key}")


def _row(c: Comparison, names: Mapping[str, str]) -> tuple[str, ...]:
    ends = "" if c.low is None or c.high is None else f" ({c.low:+.2f} to {c.high:+.2f})"
    difference = "not one number" if c.difference is None else f"{c.difference:+.2f}{ends}"
    what = metric_words.compared(c.metric)
    return names[c.a], what, difference, c.verdict.replace("_", " "), c.says
