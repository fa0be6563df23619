"""How a response ended: its status, its reason, and the errors that it can be."""

from __future__ import annotations

import pytest

from lib.domain.errors import CallError, RateLimited, Refused, Transient, Unreadable
from lib.domain.vocabulary import FINISH_REASONS
from lib.providers.openai_responses import answer as responses_answer
from tests.providers.openai_responses.answers import failed, response
from tests.providers.openai_responses.making import read, slot

GOOD = response({}, "Apple")


def error(body: object) -> CallError:
    with pytest.raises(CallError) as raised:
        read(body)
    return raised.value


@pytest.mark.parametrize(
    ("status", "reason", "finish", "raw"),
    [
        ("completed", None, "stop", "completed"),
        ("incomplete", "max_output_tokens", "length", "max_output_tokens"),
        ("incomplete", "content_filter", "content_filter", "content_filter"),
        ("incomplete", "steered", "pause", "steered"),
        ("incomplete", "max_messages", "unknown", "max_messages"),
        ("incomplete", "something_new", "unknown", "something_new"),
        ("incomplete", None, "unknown", "incomplete"),
        ("something_new", None, "unknown", "something_new"),
        (None, None, "unknown", None),
        (7, None, "unknown", None),
    ],
)
def test_why_it_ended_is_kept_in_both_words(
    status: object, reason: str | None, finish: str, raw: str | None
) -> None:
    details = reason and {"reason": reason}
    sample = read({**GOOD, "status": status, "incomplete_details": details})

    assert (sample.finish_reason, sample.raw_finish_reason) == (finish, raw)
    assert sample.outcome == ("filtered" if finish == "content_filter" else "ok")
    assert ("No finish reason came." in sample.flags) == (raw is None)


def test_every_known_word_means_one_of_the_labs() -> None:
    assert set(responses_answer.FINISH_REASONS.values()) <= set(FINISH_REASONS)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("queued", "The answer has not begun: the endpoint has queued it."),
        ("in_progress", "The answer is not finished: the endpoint was still at it."),
        ("cancelled", "The answer was cancelled at the endpoint."),
    ],
)
def test_what_is_not_finished_is_no_answer(status: str, says: str) -> None:
    raised = error({**GOOD, "status": status})

    assert isinstance(raised, Unreadable)
    assert (raised.says, raised.maybe_billed, raised.wrong_place) == (says, True, False)


def test_a_failed_response_is_classed_by_its_code() -> None:
    limit = error(failed("rate_limit_exceeded", "Slow down, sk-123."))
    broken = error(failed("server_error"))

    assert isinstance(limit, RateLimited)
    assert isinstance(broken, Transient)
    assert broken.code == "server_error"
    assert broken.maybe_billed
    assert "sk-123" not in str(limit)


def test_a_failed_response_that_does_not_say_why_is_no_answer() -> None:
    raised = error({**failed("x"), "error": None})

    assert isinstance(raised, Unreadable)
    assert str(raised) == ("openai-responses answered with an error of its own. See its response.")


def test_an_error_of_another_status_is_refused_by_its_field() -> None:
    body = {
        "error": {
            "message": "Unsupported parameter: 'temperature' is not supported with this model.",
            "type": "invalid_request_error",
            "param": "temperature",
            "code": None,
        }
    }
    with pytest.raises(Refused) as raised:
        read(body, slot(temperature=0.5), status=400)

    assert (raised.value.code, raised.value.setting) == ("refused_setting", "temperature")


@pytest.mark.parametrize(
    ("field", "setting", "value"),
    [
        ("max_output_tokens", "max_tokens", 20),
        ("reasoning.effort", "reasoning_effort", "max"),
        ("text.verbosity", "verbosity", "low"),
    ],
)
def test_a_refused_field_is_named_by_the_setting_that_it_carries(
    field: str, setting: str, value: object
) -> None:
    body = {"error": {"message": "No.", "param": field, "code": "unsupported_value"}}
    with pytest.raises(Refused) as raised:
        read(body, slot(**{setting: value}), status=400)

    assert f"doesn't take {setting} = {value}." in raised.value.says
    assert raised.value.fix == f"Change {setting}, or leave it empty."
