"""The lower half of Compare: what was found, side by side."""

from __future__ import annotations

import time

import streamlit as st

from lib.analysis import summary
from lib.analysis.first_token import FirstTokens, first_token
from lib.analysis.groups import Group, Output, outputs
from lib.analysis.summary import Analysis, Summary
from lib.charts import first_token as first_token_chart
from lib.charts.chart import Chart
from lib.charts.finish_reasons import finish_reasons
from lib.charts.forest import forest
from lib.charts.lengths import lengths
from lib.engine.progress import Snapshot
from lib.results.grouping import groups
from lib.ui import inert
from lib.ui.compare import response

MOST_CARDS = 12
MOST_OUTPUTS = 8
"""Distinct outputs that a card shows at first."""

METRICS = {
    "collision_probability": ("Agreement", "Probability that two calls agree", True),
    "effective_outputs": ("Effective outputs", "Effective number of outputs", False),
    "mean_similarity": ("Similarity", "Mean similarity of two outputs", True),
    "unseen_mass": ("New next time", "Probability that the next output is new", True),
}
"""What the variability chart can show: on its switch, on its axis, and whether it ends at 1."""


def draw(snapshot: Snapshot) -> None:
    """Draw the results of a run at rest."""
    if not snapshot.samples:
        st.info("No call has brought an answer, so there is nothing to compare.")
        _numbers_of_outcomes(_analysis(snapshot))
        response.draw_open(snapshot)
        return
    found = _analysis(snapshot)
    _headline(found)
    _charts(found)
    _cards(found, snapshot)
    _tables(found)
    response.draw_open(snapshot)


