"""The whole analysis: names and shape of the contract, honest gaps, and what it costs."""

import json
import math
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.analysis.summary import analyse, as_json, headline
from lib.domain.checks import Check
from lib.domain.cost import Cost, exactly
from lib.domain.errors import InputError
from lib.domain.settings import Settings
from lib.domain.vocabulary import FINISH_REASONS, FinishReason, Usage
from tests.analysis.maker import group, sample

METRICS = [
    "distinct",
    "distinct_raw",
    "distinct_share",
    "modal_share",
    "collision_probability",
    "effective_outputs",
    "entropy",
    "unseen_mass",
    "mean_similarity",
    "length_tokens",
    "length_characters",
    "first_divergence",
    "distinct_1",
    "distinct_2",
]
CONFIGURATION = [
    "name",
    "endpoint",
    "model",
    "settings",
    "planned",
    "samples",
    "outcomes",
    "errors",
    "finish_reasons",
    "provider_finish_reasons",
    "metrics",
    "checks",
    "usage",
    "latency_s",
]
COMPARISON = [
    "a",
    "b",
    "metric",
    "family",
    "difference",
    "low",
    "high",
    "p",
    "p_adjusted",
    "effect",
    "method",
    "verdict",
    "says",
    "calls_needed",
]


def numbers(value: object) -> Iterator[float]:
    match value:
        case dict():
            for inner in value.values():
                yield from numbers(inner)
        case list():
            for inner in value:
                yield from numbers(inner)
        case bool():
            return
        case int() | float():
            yield float(value)


def gaps(value: object, path: str = "") -> Iterator[str]:
    """Where a value is null and nothing beside it says why."""
    if isinstance(value, dict):
        if "value" in value and value["value"] is None and not value.get("why"):
            yield path
        for key, inner in value.items():
            yield from gaps(inner, f"{path}.{key}")


def test_the_names_are_those_of_the_contract() -> None:
    check = Check(name="is a fruit", contains="a")

    found = as_json(analyse([group(["a", "b"] * 10), group(["c"] * 20, name="B")], checks=[check]))

    assert list(found) == ["analysis", "configurations", "comparisons"]
    assert found["analysis"] == {
        "alpha": 0.05,
        "margin": 0.1,
        "permutations": 9999,
        "seed": 1,
        "n_changed_after_results": False,
    }
    first = json.loads(json.dumps(found))["configurations"][0]
    assert list(first) == CONFIGURATION
    assert list(first["metrics"]) == METRICS
    assert list(first["checks"]["is a fruit"]) == ["value", "low", "high", "n", "method"]
    assert list(first["finish_reasons"]["stop"]) == ["count", "share", "low", "high"]
    assert list(first["latency_s"]) == ["median", "p95"]
    assert list(json.loads(json.dumps(found))["comparisons"][0]) == COMPARISON


def test_the_example_of_the_contract_adds_up() -> None:
    stop: FinishReason = "stop"
    some = group(
        ["apple"] * 16 + ["", ""],
        name="T = 0",
        planned=20,
        reasons=[*[stop] * 16, "tool_calls", "content_filter"],
        errors={"rate_limited": 2},
        settings=Settings(temperature=0),
    )

    (found,) = json.loads(json.dumps(as_json(analyse([some]))))["configurations"]

    assert (found["planned"], found["samples"]) == (20, 18)
    assert found["outcomes"] == {
        "ok": 16,
        "empty": 0,
        "filtered": 1,
        "refused": 0,
        "tool_call": 1,
        "malformed": 0,
        "failed": 2,
        "not_sent": 0,
    }
    assert sum(found["outcomes"].values()) == found["planned"]
    assert found["errors"] == {"rate_limited": 2}
    assert found["settings"] == {"temperature": 0}
    shares = found["finish_reasons"]["stop"]
    assert (shares["count"], round(shares["share"], 3)) == (16, 0.889)
    assert (round(shares["low"], 3), round(shares["high"], 3)) == (0.672, 0.969)
    assert found["metrics"]["collision_probability"]["n"] == 16


def test_malformed_replies_are_counted_apart_from_failed_ones() -> None:
    some = group(["a"], planned=9, errors={"malformed": 2, "timeout": 3})

    outcomes = analyse([some]).configurations[0].outcomes

    assert (outcomes["malformed"], outcomes["failed"], outcomes["not_sent"]) == (2, 3, 3)


def test_one_seed_for_all_calls_leaves_no_variability() -> None:
    some = group(["a"] * 20, settings=Settings(seed=7))

    found = analyse([some])

    metrics = found.configurations[0].metrics
    unknown = [name for name, e in metrics.items() if e.value is None and name != "length_tokens"]
    assert unknown == [name for name in METRICS if not name.startswith("length")]
    why = "one seed for all calls: they are not independent draws"
    assert {metrics[name].why for name in unknown} == {why}
    assert found.configurations[0].finish_reasons["stop"].low is None
    assert found.warnings == (f"“A”: {why}, so there is no variability to measure.",)


def test_one_call_says_nothing_about_variability() -> None:
    metrics = analyse([group(["a b c"])]).configurations[0].metrics

    assert {name: e.why for name, e in metrics.items() if e.value is not None} == {
        "length_characters": "an interval needs 6 calls"
    }


texts = st.lists(
    st.sampled_from(["", " ", "a", "a b", "a b c", "é", "好", "\ufffd", "x" * 300]), max_size=14
)
reasons = st.sampled_from(FINISH_REASONS)


