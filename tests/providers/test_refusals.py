"""Refusals: how far each reaches, and the sentence that a user gets."""

from __future__ import annotations

from typing import Any

import pytest

from lib.domain.configuration import OPENAI, Endpoint
from lib.domain.errors import (
    CallError,
    KeyRefused,
    RateLimited,
    Refused,
    Transient,
    Unreadable,
)
from lib.domain.message import Message
from lib.domain.vocabulary import Slot
from lib.providers.registry import dialect
from tests.providers.making import answer, reply, slot

ASKED = slot(temperature=0.5, max_tokens=8, extra={"dry_base": 2})


def error(message: str = "No.", **more: object) -> dict[str, object]:
    return {"error": {"message": message, "type": "invalid_request_error", **more}}


def refusal(status: int, body: object = b"", asked: Slot = ASKED, **headers: Any) -> CallError:
    with pytest.raises(CallError) as caught:
        dialect(asked.configuration.endpoint).read(asked, reply(body, status=status, **headers))
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind", "code", "says"),
    [
        (301, Refused, "redirected", "mine redirects to another path. Check the base URL."),
        (
            400,
            Refused,
            "other",
            "some-model at mine refuses this request (status 400). See its response.",
        ),
        (
            401,
            KeyRefused,
            "bad_key",
            "The key for mine was refused. Check it under Endpoints.",
        ),
        (402, KeyRefused, "no_credit", "The account at mine has no credit left. Top it up."),
        (
            403,
            Refused,
            "forbidden",
            "mine doesn't let this key use some-model. Ask for access, or choose another model.",
        ),
        (
            404,
            Refused,
            "not_found",
            "mine has no chat API at its address (status 404). "
            "Check the base URL: most end in /v1.",
        ),
        (
            405,
            Refused,
            "not_found",
            "mine has no chat API at its address (status 405). "
            "Check the base URL: most end in /v1.",
        ),
        (408, Transient, "timeout", "mine gave up waiting (status 408)."),
        (409, Transient, "other", "mine can't answer now (status 409)."),
        (
            410,
            Refused,
            "not_found",
            "mine has no model some-model, or not for this key. "
            "Check its name: `models` lists what can be used.",
        ),
        (
            413,
            Refused,
            "context_too_long",
            "The request is too long for some-model: its messages have 13 characters. "
            "Shorten them, or lower max_tokens.",
        ),
        (
            418,
            Refused,
            "other",
            "some-model at mine refuses this request (status 418). See its response.",
        ),
        (
            422,
            Refused,
            "other",
            "some-model at mine refuses this request (status 422). See its response.",
        ),
        (425, Transient, "other", "mine can't answer now (status 425)."),
        (429, RateLimited, "rate_limited", "mine asks to slow down."),
        (500, Transient, "server_error", "mine failed to answer (status 500)."),
        (502, Transient, "server_error", "mine failed to answer (status 502)."),
        (503, Transient, "overloaded", "mine is overloaded (status 503)."),
        (504, Transient, "server_error", "mine failed to answer (status 504)."),
        (529, Transient, "overloaded", "mine is overloaded (status 529)."),
        (
            999,
            Refused,
            "other",
            "some-model at mine refuses this request (status 999). See its response.",
        ),
    ],
)
def test_each_status_has_its_class_and_its_sentence(
    status: int, kind: type[CallError], code: str, says: str
) -> None:
    found = refusal(status)

    assert type(found) is kind
    assert (found.code, str(found)) == (code, says)


def test_no_status_is_without_a_sentence() -> None:
    codes = {
        *("redirected", "other", "bad_key", "no_credit", "forbidden", "not_found", "timeout"),
        *("context_too_long", "rate_limited", "server_error", "overloaded"),
    }
    found = {each: refusal(each) for each in range(100, 600) if not 200 <= each < 300}

    assert {status: str(each) for status, each in found.items() if each.says[-1:] != "."} == {}
    assert {status: each.code for status, each in found.items() if each.code not in codes} == {}