def live(snapshot: Snapshot) -> None:
    """Draw what complete rounds say while a run goes on: no verdict, no interaction."""
    found = _so_far(snapshot)
    if not any(each.samples for each in found.configurations):
        st.caption("The first answers are on their way.")
        return
    rounds = max(each.samples for each in found.configurations)
    st.caption(
        f"So far, over {rounds} complete rounds (short answers arrive first, so unfinished rounds "
        "would mislead)."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        _chart("Why answers ended", _finish_reasons(found), "live.finish")
    with right:
        _chart("How often two calls agree", _forest(found, "collision_probability"), "live.forest")


@st.cache_resource(max_entries=8, show_spinner="Analysing …")
def _analysed(key: tuple[str, int, int, str], _snapshot: Snapshot) -> Analysis:
    del key
    return summary.analyse(
        groups(_snapshot),
        checks=_snapshot.experiment.checks,
        n_changed_after_results=_snapshot.n_changed_after_results,
    )


def _analysis(snapshot: Snapshot) -> Analysis:
    key = (snapshot.run, snapshot.done, len(snapshot.failures), snapshot.state)
    return _analysed(key, snapshot)


def _so_far(snapshot: Snapshot) -> Analysis:
    """The analysis of a running run, made anew only when it costs little beside the run itself."""
    kept: tuple[str, float, float, Analysis] | None = st.session_state.get("state.so_far")
    now = time.monotonic()
    if kept is not None and kept[0] == snapshot.run and now - kept[1] < 5 * kept[2]:
        return kept[3]
    found = summary.analyse(groups(snapshot), final=False)
    st.session_state["state.so_far"] = (snapshot.run, now, time.monotonic() - now, found)
    return found


def _headline(found: Analysis) -> None:
    with st.container(border=True, key="compare.headline"):
        inert.text(summary.headline(found))
        for warning in found.warnings:
            inert.text(warning)


def _charts(found: Analysis) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        _chart("Why answers ended", _finish_reasons(found), "finish")
    with right:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Variability**", width="content")
            metric = st.segmented_control(
                "Variability as",
                list(METRICS),
                default="collision_probability",
                required=True,
                format_func=lambda name: METRICS[name][0],
                key="compare.metric",
                label_visibility="collapsed",
                persist_state="session",
            )
        _chart(None, _forest(found, metric or "collision_probability"), "forest")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _first_tokens(found)
    with right:
        chart = lengths([each.group for each in found.configurations])
        _chart("Length of answers", chart, "lengths")


def _finish_reasons(found: Analysis) -> Chart:
    return finish_reasons({each.name: each.finish_reasons for each in found.configurations})


def _forest(found: Analysis, metric: str) -> Chart:
    _, words, unit = METRICS[metric]
    estimates = {each.name: each.metrics[metric] for each in found.configurations}
    return forest(estimates, metric=words, unit=unit)


def _first_tokens(found: Analysis) -> None:
    tokens: dict[str, FirstTokens] = {
        each.name: first
        for each in found.configurations[:MOST_CARDS]
        if (first := first_token(each.group)) is not None
    }
    if not tokens:
        return
    words = all(each.kind == "first_word" for each in tokens.values())
    _chart(
        "First word of answers" if words else "First token of answers",
        first_token_chart.first_token(tokens),
        "tokens",
    )
    for note in dict.fromkeys(note for each in tokens.values() for note in each.notes):
        inert.text(note)


def _chart(title: str | None, chart: Chart, key: str) -> None:
    if title:
        st.markdown(f"**{title}**")
    st.plotly_chart(
        chart.figure,
        key=f"compare.chart.{key}",
        alt=chart.alt,
        config={"displaylogo": False, "toImageButtonOptions": {"format": "svg"}},
    )
    with st.expander("Numbers behind the chart", type="compact"):
        st.dataframe(chart.table, hide_index=True, alt=chart.alt)


def _cards(found: Analysis, snapshot: Snapshot) -> None:
    if len(found.configurations) > MOST_CARDS:
        st.caption(f"{len(found.configurations)} configurations: charts only, no cards.")
        return
    st.subheader("Answers side by side")
    by_name = {slot.name: slot.id for slot in snapshot.slots}
    grid = st.grid(min(4, len(found.configurations)), min_column_width=300, border=True)
    for each in found.configurations:
        with grid.cell():
            _card(each, by_name)


def _card(each: Summary, by_name: dict[str, int]) -> None:
    inert.text(each.name, most=80)
    distinct = each.metrics["distinct"]
    st.caption(
        f"{each.samples} of {each.group.planned} calls answered"
        + ("" if distinct.value is None else f", {distinct.value:.0f} distinct")
    )
    grouped = outputs(each.group)
    everything = len(grouped) <= MOST_OUTPUTS or st.toggle(
        f"All {len(grouped)} distinct answers", key=f"compare.all.{_place(each.group)}"
    )
    for place, output in enumerate(grouped if everything else grouped[:MOST_OUTPUTS]):
        _output(output, place, by_name)
    _odd(each, by_name)


def _output(output: Output, place: int, by_name: dict[str, int]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"{output.count} ×",
            key=f"compare.output.{output.samples[0]}.{place}",
            help="Open the full request and response.",
            on_click=response.open_sample,
            args=(by_name[output.samples[0]],),
        )
        with st.container(gap=None):
            inert.text(output.text or "(empty)", most=280)
            ends = (
                ""
                if output.low is None or output.high is None
                else f" ({output.low:.0%} to {output.high:.0%})"
            )
            reasons = ", ".join(output.finish_reasons)
            st.caption(f"{output.share:.0%}{ends} of {output.n}, {reasons}")


def _odd(each: Summary, by_name: dict[str, int]) -> None:
    for sample in each.group.samples:
        if sample.outcome not in {"ok", "empty"}:
            st.button(
                f"{sample.slot.name}: {sample.outcome}",
                key=f"compare.odd.{sample.slot.name}",
                on_click=response.open_sample,
                args=(by_name[sample.slot.name],),
                type="tertiary",
            )


def _place(group: Group) -> int:
    return group.samples[0].slot.number if group.samples else 0


def _tables(found: Analysis) -> None:
    with st.expander("All numbers", icon=":material/table:"):
        _numbers_of_outcomes(found)
        st.caption("Metrics with 95 % intervals")
        st.dataframe(
            [
                {
                    "configuration": each.name,
                    "metric": name,
                    "value": e.value,
                    "low": e.low,
                    "high": e.high,
                    "n": e.n,
                    "method": e.method,
                    "why not": e.why,
                }
                for each in found.configurations
                for name, e in {**each.metrics, **each.latency_s}.items()
            ],
            hide_index=True,
            alt="Every metric of every configuration, with its interval, N and method.",
        )
        if found.comparisons:
            st.caption("Comparisons")
            st.dataframe(
                [
                    {"a": c.a, "b": c.b, "metric": c.metric, "verdict": c.verdict, "says": c.says}
                    for c in found.comparisons
                ],
                hide_index=True,
                alt="Every comparison of two configurations, with its verdict.",
            )


def _numbers_of_outcomes(found: Analysis) -> None:
    st.caption("What became of the planned calls")
    st.dataframe(
        [
            {
                "configuration": each.name,
                "planned": each.group.planned,
                **each.outcomes,
                "errors": ", ".join(f"{n} {code}" for code, n in each.errors.items()),
            }
            for each in found.configurations
        ],
        hide_index=True,
        alt="Outcomes of the planned calls of each configuration; they add up to those planned.",
    )
