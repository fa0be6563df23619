"""From what came to a verdict: the rules, and how often whole probes are wrong."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.audit.asking import Answers
from lib.audit.finding import (
    Conclusion,
    EffectTest,
    Judged,
    Verdict,
    by_test,
    conclusion,
    decided,
    judge,
)
from lib.audit.known import Known
from lib.audit.penalties import repetition
from lib.audit.planning import plan
from lib.audit.prefilling import continues
from lib.audit.probabilities import describes
from lib.audit.probes import PROBES, SETTINGS
from lib.audit.temperature import ABOVE, BELOW
from lib.audit.temperature import conclude as conclude_temperature
from lib.audit.trouble import trouble
from lib.domain.configuration import LOCAL, OPENAI, Endpoint
from lib.domain.errors import InputError, Refused
from lib.domain.settings import Settings
from tests.audit.driving import audited
from tests.audit.error_rates import Case, verdicts
from tests.audit.model import Behaviour, Model, Said, Token

ROUNDS, SEED = 60, 2


def judged(
    *, p: float = 1.0, ratio: float = 1.0, power: float = 1.0, refutes: bool = True
) -> Judged:
    return Judged(EffectTest(seen="Seen", p=p, ratio=ratio, power=power, refutes=refutes), p)


EFFECT = judged(p=0.001)
NO_EFFECT = judged(ratio=1000)
NOTHING = judged(ratio=5)


@pytest.mark.parametrize(
    ("test", "outcome"),
    [
        (judged(p=0.05), "effect"),
        (judged(p=0.051), "nothing"),
        (judged(ratio=100), "no_effect"),
        (judged(ratio=99), "nothing"),
        (judged(ratio=math.inf, power=0.79), "nothing"),
        (judged(ratio=math.inf, power=0.8), "no_effect"),
        (judged(ratio=math.inf, refutes=False), "nothing"),
        (judged(p=0.01, ratio=1e9), "effect"),
    ],
)
def test_which_word_a_test_may_say(test: Judged, outcome: str) -> None:
    assert test.outcome == outcome


def test_too_little_power_is_said_with_its_number() -> None:
    assert judged(ratio=1000, power=0.3).says == (
        "Seen. So few calls, or answers that vary so little, would show an effect with a "
        "probability of 0.30 only."
    )


def test_tests_of_one_report_are_adjusted_together() -> None:
    one, other = (
        by_test("x", EffectTest(seen="Seen", p=p, ratio=1, power=1)) for p in (0.03, 0.04)
    )
    alone, together = judge([one]), judge([one, other])

    assert conclusion(one, alone[0]).verdict == "honoured"
    assert [each["x"].p_adjusted for each in together] == [0.06, 0.06]
    assert conclusion(one, together[0]).verdict == "cannot_tell"


@pytest.mark.parametrize(
    ("below", "above", "verdict"),
    [
        (EFFECT, EFFECT, "honoured"),
        (EFFECT, NO_EFFECT, "altered"),
        (EFFECT, NOTHING, "consistent"),
        (EFFECT, None, "consistent"),
        (NO_EFFECT, NO_EFFECT, "ignored"),
        (NO_EFFECT, NOTHING, "ignored"),
        (NO_EFFECT, EFFECT, "altered"),
        (NO_EFFECT, None, "ignored"),
        (NOTHING, EFFECT, "consistent"),
        (NOTHING, NO_EFFECT, "cannot_tell"),
        (NOTHING, NOTHING, "cannot_tell"),
        (NOTHING, None, "cannot_tell"),
    ],
)
def test_temperature_is_honoured_only_where_both_sides_show_it(
    below: Judged, above: Judged | None, verdict: str
) -> None:
    both = {BELOW: below} if above is None else {BELOW: below, ABOVE: above}

    assert conclude_temperature(both).verdict == verdict


def test_an_endpoint_that_refuses_temperatures_above_1_honours_what_it_takes() -> None:
    refused = Conclusion("refused", "A call with it is refused.")
    unanswered = Conclusion("cannot_tell", "Only 0 of 16 calls were answered.")

    assert conclude_temperature({BELOW: EFFECT}, refused).verdict == "honoured"
    assert conclude_temperature({BELOW: EFFECT}, unanswered).verdict == "consistent"


def test_every_verdict_and_setting_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "audit.md").read_text(encoding="utf-8")

    assert [word for word in (*get_args(Verdict), *SETTINGS) if f"`{word}`" not in text] == []


def test_a_refusal_counts_for_a_setting_if_it_names_it_or_nothing_else_can_be_meant() -> None:
    named = Answers(asked=8, refused=Refused("No.", setting="top_p"))
    other = Answers(asked=8, refused=Refused("No.", setting="model"))
    silent = Answers(asked=8, refused=Refused("No."))
    answered = Answers(asked=0)

    def verdict(tried: Answers, baseline: Answers | None = None) -> str:
        found = trouble("top_p", tried, baseline)
        assert found is not None
        return conclusion(found, {}).verdict

    assert [verdict(each) for each in (named, other, silent)] == [
        "refused",
        "cannot_tell",
        "cannot_tell",
    ]
    assert verdict(silent, answered) == "cannot_tell"  # nothing was answered without it either


def test_too_few_answers_say_why() -> None:
    found = trouble("seed", Answers(asked=8, errors={"timeout": 8}))

    assert found == decided("cannot_tell", "Only 0 of 8 calls were answered (8 timeout).")


@pytest.mark.parametrize(
    ("ratios", "acts", "reported", "found"),
    [
        ({"0.5": 3.0, "1": 3.1, "2": 2.9}, True, True, "before_sampling"),
        ({"0.5": 3.0, "1": 3.1, "2": 2.9}, False, True, "unknown"),
        ({"0.5": 3.0, "1": 3.1, "2": 2.9}, None, True, "unknown"),
        ({"0.5": 6.0, "1": 3.0, "2": 1.5}, None, True, "after_sampling"),
        ({"0.5": 6.0, "1": 3.0, "2": 3.0}, True, True, "unknown"),
        ({"1": 3.0}, True, True, "unknown"),
        ({"0.5": 0.2, "1": 0.2, "2": 0.2}, True, True, "unknown"),
        ({}, True, False, "none"),
    ],
)
def test_what_log_probabilities_describe(
    ratios: dict[str, float], acts: bool | None, reported: bool, found: str
) -> None:
    assert describes(ratios, acts=acts, reported=reported) == found


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        (" 8, 9", True),
        ("8", True),
        ("1, 2, 3, 4, 5, 6, 7, 8,", True),
        ("1, 2, 3", False),
        ("Sure! 8", False),
        ("", False),
    ],
)
def test_which_answers_go_on_after_the_prefill(text: str, goes_on: bool) -> None:
    assert continues(text) is goes_on


@given(st.text(max_size=60))
def test_repetition_is_a_share(text: str) -> None:
    assert 0 <= repetition(text) < 1


def test_a_loop_of_line_ends_repeats_itself_more_than_a_sentence() -> None:
    assert repetition("Cat\n\n" + "\n" * 40) > 0.9
    assert repetition("A cat sat on my hat.") < 0.1


@pytest.mark.parametrize("setting", PROBES)
def test_the_first_step_of_each_setting_stays_within_its_calls(setting: str) -> None:
    for calls in (10, 11, 17, 40, 99, 200):
        ask = next(PROBES[setting](Known(calls=calls, logprobs=20)))

        assert 0 < ask.calls <= calls


def test_a_plan_says_how_many_calls_it_takes_and_how_many_at_most() -> None:
    planned = plan(LOCAL, "m", settings=["temperature", "seed"])

    assert planned.calls == 18 + 40 + 20
    assert planned.most_calls == 3 * 18 + 2 * 40
    assert planned.output_tokens == 18 * 16 + (16 * 16 + 24) + 20 * 16


def test_a_plan_refuses_what_it_does_not_know() -> None:
    with pytest.raises(InputError, match="no setting 'warmth'"):
        plan(LOCAL, "m", settings=["warmth"])
    with pytest.raises(InputError, match="10 to 2,000 calls"):
        plan(LOCAL, "m", calls=9)
    with pytest.raises(InputError, match="No setting"):
        plan(LOCAL, "m", settings=[])


def test_an_endpoint_is_asked_without_what_the_data_say_of_it() -> None:
    known = plan(OPENAI, "gpt-4o", environ={}).endpoint
    own = Endpoint(name="mine", base_url="http://127.0.0.1:1/v1", profile="ollama")

    assert (known.profile, known.base_url) == ("compatible", "https://api.openai.com/v1")
    assert plan(own, "m").endpoint.profile == "compatible"
    assert plan(LOCAL, "m").endpoint == LOCAL


def test_a_column_lays_its_settings_over_those_of_every_call() -> None:
    column = Known(limit="max_completion_tokens", base={"temperature": 1.0}).column(
        "x", "Hi", {"temperature": 0.0}, tokens=3
    )

    assert column.settings == Settings(temperature=0.0, extra={"max_completion_tokens": 3})


@pytest.mark.parametrize(
    ("setting", "does", "behaviour", "never"),
    [
        ("top_p", "honoured in 80%", Behaviour(noise=0.2), "ignored"),
        ("seed", "honoured in 80%", Behaviour(noise=0.2), "ignored"),
        ("temperature", "honoured in 80%", Behaviour(noise=0.2), "ignored altered"),
        ("top_p", "ignored", Behaviour(ignores=frozenset({"top_p"})), "honoured"),
        ("temperature", "ignored", Behaviour(ignores=frozenset({"temperature"})), "honoured"),
        ("temperature", "clamped", Behaviour(hottest=1.0), "honoured ignored"),
    ],
)
def test_whole_probes_are_not_wrong(
    setting: str, does: str, behaviour: Behaviour, never: str
) -> None:
    """The rates themselves, of more rounds, stand in docs/audit.md.

    What does nothing may be called honoured in 0.45 % of rounds, so some seeds have such a round.
    """
    found = verdicts(Case(setting, does, behaviour), rounds=ROUNDS, seed=SEED)

    assert sum(found[verdict] for verdict in never.split()) == 0


def looping(tokens: int) -> str:
    """What a small model falls into: the same words, again and again."""
    return "".join([" over", " and"] * tokens)[: 5 * tokens]


class Loop(Model):
    """A model that loops where it is cold: below a temperature every answer is one and the same."""

    def __init__(self, below: float, *, seed: int = 1) -> None:
        super().__init__(seed=seed)
        self._below = below

    def answer(self, body: Mapping[str, Any]) -> list[Said]:
        (said,) = super().answer(body)
        if float(body.get("temperature", 1.0)) >= self._below:
            return [said]
        text = looping(len(said.tokens))
        return [replace(said, text=text, tokens=tuple(Token(text, -0.1, ()) for _ in said.tokens))]


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        (0.5, {"temperature": "honoured", "determinism": "consistent"}),
        # It loops at 1 as well: at 0 nothing more can be seen. At 2 it acts.
        (1.5, {"temperature": "cannot_tell consistent", "determinism": "consistent"}),
        # It always loops: nothing can be seen at any temperature, so nothing is said.
        (99.0, {"temperature": "cannot_tell", "determinism": "consistent cannot_tell"}),
    ],
    ids=["at low temperatures", "up to 1", "always"],
)
def test_a_model_that_repeats_itself_is_not_taken_for_one_that_ignores_its_temperature(
    below: float, expected: dict[str, str]
) -> None:
    found = audited(Loop(below), [*expected, "top_p", "seed"])

    for name, verdicts_ in expected.items():
        assert found[name].verdict in verdicts_.split(), found[name].says
    assert "ignored" not in {found[name].verdict for name in ("top_p", "seed")}


class Stumbling(Model):
    """A deaf model of which half of the answers are a loop, at every temperature."""

    def __init__(self) -> None:
        super().__init__(Behaviour(ignores=frozenset({"temperature", "frequency_penalty"})), seed=3)
        self._luck = random.Random(1)

    def answer(self, body: Mapping[str, Any]) -> list[Said]:
        (said,) = super().answer(body)
        return [replace(said, text=looping(16)) if self._luck.random() < 0.5 else said]


def test_loops_that_come_by_chance_are_no_effect_of_a_setting_that_does_nothing() -> None:
    found = audited(Stumbling(), ["temperature", "frequency_penalty", "determinism"])

    assert found["temperature"].verdict in {"ignored", "cannot_tell"}
    assert found["frequency_penalty"].verdict in {"ignored", "cannot_tell"}
    assert found["determinism"].verdict in {"ignored", "altered"}