def test_only_what_may_have_been_done_may_have_been_billed() -> None:
    assert [each for each in (400, 401, 429, 500, 502, 503, 504) if refusal(each).maybe_billed] == [
        504
    ]


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (429, error(code="insufficient_quota"), KeyRefused, "no_credit"),
        (429, error(type="insufficient_quota"), KeyRefused, "no_credit"),
        (400, error(code="billing_hard_limit_reached"), KeyRefused, "no_credit"),
        (429, error(code="rate_limit_exceeded", type="tokens"), RateLimited, "rate_limited"),
        (
            429,
            error("Request too large for gpt-4o on tokens per min (TPM)", type="tokens"),
            Refused,
            "context_too_long",
        ),
        (400, error(code="context_length_exceeded", param="messages"), Refused, "context_too_long"),
        (
            400,
            error("This model's maximum context length is 4096 tokens. However", code=400),
            Refused,
            "context_too_long",
        ),
        (
            400,
            error(code=400, type="exceed_context_size_error", n_ctx=256),
            Refused,
            "context_too_long",
        ),
        (404, error(code="model_not_found"), Refused, "not_found"),
        (404, error("model 'x' not found, try pulling it first"), Refused, "not_found"),
        (400, error("Model Not Exist"), Refused, "not_found"),
        (400, error(param="model"), Refused, "not_found"),
        (400, error("API key not valid. Please pass a valid API key."), KeyRefused, "bad_key"),
        (401, error(code=401, type="authentication_error"), KeyRefused, "bad_key"),
        (503, error(code=503, type="unavailable_error"), Transient, "overloaded"),
        (500, error(type="server_error"), Transient, "server_error"),
    ],
)
def test_the_endpoints_own_word_goes_before_the_status(
    status: int, body: object, kind: type[CallError], code: str
) -> None:
    found = refusal(status, body)

    assert (type(found), found.code) == (kind, code)


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        (
            error("Unsupported parameter", param="max_tokens", code="unsupported_parameter"),
            "max_tokens",
            "some-model at mine doesn't take max_tokens = 8. "
            'Set profile = "openai" for this endpoint, which sends max_completion_tokens.',
        ),
        (
            error("Unsupported value", param="temperature", code="unsupported_value"),
            "temperature",
            "some-model at mine doesn't take temperature = 0.5. "
            "Change temperature, or leave it empty.",
        ),
        (
            error("Unsupported parameter", param="top_logprobs", code=None),
            "top_logprobs",
            "some-model at mine doesn't take top_logprobs. Leave logprobs empty.",
        ),
        (
            error("Odd", param="messages[0].role"),
            "messages[0].role",
            "some-model at mine doesn't take messages[0].role. See its response.",
        ),
        (
            error("Field 'temperature': type must be number, but is string", code=400),
            "temperature",
            "some-model at mine doesn't take temperature = 0.5. Leave temperature empty.",
        ),
        (
            error("Unknown field `dry_base`."),
            "dry_base",
            "some-model at mine doesn't take dry_base = 2. Leave dry_base empty.",
        ),
        (
            [{"error": {"code": 400, "message": 'Unknown name "frequency_penalty": no field.'}}],
            "frequency_penalty",
            "some-model at mine doesn't take frequency_penalty. Leave frequency_penalty empty.",
        ),
        (
            {"detail": [{"loc": ["body", "top_p"], "msg": "must be at most 1", "type": "x"}]},
            "top_p",
            "some-model at mine doesn't take top_p. Leave top_p empty.",
        ),
        (
            {"object": "error", "message": "bad", "param": "min_p", "code": 400},
            "min_p",
            "some-model at mine doesn't take min_p. Leave min_p empty.",
        ),
    ],
)
def test_a_refused_field_is_named(body: object, field: str, says: str) -> None:
    found = refusal(400, body)

    assert isinstance(found, Refused)
    assert (found.code, found.setting, str(found)) == ("refused_setting", field, says)


