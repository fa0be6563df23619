"""Groups to be drawn, each with what one chart needs."""

from collections.abc import Mapping
from dataclasses import replace
from math import log

from lib.analysis.first_token import FirstTokens, first_token
from lib.analysis.groups import Group
from lib.analysis.summary import analyse
from lib.charts import finish_reasons
from lib.charts.chart import Chart
from lib.domain.settings import Settings
from lib.domain.vocabulary import FinishReason, FirstToken, Usage
from tests.analysis.maker import group, sample, token


def ended(counts: Mapping[FinishReason, int], name: str = "A") -> Group:
    reasons = [reason for reason, count in counts.items() for _ in range(count)]
    return group([str(i) for i in range(len(reasons))], reasons=reasons, name=name)


def reasons_chart(*groups: Group) -> Chart:
    found = analyse(groups, final=False)
    return finish_reasons.finish_reasons({s.name: s.finish_reasons for s in found.configurations})


def with_tokens(name: str, counts: Mapping[str, int], **settings: float) -> Group:
    shares = {" apple": 0.5, " plum": 0.3, "\n": 0.2}
    top = tuple(token(t, log(share)) for t, share in shares.items())
    own = {t.token: t for t in top}
    drawn_tokens = [t for t, count in counts.items() for _ in range(count)]
    some = group(
        drawn_tokens,
        name=name,
        firsts=[FirstToken(own[t], top) for t in drawn_tokens],
        settings=Settings(**settings),  # type: ignore[arg-type]
    )
    return replace(some, describes="before_sampling")


def tables(*groups: Group) -> dict[str, FirstTokens | None]:
    return {each.name: first_token(each) for each in groups}


def lengthy(name: str, counts: list[int], *, limit: int | None = None, cut: int = 0) -> Group:
    samples = tuple(
        sample("x", i + 1, usage=Usage(1, n), finish_reason="length" if i < cut else "stop")
        for i, n in enumerate(counts)
    )
    some = group(["x"] * len(counts), name=name, settings=Settings(max_tokens=limit))
    return replace(some, samples=samples)
