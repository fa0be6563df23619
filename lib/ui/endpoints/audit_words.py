"""An audit in words: how big it is, and what its verdicts mean. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lib.audit import Standing
from lib.audit.finding import Verdict
from lib.audit.planning import AuditPlan
from lib.audit.probabilities import Describes
from lib.audit.report import AuditReport
from lib.domain.cost import Unknown, in_dollars
from lib.domain.vocabulary import Usage
from lib.engine.costing import told
from lib.providers.capabilities import capital
from lib.providers.prices import Price, basis

HEADINGS = ("setting", "verdict", "what was seen", "calls")

MEANS: Mapping[Verdict, str] = {
    "honoured": "an effect of the right kind was seen",
    "consistent": "nothing contradicts it, but too little could have been seen to say more",
    "ignored": "the calls speak for no effect, and would have shown the predicted one",
    "refused": "a call that sets it is refused",
    "altered": "it works, but not as sent: under another name, or cut to another range",
    "cannot_tell": "the calls are not enough to say, or there is nothing to see it by",
}

_DESCRIBE: Mapping[Describes, str] = {
    "before_sampling": "its log probabilities describe the model's own distribution, before "
    "temperature and the like",
    "after_sampling": "its log probabilities describe what tokens are drawn from, after all "
    "settings",
    "none": "it reports no log probabilities",
    "unknown": "what its log probabilities describe was not found out",
}


def size(planned: AuditPlan) -> str:
    """How many calls and tokens an audit takes, as a sentence."""
    return (
        f"{planned.calls:,} calls (at most {planned.most_calls:,}, where settings have to be tried "
        f"in more ways), about {planned.input_tokens:,} input tokens and "
        f"{planned.output_tokens:,} output tokens, where answers can be kept short."
    )


def cost(planned: AuditPlan, price: Price | Unknown) -> str:
    """What an audit costs, as a sentence."""
    if isinstance(price, Unknown):
        return f"The cost is not known: {price.why}."
    if price.seller is None:
        return "It costs nothing: the model runs on this machine."
    usd = price.of(Usage(planned.input_tokens, planned.output_tokens))
    if usd is None:
        return "The cost is not known: the plan is too big for an estimate."
    return (
        f"About {in_dollars(usd)} if nothing has to be tried again: an estimate by {basis()}, as "
        "tokens are counted roughly and an endpoint may not keep its answers short."
    )


def word(verdict: Verdict) -> str:
    """A verdict as it is read."""
    return verdict.replace("_", " ")


def made(report: AuditReport) -> str:
    """When a report was made, and how many calls it rests on."""
    looked = len(report.settings)
    after = f"{looked} setting{'s' * (looked != 1)}"
    early = "" if report.complete else f" It is not complete: it ended early, after {after}."
    spent = told(report.cost)
    return (
        f"Audited on {report.made_at.astimezone():%Y-%m-%d %H:%M} with {report.calls:,} calls: "
        f"{_DESCRIBE[report.logprobs_describe]}.{early}{f' {spent}' if spent else ''}"
    )


def earlier(report: AuditReport, names: tuple[str, ...]) -> str:
    """Why an older report is shown as well."""
    which = "setting" if len(names) == 1 else f"{len(names)} settings"
    return (
        f"An earlier audit, of {_day(report)}, looked at {which} that no later one has looked at:"
    )


def rows(report: AuditReport, names: Iterable[str] | None = None) -> list[list[object]]:
    """A row for each setting that was looked at, or for these of them, under `HEADINGS`."""
    return [
        [name, word(report.settings[name].verdict), report.settings[name].says, f"{calls:,}"]
        for name in (report.settings if names is None else names)
        for calls in [report.settings[name].calls]
    ]


def dated(standing: Standing) -> str:
    """The heading of a column of verdicts."""
    return f"audited {_day(standing.newest)}"


def found(standing: Standing, setting: str) -> str:
    """The verdict on a setting, if it was looked at; with its date, if that is an older one."""
    report = standing.about(setting)
    if report is None:
        return "not looked at"
    said = word(report.settings[setting].verdict)
    return said if _day(report) == _day(standing.newest) else f"{said} ({_day(report)})"


def besides(standing: Standing) -> list[list[str]]:
    """What audits found that is not about one setting of the lab."""
    named = {
        "prefill": "prefill",
        "n": "several choices in one call (n)",
        "determinism": "the same answer at temperature 0",
    }
    rows: list[list[str]] = []
    for name, said in named.items():
        if (report := standing.about(name)) is not None:
            about = report.settings[name]
            rows.append(
                [f"{said}, audited {_day(report)}", f"{capital(word(about.verdict))}: {about.says}"]
            )
    report = standing.describing
    described = capital(_DESCRIBE[report.logprobs_describe])
    return [*rows, [f"log probabilities, audited {_day(report)}", f"{described}."]]


def _day(report: AuditReport) -> str:
    return f"{report.made_at.astimezone():%Y-%m-%d}"