@settings(max_examples=40)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["", "a", "a b", "好"]), reasons), max_size=9),
        min_size=1,
        max_size=3,
    ),
    st.booleans(),
)
def test_whatever_comes_there_is_no_nan_and_no_gap_without_a_why(
    columns: list[list[tuple[str, FinishReason]]], final: bool
) -> None:
    groups = [
        group([t for t, _ in calls], name=str(i), reasons=[r for _, r in calls], planned=12)
        for i, calls in enumerate(columns)
    ]

    analysis = analyse(groups, final=final, permutations=9)
    found = as_json(analysis)

    text = json.dumps(found, allow_nan=False)
    assert all(math.isfinite(number) for number in numbers(json.loads(text)))
    assert list(gaps(found)) == []
    for configuration in json.loads(text)["configurations"]:
        assert sum(configuration["outcomes"].values()) == configuration["planned"]
    assert headline(analysis)


def test_a_run_that_goes_on_is_analysed_over_complete_rounds() -> None:
    found = analyse(
        [group(["a"] * 5, planned=9), group(["b"] * 3, name="B", planned=9)], final=False
    )

    assert [c.samples for c in found.configurations] == [3, 3]
    assert found.configurations[0].outcomes["set_aside"] == 2
    assert sum(found.configurations[0].outcomes.values()) == 9
    assert found.warnings == (
        "The run goes on: complete rounds only, as short answers arrive first "
        "(2 answers set aside).",
    )


def test_usage_is_a_total_only_where_every_answer_reports_it() -> None:
    samples = (sample("a", 1, usage=Usage(9, 2, 0)), sample("b", 2, usage=Usage(9, 3)))
    some = replace(group(["a", "b"]), samples=samples)

    (found,) = json.loads(json.dumps(as_json(analyse([some]))))["configurations"]

    assert found["usage"]["output_tokens"] == 5
    assert found["usage"]["cached_tokens"] is None
    assert found["usage"]["why"] == {
        "cached_tokens": "not reported with every answer",
        "reasoning_tokens": "not reported with every answer",
        "cost_usd": "no price is known",
    }


@pytest.mark.parametrize(
    ("cost", "told"),
    [
        (exactly(Decimal("0.25")), {"cost_usd": 0.25, "cost_method": "estimate, prices of May"}),
        (
            Cost(Decimal("0.25"), Decimal("0.5"), "an answer's usage was not reported"),
            {
                "cost_usd": None,
                "cost_at_least_usd": 0.25,
                "cost_at_most_usd": 0.5,
                "cost_method": "estimate, prices of May",
            },
        ),
    ],
)
def test_a_cost_is_an_estimate_and_one_that_is_not_known_has_its_ends(
    cost: Cost, told: dict[str, object]
) -> None:
    some = replace(group(["a", "b"]), cost=cost, cost_basis="prices of May")

    (found,) = json.loads(json.dumps(as_json(analyse([some]))))["configurations"]

    usage = found["usage"]
    assert {name: value for name, value in usage.items() if name.startswith("cost")} == told
    assert usage["why"].get("cost_usd") == cost.why


def test_a_change_of_model_or_fingerprint_in_a_run_is_told() -> None:
    some = group(["a", "b", "c"])
    samples = tuple(
        replace(s, model=f"m-{i % 2}", fingerprint=f"f{i}") for i, s in enumerate(some.samples)
    )

    found = analyse([replace(some, samples=samples)])

    assert found.warnings == (
        "“A”: answered by 2 models: m-0, m-1.",
        "“A”: 3 different fingerprints: the endpoint changed while it was asked.",
    )


def test_answers_that_may_have_been_kept_and_given_again_are_told() -> None:
    some = group(["a", "a", "b", "b"])
    ids = ["x", "x", "x", "y"]  # only the first two are alike in id and text
    samples = tuple(replace(s, response_id=i) for s, i in zip(some.samples, ids, strict=True))

    assert analyse([replace(some, samples=samples)]).warnings == (
        "“A”: 1 answers repeat id and text of another. If the endpoint keeps answers and gives "
        "them again, these are no draws of their own.",
    )
    assert analyse([some]).warnings == ()


def test_two_configurations_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match=r"^Several configurations are named 'A'\. Rename"):
        analyse([group(["a"]), group(["b"])])


def test_no_configuration_is_no_fault() -> None:
    assert as_json(analyse([]))["configurations"] == []


def test_settings_are_plain_json() -> None:
    some = group(["a"], settings=Settings(stop=("x",), logit_bias={"1": 2.0}, extra={"a": ("b",)}))

    (found,) = json.loads(json.dumps(as_json(analyse([some]))))["configurations"]

    assert found["settings"] == {"stop": ["x"], "logit_bias": {"1": 2.0}, "extra": {"a": ["b"]}}


def test_the_analysis_of_many_long_answers_costs_little() -> None:
    rng = np.random.default_rng(1)
    words = [f"w{i}" for i in range(500)]
    groups = [
        group([" ".join(rng.choice(words, 60)) for _ in range(500)], name=str(i)) for i in range(4)
    ]
    began = time.process_time()

    analyse(groups, final=False)

    assert time.process_time() - began < 1.0  # 0.17 s alone on the machine; room for a busy one


def test_importing_the_analysis_leaves_scipy_stats_alone() -> None:
    # It takes 0.8 s, as long as everything else together.
    import subprocess
    import sys

    code = "import sys, lib.analysis.summary; print('scipy.stats' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert re.fullmatch(r"False\s*", found.stdout)
