"""The tables of a report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from lib.analysis.groups import outputs
from lib.analysis.summary import Analysis, Summary
from lib.charts.metric_words import LATENCY, METRICS, STREAMED, check, compared
from lib.charts.words import number, percent
from lib.domain.cost import in_dollars
from lib.domain.experiment import Experiment
from lib.domain.vocabulary import Estimate
from lib.report.markup import Element, element

MOST_OUTPUTS = 12
MOST_CHARACTERS = 600
"""Of an output in a table; samples below are longer."""


def table(heading: Sequence[str], rows: Iterable[Sequence[Element | str]], caption: str) -> Element:
    """A table with a row of headings. The first cell of a row names it."""
    return element(
        "div",
        element(
            "table",
            element("caption", caption),
            element(
                "thead", element("tr", *(element("th", each, scope="col") for each in heading))
            ),
            element(
                "tbody",
                *(
                    element(
                        "tr",
                        element("th", row[0], scope="row"),
                        *(element("td", cell) for cell in row[1:]),
                    )
                    for row in rows
                ),
            ),
        ),
        class_="wide",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def configurations(experiment: Experiment) -> Element:
    """Who is asked, and with which settings. What isn't there was not sent."""
    rows = []
    for each in experiment.configurations:
        given = ", ".join(f"{name} = {_setting(v)}" for name, v in each.settings.given().items())
        where = each.endpoint.base_url or each.endpoint.dialect
        address = "embedded" if each.endpoint.embedded else f"{each.endpoint.name}, {where}"
        rows.append((each.name, f"{each.model} ({address})", given or "none"))
    return table(("Configuration", "Model", "Settings"), rows, "Configurations")


def outcomes(found: Analysis) -> Element:
    """What became of the planned calls."""
    kinds = [k for k in found.configurations[0].outcomes if _any(found, k)]
    rows = [
        (
            each.name,
            f"{each.group.planned:,}",
            *(f"{each.outcomes[kind]:,}" for kind in kinds),
            ", ".join(f"{count} {code}" for code, count in each.errors.items()) or "none",
            _tokens(each),
            _cost(each),
        )
        for each in found.configurations
    ]
    words = [str(kind).replace("_", " ") for kind in kinds]
    heading = ("Configuration", "Planned", *words, "Errors", "Tokens out", "Cost (estimate)")
    return table(heading, rows, "What became of the planned calls")


def reasons(found: Analysis) -> Element:
    """Why answers ended, with intervals."""
    rows = [
        (each.name, reason, f"{s.count} of {s.n}", _share(s.share, s.low, s.high))
        for each in found.configurations
        for reason, s in each.finish_reasons.items()
    ]
    return table(("Configuration", "Ended by", "Answers", "Share"), rows, "Why answers ended")


def metrics(found: Analysis) -> Element:
    """Every metric of every configuration."""
    rows = [
        (name, title, _value(e), _interval(e), str(e.n), e.why or e.method)
        for name, title, e in (
            (each.name, title, e) for each in found.configurations for title, e in _named(each)
        )
    ]
    return table(
        ("Configuration", "What", "Value", "Interval", "n", "Method, or why it isn't known"),
        rows,
        "All numbers",
    )


def comparisons(found: Analysis, *, primary: bool) -> Element | None:
    """The comparisons of the main question, or all others, each with its verdict."""
    rows = [
        (
            f"{c.a} and {c.b}",
            compared(c.metric),
            "–"
            if c.difference is None or c.low is None or c.high is None
            else f"{c.difference:+.2f} ({c.low:+.2f} to {c.high:+.2f})",
            "–" if c.p_adjusted is None else f"{max(c.p_adjusted, 1e-4):.4f}",
            c.verdict.replace("_", " "),
            c.says,
        )
        for c in found.comparisons
        if (c.family == "primary") is primary
    ]
    heading = ("Pair", "What", "Difference", "Adjusted p", "Verdict", "In words")
    caption = "The main question" if primary else f"Everything else that was compared: {len(rows)}"
    return table(heading, rows, caption) if rows else None


def folded(title: str, *parts: Element | None) -> Element | None:
    """Parts that a reader opens; nothing where there are none."""
    there = [part for part in parts if part is not None]
    return element("details", element("summary", title), *there) if there else None


def answers(each: Summary, alpha: float) -> Element:
    """The distinct outputs of a configuration, the most frequent first."""
    found = outputs(each.group, alpha=alpha)
    rows = [
        (
            f"{o.count} of {o.n}",
            _share(o.share, o.low, o.high),
            element("pre", cut(o.text, MOST_CHARACTERS) if o.text.strip() else "(empty)"),
            ", ".join(f"{reason} {count}" for reason, count in o.finish_reasons.items()),
            ", ".join(o.samples[:6]) + (" …" if len(o.samples) > 6 else ""),
        )
        for o in found[:MOST_OUTPUTS]
    ]
    more = len(found) - len(rows)
    rest = f", of {len(found)} different ones the first {MOST_OUTPUTS}" if more > 0 else ""
    heading = ("Calls", "Share", "Answer", "Ended by", "Samples")
    return table(heading, rows, f"Answers of {each.name}{rest}")


def cut(text: str, most: int) -> str:
    """A text, and how much of it is left out."""
    if len(text) <= most:
        return text
    return f"{text[:most]} … (and {len(text) - most:,} more characters)"


def _any(found: Analysis, kind: object) -> bool:
    return any(
        count for each in found.configurations for k, count in each.outcomes.items() if k == kind
    )


def _named(each: Summary) -> Iterable[tuple[str, Estimate]]:
    yield from ((METRICS.get(name, name), e) for name, e in each.metrics.items())
    yield from (({**LATENCY, **STREAMED}.get(name, name), e) for name, e in each.latency_s.items())
    yield from ((check(name), e) for name, e in each.checks.items())


def _value(e: Estimate) -> str:
    return "not known" if e.value is None else number(e.value)


def _interval(e: Estimate) -> str:
    if e.low is None and e.high is None:
        return "none"
    low = "" if e.low is None else number(e.low)
    high = "" if e.high is None else number(e.high)
    return f"{low or '…'} to {high or '…'}"


def _share(share: float, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"{percent(share)}, no interval"
    return f"{percent(share)} ({percent(low)} to {percent(high)})"


def _setting(value: object) -> str:
    match value:
        case float():
            return f"{value:g}"
        case tuple() | list():
            return json.dumps(list(value), ensure_ascii=False)
        case _:
            return str(value)


def _tokens(each: Summary) -> str:
    total = each.usage.get("output_tokens")
    return "not reported" if total is None else f"{total:,}"


def _cost(each: Summary) -> str:
    usd = each.group.cost.usd
    if usd is not None:
        return "free" if not usd else in_dollars(usd)
    return f"not known: {each.group.cost.why}"
