"""What counts as one answer, where that was declared: values that a rule found, and clusters."""

from __future__ import annotations

import streamlit as st

from lib.analysis.answer_shares import answer_shares
from lib.analysis.clusters import Clusters
from lib.analysis.summary import Analysis
from lib.charts import answer_shares as charts
from lib.charts.theme import DESK, Look
from lib.domain.declared import Answer
from lib.ui import inert
from lib.ui.compare import figures, judging


def draw(found: Analysis, rule: Answer | None, run: str, look: Look = DESK) -> None:
    """Draw the answers as they are counted; nothing where whole texts are.

    Args:
        found: a run's analysis, with or without its comparisons.
        rule: that takes the value out of an answer, if one was declared.
        run: whose samples a click shows.
        look: how large the chart is.
    """
    answers = found.answers
    if answers.clusters is None and not answers.values:
        return
    if answers.clusters is not None:
        st.markdown("**Lexical clusters: answers that are nearly alike in their words**")
        _clusters(answers.clusters)
    else:
        st.markdown("**Values of the answers**")
    if rule is not None:
        inert.text(f"The value of an answer: {rule.rule}.")
    shares = answer_shares(found)
    chart = charts.answer_shares(shares, [each.name for each in found.configurations], look=look)
    figures.show(chart, "answers", clicked=(found, run), reads=_reads(len(shares), found))
    judging.without(answers.values)


def _clusters(found: Clusters) -> None:
    """The threshold that was declared, and how much hangs on it."""
    others = {at: count for at, count in found.sensitivity.items() if at != found.similar}
    told = ", ".join(f"{count:,} at {at:g}" for at, count in others.items())
    st.caption(
        f"Two answers of one cluster are at least {found.similar:g} alike, on average: the "
        "threshold that was declared. Each is called by its most frequent answer. That says "
        "nothing of their meaning: “it is safe” and “it is not safe” are alike."
    )
    st.caption(
        f"{len(found.sizes):,} clusters. At other thresholds there would be {told}"
        + (f"; {found.left_out:,} rarer answers are not clustered." if found.left_out else ".")
    )


def _reads(many: int, found: Analysis) -> str:
    told = []
    if (rest := many - charts.MOST_ANSWERS) > 0:
        told.append(f"The {charts.MOST_ANSWERS} most frequent; {rest:,} more are in the table.")
    if (more := len(found.configurations)) > charts.MOST_CONFIGURATIONS:
        told.append(f"The first {charts.MOST_CONFIGURATIONS} of {more} configurations.")
    told.append("Each interval is for its answer alone. A point leads to its samples.")
    return " ".join(told)
