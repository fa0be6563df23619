"""The analysis in the words of the contract: what `--json` prints of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from lib.analysis.analysed import Analysis, Summary
from lib.analysis.finish_reasons import Share
from lib.domain.vocabulary import Estimate


def as_json(analysis: Analysis) -> dict[str, object]:
    """The parts `analysis`, `configurations` and `comparisons`. No NaN, no infinity."""
    rules = analysis.rules
    return {
        "analysis": {
            "alpha": rules.alpha,
            "margin": rules.margin,
            "permutations": rules.permutations,
            "seed": rules.seed,
            "n_changed_after_results": analysis.n_changed_after_results,
        },
        "configurations": [_configuration(summary) for summary in analysis.configurations],
        "comparisons": [asdict(comparison) for comparison in analysis.comparisons],
    }


def estimate(e: Estimate) -> dict[str, object]:
    """An estimate; without a value only why, and its ends where one is known nevertheless."""
    if e.value is None:
        ends = {"low": e.low, "high": e.high} if e.low is not None or e.high is not None else {}
        return {"value": None, **ends, "why": e.why}
    found: dict[str, object] = {
        "value": e.value,
        "low": e.low,
        "high": e.high,
        "n": e.n,
        "method": e.method,
    }
    if e.low is None or e.high is None:
        found["why_no_interval"] = e.why
    return found


def _configuration(summary: Summary) -> dict[str, object]:
    group = summary.group
    return {
        "name": group.name,
        "endpoint": group.endpoint,
        "model": group.model,
        "settings": plain(group.settings.given()),
        "planned": group.planned,
        "samples": summary.samples,
        "outcomes": dict(summary.outcomes),
        "errors": dict(summary.errors),
        "finish_reasons": {r: _share(s) for r, s in summary.finish_reasons.items()},
        "provider_finish_reasons": dict(summary.provider_finish_reasons),
        "metrics": {name: estimate(e) for name, e in summary.metrics.items()},
        "checks": {name: estimate(e) for name, e in summary.checks.items()},
        "usage": _usage(summary),
        "latency_s": {name: estimate(e) for name, e in summary.latency_s.items()},
    }


def _share(share: Share) -> dict[str, object]:
    return {"count": share.count, "share": share.share, "low": share.low, "high": share.high}


def _usage(summary: Summary) -> dict[str, object]:
    """Totals; beside those that can't be known, why."""
    usage: dict[str, object] = {**summary.usage, "cost_usd": summary.group.cost_usd}
    why = {name: "not reported with every answer" for name, v in summary.usage.items() if v is None}
    if summary.group.cost_usd is None:
        why["cost_usd"] = "no price is known"
    return {**usage, "why": why} if why else usage


def plain(value: object) -> object:
    """JSON types only: mappings as objects, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value