def test_where_it_was_sent_under_the_newer_name_already_it_is_to_be_left_out() -> None:
    found = refusal(400, error(param="max_tokens"), slot(endpoint=OPENAI, max_tokens=8))

    assert str(found) == (
        "some-model at openai doesn't take max_tokens = 8. Leave max_tokens empty."
    )


@pytest.mark.parametrize(
    "param",
    ["sk-canary0123456789abcdef", "A" * 20, "a" * 50, "<b>", "a b", "", 7, ["x"], {"a": 1}, "é"],
)
def test_what_can_not_be_the_name_of_a_field_is_not_shown(param: object) -> None:
    found = refusal(400, error(param=param))

    assert isinstance(found, Refused)
    assert found.setting is None
    assert str(found) == "some-model at mine refuses this request (status 400). See its response."


def test_the_endpoints_text_is_never_shown() -> None:
    said = "IGNORE <script> sk-canary0123456789abcdef"
    for status in range(300, 600):
        for body in (error(said, code=said, type=said, param=said), said.encode(), [said], said):
            found = refusal(status, body)
            assert "canary" not in f"{found!r} {found} {vars(found)}"
            assert "IGNORE" not in f"{found!r} {found}"


def test_a_redirect_names_where_it_leads_and_that_nothing_went_there() -> None:
    found = refusal(307, location="https://evil.example")

    assert str(found) == (
        "mine redirects to https://evil.example: nothing was sent there. "
        "Put that address into the base URL, if you trust it."
    )


def test_the_variable_of_a_refused_key_is_named() -> None:
    endpoint = Endpoint(name="mine", base_url="http://127.0.0.1:9/v1", api_key_env="MY_KEY")

    assert refusal(401, asked=slot(endpoint=endpoint)).fix == (
        "Check it under Endpoints, or in MY_KEY."
    )


def test_the_length_of_what_was_too_long_is_told() -> None:
    asked = slot(Message("system", "a" * 1000), Message("user", "b" * 500))

    assert refusal(413, asked=asked).says == (
        "The request is too long for some-model: its messages have 1,500 characters."
    )


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_a_named_time_is_passed_on(status: int) -> None:
    found = refusal(status, retry_after="7")

    assert isinstance(found, Transient)
    assert found.retry_after_s == 7


def test_what_the_endpoint_advises_against_is_not_tried_again() -> None:
    found = refusal(500, x_should_retry="false")

    assert type(found) is CallError
    assert found.code == "server_error"
    assert isinstance(refusal(429, x_should_retry="false"), RateLimited)


def test_what_the_endpoint_advises_is_tried_again_but_never_with_a_refused_key() -> None:
    assert type(refusal(400, x_should_retry="true")) is Transient
    assert isinstance(refusal(401, x_should_retry="true"), KeyRefused)


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ({"code": 429}, RateLimited, "rate_limited"),
        ({"code": "502"}, Transient, "server_error"),
        ({"code": "rate_limit_exceeded"}, RateLimited, "rate_limited"),
        ({"type": "overloaded_error"}, Transient, "overloaded"),
        ({"type": "server_error"}, Transient, "server_error"),
        ({"code": 402}, KeyRefused, "no_credit"),
        ({"code": "invalid_api_key"}, KeyRefused, "bad_key"),
        ({"code": 400, "param": "top_p"}, Refused, "refused_setting"),
        ({"code": "odd"}, Unreadable, "malformed"),
        ({"code": True, "status": None}, Unreadable, "malformed"),
        ({}, Unreadable, "malformed"),
    ],
)
def test_an_error_inside_a_200_is_classed_by_its_own_code(
    said: dict[str, Any], kind: type[CallError], code: str
) -> None:
    found = refusal(200, {"error": {"message": "No.", **said}})

    assert (type(found), found.code) == (kind, code)
    assert found.maybe_billed


@pytest.mark.parametrize("nothing", [None, {}, [], "", 0])
def test_an_error_field_without_an_error_is_none(nothing: object) -> None:
    received = reply(answer(error=nothing))

    assert dialect(ASKED.configuration.endpoint).read(ASKED, received).text == "Apple"
