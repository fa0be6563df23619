"""All numbers of a comparison as tables, and the samples as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from lib.analysis.summary import Analysis
from lib.domain.vocabulary import Estimate
from lib.engine.progress import Snapshot
from lib.results import export
from lib.ui import resources

_KINDS = {"csv": "text/csv", "jsonl": "application/x-ndjson", "json": "application/json"}


def draw(found: Analysis, snapshot: Snapshot) -> None:
    """Draw the tables, folded, and the downloads."""
    with st.expander("All numbers", icon=":material/table:"):
        outcomes(found)
        _metrics(found)
        if found.comparisons:
            _comparisons(found)
    _downloads(snapshot)


def outcomes(found: Analysis) -> None:
    """What became of the planned calls."""
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


def _metrics(found: Analysis) -> None:
    st.caption("Metrics, latency in seconds and checks, with 95 % intervals")
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
            for name, e in {**each.metrics, **_latency(each.latency_s), **each.checks}.items()
        ],
        hide_index=True,
        alt="Every metric of every configuration, with its interval, N and method.",
    )
    st.caption("Tokens and cost")
    st.dataframe(
        [
            {
                "configuration": each.name,
                **each.usage,
                "cost": "free" if each.group.cost_usd == 0 else "price not known",
            }
            for each in found.configurations
        ],
        hide_index=True,
        alt="Tokens of each configuration as reported, and their cost.",
    )


def _latency(estimates: Mapping[str, Estimate]) -> dict[str, Estimate]:
    return {f"latency {name}": e for name, e in estimates.items()}


def _comparisons(found: Analysis) -> None:
    st.caption("Comparisons of all pairs; intervals are not adjusted, verdicts are")
    st.dataframe(
        [
            {
                "a": c.a,
                "b": c.b,
                "metric": c.metric,
                "family": c.family,
                "verdict": c.verdict,
                "says": c.says,
            }
            for c in found.comparisons
        ],
        hide_index=True,
        alt="Every comparison of two configurations, with its verdict.",
    )


def _downloads(snapshot: Snapshot) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Samples as", width="content")
        for form in export.FORMATS:
            st.download_button(
                form.upper(),
                data=_exported(snapshot, form),
                file_name=f"{snapshot.run}.{form}",
                mime=_KINDS[form],
                on_click="ignore",
                key=f"compare.download.{form}",
                icon=":material/download:",
            )
        st.segmented_control(
            "Pictures of charts as",
            ["svg", "png"],
            default="svg",
            required=True,
            key="compare.picture",
            persist_state="session",
            label_visibility="collapsed",
            help="The format of the camera button on each chart.",
        )


def _exported(snapshot: Snapshot, form: export.Format) -> Callable[[], str]:
    """Made only when it is asked for."""
    return lambda: "".join(export.write(resources.engine().store, snapshot, form))
