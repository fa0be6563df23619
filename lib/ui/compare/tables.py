"""All numbers of a comparison as tables, and the samples as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import streamlit as st

from lib.analysis.summary import Analysis, Summary
from lib.charts import metric_words
from lib.charts.cost import in_words
from lib.domain.vocabulary import Estimate
from lib.engine.progress import Snapshot
from lib.results import export
from lib.ui import resources

_UNKNOWN = "–"
_KINDS = {
    "csv": "text/csv",
    "jsonl": "application/x-ndjson",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


def draw(found: Analysis, snapshot: Snapshot) -> None:
    """Draw the tables, folded, and the downloads."""
    with st.expander("All numbers", icon=":material/table:"):
        outcomes(found)
        _metrics(found)
        if found.comparisons:
            _comparisons(found)
        elif len(found.configurations) > 1:
            st.caption("Comparisons are still being worked out.")
    _downloads(snapshot)


def outcomes(found: Analysis) -> None:
    """What became of the planned calls."""
    st.caption("What became of the planned calls")
    st.dataframe(
        [
            {
                "configuration": each.name,
                "planned": each.group.planned,
                **{name.replace("_", " "): times for name, times in each.outcomes.items()},
                "errors": ", ".join(f"{n} × {code}" for code, n in each.errors.items()),
            }
            for each in found.configurations
        ],
        hide_index=True,
        alt="Outcomes of the planned calls of each configuration; they add up to those planned.",
    )


def _metrics(found: Analysis) -> None:
    percent = f"{100 * (1 - found.rules.alpha):g}%"
    st.caption(
        f"Metrics, latency and checks, with {percent} intervals. {_UNKNOWN}: not known, or no "
        "interval; “why not” says the reason"
    )
    st.dataframe(
        [
            {
                "configuration": each.name,
                "what": what,
                "in JSON": name,
                "value": _number(e.value),
                "low": _number(e.low),
                "high": _number(e.high),
                "n": e.n,
                "why not": e.why or "",
                "method": e.method,
            }
            for each in found.configurations
            for what, name, e in _estimates(each)
        ],
        hide_index=True,
        alt="Every metric of every configuration, with its interval, N and method.",
    )
    st.caption("Tokens and cost")
    st.dataframe(
        [
            {
                "configuration": each.name,
                **{
                    name.replace("_", " "): "not reported" if total is None else f"{total:,}"
                    for name, total in each.usage.items()
                },
                "cost": in_words(each.group.cost),
            }
            for each in found.configurations
        ],
        hide_index=True,
        alt="Tokens of each configuration as reported, and their cost.",
    )


def _estimates(each: Summary) -> Iterator[tuple[str, str, Estimate]]:
    """Every number of a configuration: what it is, its name in JSON, itself."""
    for name, e in each.metrics.items():
        yield metric_words.METRICS.get(name, name), name, e
    for name, e in each.latency_s.items():
        yield metric_words.LATENCY.get(name, name), f"latency_s.{name}", e
    for name, e in each.checks.items():
        yield metric_words.check(name), f"checks.{name}", e


def _number(value: float | None) -> str:
    """Four digits: a cell without a number must not look like one that was forgotten."""
    if value is None:
        return _UNKNOWN
    return f"{value:,.1f}" if abs(value) >= 1_000 else f"{value:.4g}"


def _comparisons(found: Analysis) -> None:
    st.caption("Comparisons of all pairs; intervals are not adjusted, verdicts are")
    st.dataframe(
        [
            {
                "a": c.a,
                "b": c.b,
                "what": metric_words.compared(c.metric),
                "in JSON": c.metric,
                "verdict": c.verdict.replace("_", " "),
                "says": c.says,
                "family": c.family,
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
        st.space("stretch")
        st.caption("The camera on each chart saves", width="content")
        st.segmented_control(
            "Pictures of charts as",
            ["svg", "png"],
            default="svg",
            required=True,
            key="compare.picture",
            persist_state="session",
            label_visibility="collapsed",
        )


def _exported(snapshot: Snapshot, form: export.Format) -> Callable[[], bytes]:
    """Made only when it is asked for."""
    return lambda: b"".join(export.write(resources.engine().store, snapshot, form))
