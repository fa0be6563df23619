"""What is odd about an answer is known and said, in each dialect: usage, finish, model and more."""

from __future__ import annotations

from typing import Any

import pytest

from lib.domain.configuration import DIALECTS, Dialect, Endpoint
from lib.domain.vocabulary import Sample, Usage
from lib.providers.registry import dialect as spoken
from tests.faulty.languages import LANGUAGES
from tests.providers.making import reply, slot


def read(dialect: Dialect, fault: str) -> Sample:
    """The sample in a good answer of which the fault was made."""
    language = LANGUAGES[dialect]
    good = language.good({"max_tokens": 60}, "Apple", 1, "some-model")
    endpoint = Endpoint(name="mine", dialect=dialect, base_url="http://127.0.0.1:9")
    settings: dict[str, Any] = {"logprobs": 2} if fault.endswith("_logprobs") else {}
    asked = slot(endpoint=endpoint, max_tokens=60, **settings)
    return spoken(endpoint).read(asked, reply(language.shapes[fault](good)))


def per_shape(*faults: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("dialect", "fault"),
        [(d, fault) for d in DIALECTS for fault in faults if fault in LANGUAGES[d].shapes],
    )


@per_shape("missing_usage", "null_usage", "usage_negative", "usage_huge", "usage_string")
def test_a_usage_that_can_not_be_true_is_not_known(dialect: Dialect, fault: str) -> None:
    usage = read(dialect, fault).usage

    assert (usage.input_tokens, usage.output_tokens) == (None, None)


@per_shape("usage_negative", "usage_huge", "usage_string", "usage_list")
def test_and_it_is_said_so(dialect: Dialect, fault: str) -> None:
    sample = read(dialect, fault)

    if fault == "usage_list":
        assert sample.usage == Usage()
    assert any("so it is not known." in flag for flag in sample.flags)


@per_shape("ok")
def test_a_good_answer_has_its_counts_and_nothing_is_said(dialect: Dialect, fault: str) -> None:
    sample = read(dialect, fault)

    assert (sample.usage.output_tokens, sample.flags) == (1, ())
    assert sample.usage.input_tokens in {11, 20}  # cached tokens stand beside Anthropic's input
    assert (sample.model, sample.finish_reason) == ("some-model", "stop")
    assert sample.response_id


SAYS = {
    "missing_finish": "No finish reason came.",
    "model_mismatch": "some-model was asked for, another-model answered.",
    "extra_choices": "2 more ",
    "lone_surrogate": "Half characters and NUL",
    "nul_char": "Half characters and NUL",
}


@per_shape(*SAYS)
def test_what_is_odd_is_said(dialect: Dialect, fault: str) -> None:
    flags = read(dialect, fault).flags

    assert any(flag.startswith(SAYS[fault]) for flag in flags)


@per_shape("unknown_finish")
def test_a_finish_word_that_nobody_knows_is_kept(dialect: Dialect, fault: str) -> None:
    sample = read(dialect, fault)

    assert (sample.finish_reason, sample.raw_finish_reason) == ("unknown", "cosmic_ray")


@per_shape("reasoning")
def test_reasoning_that_took_all_tokens_is_kept(dialect: Dialect, fault: str) -> None:
    sample = read(dialect, fault)

    assert (sample.reasoning, sample.finish_reason) == ("Hm.", "length")


@per_shape("missing_model", "missing_id")
def test_a_name_that_did_not_come_is_not_invented(dialect: Dialect, fault: str) -> None:
    sample = read(dialect, fault)

    assert (sample.model if fault == "missing_model" else sample.response_id) is None


@per_shape("nan_logprobs", "missing_logprobs")
def test_a_log_probability_that_is_none_gives_no_first_token(dialect: Dialect, fault: str) -> None:
    sample = read(dialect, fault)

    assert sample.first_token is None
    assert sample.flags == ("The log probability of the first token is missing.",)


@per_shape("positive_logprobs")
def test_a_log_probability_above_0_is_0_and_said_so(dialect: Dialect, fault: str) -> None:
    sample = read(dialect, fault)

    assert sample.first_token is not None
    assert sample.first_token.drawn.logprob == 0
    assert sample.flags == ("A log probability above 0 was reported.",)
