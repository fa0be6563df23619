"""Groups: what adds up, what is left out while a run goes on, and outputs grouped."""

from dataclasses import replace

import pytest

from lib.analysis.finish_reasons import finish_reasons, provider_finish_reasons
from lib.analysis.groups import complete_rounds, outputs
from lib.analysis.latency import latency_s
from lib.analysis.lengths import length_characters, length_tokens, token_lengths
from lib.analysis.proportions import wilson
from lib.domain.settings import Settings
from lib.domain.vocabulary import Sample, Usage
from tests.analysis.maker import group, sample


def test_what_was_not_sent_is_what_is_left() -> None:
    some = group(["a", "b"], planned=10, errors={"rate_limited": 3, "malformed": 1})

    assert some.not_sent == 4


def test_more_calls_than_planned_are_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="'A' has more calls than were planned"):
        group(["a", "b"], planned=1)


def test_text_metrics_are_over_answers_with_text_and_empty_ones() -> None:
    some = group(
        ["a", "", "blocked", "call"], reasons=["stop", "stop", "content_filter", "tool_calls"]
    )

    assert [s.text for s in some.texts] == ["a", ""]


def test_samples_are_in_the_order_of_the_plan_and_not_of_their_coming() -> None:
    some = replace(group(["x", "y"]), samples=(sample("late", 9), sample("early", 2)))

    assert [s.text for s in some.texts] == ["early", "late"]


def test_while_a_run_goes_on_only_rounds_that_all_have_ended_count() -> None:
    a = replace(group(["1", "2", "3"], name="A"), planned=5)
    b = replace(
        group(["1", "3"], name="B"),
        planned=5,
        samples=(sample("1", 1), sample("3", 3)),
        errors={"timeout": 1},
        failed_repeats=frozenset({2}),
    )
    c = replace(group(["1", "2"], name="C"), planned=5)

    found = complete_rounds([a, b, c])

    assert [[s.slot.repeat for s in g.samples] for g in found] == [[1, 2], [1], [1, 2]]
    assert [g.set_aside for g in found] == [1, 1, 0]
    assert [g.not_sent for g in found] == [g.not_sent for g in (a, b, c)]
    assert complete_rounds(found) == found


def test_outputs_are_grouped_by_what_they_say_most_frequent_first() -> None:
    some = group(["plum", "an apple", "an  apple", "an  apple\n", "plum", "pear"])

    found = outputs(some)

    assert [(o.text, o.count) for o in found] == [("an apple", 3), ("plum", 2), ("pear", 1)]
    assert (found[0].low, found[0].high) == pytest.approx(wilson(3, 6))
    assert found[0].samples == ("1.2", "1.3", "1.4")
    assert found[0].finish_reasons == {"stop": 3}


def test_outputs_of_no_answer_are_none() -> None:
    assert outputs(group([])) == []


def test_one_seed_gives_outputs_no_interval() -> None:
    (found,) = outputs(group(["a", "a"], settings=Settings(seed=7)))

    assert (found.share, found.low, found.high) == (1, None, None)


def test_finish_reasons_are_shares_of_all_samples() -> None:
    some = group(["a", "b", "", "x"], reasons=["stop", "stop", "length", "content_filter"])

    found = finish_reasons(some, among=["refusal"])

    assert {r: (s.count, s.n) for r, s in found.items()} == {
        "stop": (2, 4),
        "length": (1, 4),
        "content_filter": (1, 4),
        "refusal": (0, 4),  # none of four is a finding too
    }
    assert (found["refusal"].low, found["refusal"].high) == pytest.approx(wilson(0, 4))


def test_a_configuration_without_answers_has_no_finish_reasons() -> None:
    assert finish_reasons(group([]), among=["stop"]) == {}


def test_the_providers_own_words_are_counted_and_their_absence_too() -> None:
    some = group(["a", "b", "c"])
    samples = (some.samples[0], *(replace(s, raw_finish_reason=None) for s in some.samples[1:]))

    assert provider_finish_reasons(replace(some, samples=samples)) == {
        "(none given)": 2,
        "stop": 1,
    }


def used(*usages: Usage, reasoning: str | None = None) -> tuple[Sample, ...]:
    return tuple(
        replace(sample("a", i + 1, usage=u), reasoning=reasoning) for i, u in enumerate(usages)
    )


def test_the_length_in_tokens_is_the_reported_output_less_reasoning() -> None:
    samples = used(Usage(9, 30, None, 10), Usage(9, 25, None, 0))

    assert token_lengths(samples) == [20, 25]


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        (used(Usage(), Usage(1, 2)), "1 of 2 answers have no reported output tokens"),
        (
            used(Usage(1, 9, None, 3), Usage(1, 9)),
            "1 of 2 answers don't say how many tokens were reasoning",
        ),
        (
            used(Usage(1, 9), reasoning="Let me think."),
            "there was reasoning, but how many tokens of it was not reported",
        ),
        (used(Usage(1, 3, None, 9)), "more reasoning than output tokens were reported"),
    ],
)
def test_where_tokens_were_not_reported_their_number_is_not_guessed(
    samples: tuple[Sample, ...], why: str
) -> None:
    assert token_lengths(samples) == why
    assert length_tokens(replace(group([""] * len(samples)), samples=samples)).why == why


def test_answers_that_a_limit_cut_off_are_told_in_the_method() -> None:
    some = group(["a", "bb", "ccc"], reasons=["stop", "length", "length"])

    assert length_characters(some).method == "median; 2 of 3 cut off by a limit"
    assert length_characters(some).value == 2


def test_one_seed_leaves_a_length_without_an_interval() -> None:
    e = length_characters(group(["abc"] * 30, settings=Settings(seed=1)))

    assert (e.value, e.low, e.high) == (3, None, None)
    assert e.why == "one seed for all calls: they are not independent draws"


def test_the_slowest_twentieth_is_given_from_72_calls_on() -> None:
    def timed(n: int) -> list[Sample]:
        return [sample("a", i, seconds=0.1 * i) for i in range(1, n + 1)]

    assert latency_s(timed(71))["p95"].why == "needs 72 calls"
    p95 = latency_s(timed(72))["p95"]
    assert (p95.value, p95.high) == pytest.approx((6.845, 7.2))
    assert latency_s(timed(71))["median"].value == pytest.approx(3.6)


def test_times_that_are_not_known_are_not_zero() -> None:
    assert latency_s([sample("a")])["median"].why == "no times are known"
