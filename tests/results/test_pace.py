"""A rough time is claimed only from what was measured."""

from __future__ import annotations

import pytest

from lib.domain.configuration import LOCAL, Configuration, Endpoint
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.domain.vocabulary import Sample, Slot
from lib.results.pace import about_s

ELSEWHERE = Endpoint(name="mine", base_url="http://127.0.0.1:9/v1")
HI = (Message("user", "Hi"),)


def column(name: str, endpoint: Endpoint = LOCAL, max_tokens: int | None = 4) -> Configuration:
    return Configuration(name=name, endpoint=endpoint, settings=Settings(max_tokens=max_tokens))


def took(configuration: Configuration, *seconds: float) -> list[Sample]:
    slot = Slot(1, configuration, 1, HI, 1)
    return [Sample(slot, "x", "ok", "stop", "stop", seconds=each) for each in seconds]


def asked(*configurations: Configuration, repeats: int = 20) -> Experiment:
    return Experiment(messages=HI, configurations=configurations, repeats=repeats)


def test_median_latency_times_calls_over_calls_at_once() -> None:
    a, b = column("a"), column("b")

    assert about_s(asked(a, b), took(a, 1, 2, 30), at_once=4) == 2 * 40 / 4


def test_the_embedded_model_works_on_eight_however_many_are_allowed() -> None:
    a = column("a")

    assert about_s(asked(a), took(a, 2), at_once=100) == 2 * 20 / 8


def test_endpoints_are_asked_side_by_side() -> None:
    a, b = column("a"), column("b", ELSEWHERE)
    measured = [*took(a, 4), *took(b, 1)]

    assert about_s(asked(a, b), measured, at_once=16) == 4 * 20 / 8


@pytest.mark.parametrize(
    "other", [column("a", ELSEWHERE), column("a", max_tokens=80), column("a", max_tokens=None)]
)
def test_what_was_never_measured_is_not_claimed(other: Configuration) -> None:
    assert about_s(asked(other), took(column("a"), 1), at_once=8) is None
    assert about_s(asked(other), [], at_once=8) is None
