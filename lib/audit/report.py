"""The report of an audit: dated, typed, and the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

from lib.audit.finding import ALPHA, POWER, RATIO, Finding, Judged, Verdict, conclusion, judge
from lib.audit.probabilities import Describes, describes
from lib.audit.temperature import BELOW
from lib.domain.cost import NOTHING, Cost
from lib.engine import costing


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingReport:
    """What became of one setting."""

    verdict: Verdict
    says: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """Counts, p, likelihood ratio, power, prompt: what the sentence rests on."""
    calls: int = 0
    """Made for it, retries included."""
    runs: tuple[str, ...] = ()
    """Where every one of its responses can be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What one model at one endpoint honours, on one day."""

    endpoint: str
    base_url: str | None
    """`None`: the embedded model."""
    model: str
    made_at: datetime
    calls: int
    """All of them: those of the opening and retries included."""
    settings: Mapping[str, SettingReport]
    logprobs_describe: Describes
    complete: bool = True
    """Whether every setting that was asked for was looked at. It was not if it ended early."""
    cost: Cost = NOTHING
    """Of all its calls: an estimate, as far as it is known."""


def settings_report(
    findings: Mapping[str, Finding], calls: Mapping[str, int], runs: Mapping[str, tuple[str, ...]]
) -> dict[str, SettingReport]:
    """The findings with their verdicts, after all tests have been adjusted together."""
    judged = judge(list(findings.values()))
    return {
        name: _setting(finding, tests, calls[name], runs[name])
        for (name, finding), tests in zip(findings.items(), judged, strict=True)
    }


def _setting(
    finding: Finding, judged: Mapping[str, Judged], calls: int, runs: tuple[str, ...]
) -> SettingReport:
    found = conclusion(finding, judged)
    tests = {name: _evidence(each) for name, each in judged.items()}
    evidence = {**finding.evidence, "tests": tests} if tests else dict(finding.evidence)
    return SettingReport(
        verdict=found.verdict, says=found.says.strip(), evidence=evidence, calls=calls, runs=runs
    )


def _evidence(judged: Judged) -> dict[str, object]:
    test = judged.test
    return {
        **test.evidence,
        "p": test.p,
        "p_adjusted": judged.p_adjusted,
        "ratio_for_no_effect": test.ratio if isfinite(test.ratio) else None,
        "power": test.power,
    }


def logprobs_describe(settings: Mapping[str, SettingReport]) -> Describes:
    """From what was reported at several temperatures, if it was looked at."""
    found = settings.get("logprobs")
    if found is None or found.verdict == "cannot_tell":
        return "unknown"
    if found.verdict == "refused":
        return "none"
    return describes(
        found.evidence.get("log_ratios", {}),
        acts=_acts(settings.get("temperature")),
        reported=bool(found.evidence.get("there")),
    )


def _acts(temperature: SettingReport | None) -> bool | None:
    if temperature is None:
        return None
    below = temperature.evidence.get("tests", {}).get(BELOW)
    return None if below is None else bool(below["p_adjusted"] <= ALPHA)


def as_json(report: AuditReport) -> dict[str, Any]:
    """The document of `audit --json`, which is also what the store keeps."""
    return {
        "format": 1,
        "endpoint": report.endpoint,
        "base_url": report.base_url,
        "model": report.model,
        "date": f"{report.made_at:%Y-%m-%d}",
        "made_at": report.made_at.isoformat(timespec="seconds"),
        "calls": report.calls,
        "complete": report.complete,
        **costing.as_fields(report.cost),
        "rules": {"alpha": ALPHA, "adjustment": "Holm", "ratio": RATIO, "power": POWER},
        "settings": {
            name: {
                "verdict": each.verdict,
                "says": each.says,
                "evidence": dict(each.evidence),
                "calls": each.calls,
                "runs": list(each.runs),
            }
            for name, each in report.settings.items()
        },
        "logprobs_describe": report.logprobs_describe,
    }


def from_json(document: Mapping[str, Any]) -> AuditReport:
    """The report that `as_json` was given."""
    return AuditReport(
        endpoint=document["endpoint"],
        base_url=document["base_url"],
        model=document["model"],
        made_at=datetime.fromisoformat(document["made_at"]),
        calls=document["calls"],
        complete=document["complete"],
        cost=costing.from_fields(document),
        settings={
            name: SettingReport(**{**each, "runs": tuple(each["runs"])})
            for name, each in document["settings"].items()
        },
        logprobs_describe=document["logprobs_describe"],
    )
