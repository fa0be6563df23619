"""What all dialects read in the same way: what a filter took, and what is no text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lib.domain.configuration import (
    ANTHROPIC,
    DIALECTS,
    OPENAI,
    OPENAI_RESPONSES,
    Dialect,
    Endpoint,
)
from lib.domain.errors import Transient, Unreadable
from lib.domain.vocabulary import Sample
from lib.providers.registry import dialect as spoken
from tests.faulty.languages import LANGUAGES
from tests.faulty.shapes import TEXTS
from tests.providers.making import reply, slot

PROMPT = "The prompt was stopped by a content filter."
ANSWER = "The answer was stopped by a content filter."


def read(endpoint: Endpoint, body: object, *, status: int = 200) -> Sample:
    return spoken(endpoint).read(slot(endpoint=endpoint), reply(body, status=status))


def openai(code: str) -> dict[str, Any]:
    message = "Invalid prompt: your prompt was flagged as potentially violating our usage policy."
    inner = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return {"error": inner}


OUTPUT = {
    "type": "error",
    "error": {
        "details": None,
        "type": "invalid_request_error",
        "message": "Output blocked by content filtering policy",
    },
    "request_id": "req_1",
}
"""Anthropic's, as it was reported (claude-code 58367)."""


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("endpoint", "body", "flag"),
    [
        (OPENAI, openai("invalid_prompt"), PROMPT),
        (OPENAI_RESPONSES, openai("invalid_prompt"), PROMPT),
        (OPENAI, openai("content_filter"), PROMPT),
        (ANTHROPIC, OUTPUT, ANSWER),
    ],
)
def test_what_a_content_filter_took_is_an_outcome_and_says_what(
    endpoint: Endpoint, body: object, flag: str, status: int
) -> None:
    sample = read(endpoint, body, status=status)

    assert (sample.text, sample.outcome, sample.finish_reason) == ("", "filtered", "content_filter")
    assert sample.flags == (flag,)


@pytest.mark.parametrize("code", ["server_is_overloaded", "slow_down"])
def test_a_response_that_failed_for_load_is_asked_for_again(code: str) -> None:
    """As it was reported of the Responses API (sub2api 3476): status 200, and no answer."""
    body = {"object": "response", "status": "failed", "output": [], "error": {"code": code}}

    with pytest.raises(Transient) as error:
        read(OPENAI_RESPONSES, body)

    assert (error.value.code, error.value.maybe_billed) == ("overloaded", True)


def test_an_answer_that_a_filter_took_in_the_middle_of_its_stream_is_the_same() -> None:
    language = LANGUAGES["anthropic"]
    begun = language.events(language.good({}, "Apple", 1, "some-model"))[:4]
    error = b"event: error\ndata: %b\n\n" % json.dumps(OUTPUT).encode()

    sample = read(ANTHROPIC, b"".join([*begun, error]))

    assert (sample.text, sample.outcome) == ("", "filtered")
    assert ANSWER in sample.flags


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer_of_which_no_part_is_text_is_not_an_empty_one(dialect: Dialect) -> None:
    language = LANGUAGES[dialect]
    good = language.good({}, "Apple", 1, "some-model")
    endpoint = Endpoint(name="mine", dialect=dialect, base_url="http://127.0.0.1:9")

    with pytest.raises(Unreadable) as error:
        read(endpoint, language.shapes["odd_parts"](good))

    assert str(error.value) == "No part of the answer is text. See its response."
    assert read(endpoint, language.shapes["empty_content"](good)).outcome == "empty"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_is_the_same_whole_and_in_pieces(dialect: Dialect, name: str) -> None:
    language = LANGUAGES[dialect]
    good = language.saying(TEXTS[name])(language.good({}, "Apple", 1, "some-model"))
    endpoint = Endpoint(name="mine", dialect=dialect, base_url="http://127.0.0.1:9")
    asked = slot(endpoint=endpoint, stream=True)

    whole = read(endpoint, good)
    streamed = spoken(endpoint).read(asked, reply(b"".join(language.events(good))))

    assert (streamed.text, streamed.outcome) == (whole.text, whole.outcome)
    assert whole.text == TEXTS[name].replace("\ud800", "\ufffd").replace("\x00", "\ufffd")
    assert streamed.flags == whole.flags
