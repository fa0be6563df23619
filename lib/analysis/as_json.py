"""The analysis in the words of the contract: what `--json` prints of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from lib.analysis import sequential
from lib.analysis.analysed import Analysis, Summary
from lib.analysis.clusters import Clusters
from lib.analysis.extraction import NO_VALUE, Values
from lib.analysis.finish_reasons import Share
from lib.analysis.groups import Group
from lib.domain.vocabulary import Estimate


def as_json(analysis: Analysis) -> dict[str, object]:
    """The parts `analysis`, `configurations`, `comparisons` and what else was found.

    `trend`, `clusters` and the `answers` of a configuration are there only where there are any. No
    NaN, no infinity.
    """
    rules, clusters = analysis.rules, analysis.answers.clusters
    columns = [_configuration(summary) for summary in analysis.configurations]
    for column, values in zip(columns, analysis.answers.values, strict=False):
        column["answers"] = _values(values)
    found: dict[str, object] = {
        "analysis": {
            "alpha": rules.alpha,
            "margin": rules.margin,
            "permutations": rules.permutations,
            "seed": rules.seed,
            "n_changed_after_results": analysis.n_changed_after_results,
            **_stop(analysis),
        },
        "configurations": columns,
        "comparisons": [asdict(comparison) for comparison in analysis.comparisons],
    }
    if analysis.trend is not None:
        found["trend"] = plain(asdict(analysis.trend))
    if clusters is not None:
        found["clusters"] = _clusters(clusters)
    return found


def _stop(analysis: Analysis) -> dict[str, object]:
    """How a run may end before all its calls; the looks that it has behind it."""
    stop = analysis.rules.stop
    if stop is None:
        return {}
    planned = min((each.group.planned for each in analysis.configurations), default=0)
    looks = sequential.done(stop, planned)
    return {
        "stop": {
            "batch": stop.batch,
            "most": stop.most,
            "looks": list(looks),
            "levels": list(sequential.levels(stop, alpha=analysis.rules.alpha)[: len(looks)]),
            "method": sequential.METHOD,
        }
    }


def _values(values: Values) -> dict[str, object]:
    """What the declared rule found in a configuration's answers."""
    return {
        "values": {v: count for v, count in values.counts.items() if v != NO_VALUE},
        "without": values.without,
        "examples_without": list(values.examples),
    }


def _clusters(clusters: Clusters) -> dict[str, object]:
    return {
        "similar": clusters.similar,
        "count": len(clusters.sizes),
        "method": clusters.method,
        "sizes": dict(clusters.sizes),
        "sensitivity": [
            {"similar": at, "count": count} for at, count in clusters.sensitivity.items()
        ],
    }


def estimate(e: Estimate) -> dict[str, object]:
    """An estimate; without a value only why, and its ends where they are known nevertheless."""
    if e.value is None and e.low is None and e.high is None:
        return {"value": None, "why": e.why}
    found: dict[str, object] = {
        "value": e.value,
        "low": e.low,
        "high": e.high,
        "n": e.n,
        "method": e.method,
    }
    if e.value is None:
        found["why"] = e.why
    elif e.low is None or e.high is None:
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
    usage: dict[str, object] = {**summary.usage, **_cost(summary.group)}
    why = {name: "not reported with every answer" for name, v in summary.usage.items() if v is None}
    if summary.group.cost.why is not None:
        why["cost_usd"] = summary.group.cost.why
    return {**usage, "why": why} if why else usage


def _cost(group: Group) -> dict[str, object]:
    """The cost, or its ends where only these are known; and what it is estimated from."""
    cost = group.cost
    found: dict[str, object] = {"cost_usd": group.cost_usd}
    if cost.usd is None and (cost.at_least or cost.at_most is not None):
        found["cost_at_least_usd"] = float(cost.at_least)
        found["cost_at_most_usd"] = None if cost.at_most is None else float(cost.at_most)
    if group.cost_basis is not None:
        found["cost_method"] = f"estimate, {group.cost_basis}"
    return found


def plain(value: object) -> object:
    """JSON types only: mappings as objects, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value
