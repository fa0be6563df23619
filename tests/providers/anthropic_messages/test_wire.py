"""Door to door: what goes over the wire to an Anthropic endpoint, and what becomes of its reply."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from lib.domain.configuration import Endpoint
from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient, Unreadable
from lib.domain.message import Message
from lib.domain.vocabulary import Request, Sample, Slot
from lib.providers.anthropic_messages.request import VERSION
from lib.providers.models import list_models
from lib.providers.registry import open_provider
from tests.providers.anthropic_messages.answers import error, events, message, text
from tests.providers.anthropic_messages.asking import asked
from tests.providers.making import KEY
from tests.providers.player import Got, Play, Player, json_play, stream_play

PREFIX = "/proxy/of/ours"
GOOD = json_play(message())
STREAM = stream_play(b"".join(events(message())))


def endpoint(url: str) -> Endpoint:
    return Endpoint(name="mine", dialect="anthropic", base_url=url)


def sampled(
    url: str, *, key: str | None = KEY, deadline_s: float = 5, **settings: Any
) -> tuple[Request, Sample]:
    """What was asked at this address, and what came of it."""
    slot = asked(endpoint=endpoint(url), **settings)

    async def ask() -> tuple[Request, Sample]:
        home = Path("unused")
        provider = await open_provider(
            slot.configuration.endpoint, key=key, at_once=2, home=home, environ={}
        )
        try:
            request = provider.build(slot)
            reply = await provider.send(request, deadline_s=deadline_s)
            return request, provider.read(slot, reply)
        finally:
            await provider.close()

    return asyncio.run(ask())


def failed(play: Play, **more: Any) -> CallError:
    with Player(play) as server, pytest.raises(CallError) as caught:
        sampled(server.url, **more)
    return caught.value


@pytest.mark.parametrize(
    ("play", "settings", "accept"),
    [
        (GOOD, {}, "application/json"),
        (STREAM, {"stream": True}, "text/event-stream, application/json"),
    ],
    ids=["whole", "streamed"],
)
def test_one_request_goes_out_and_a_sample_comes_back(
    play: Play, settings: dict[str, Any], accept: str
) -> None:
    with Player(play) as server:
        request, sample = sampled(server.url + PREFIX, temperature=0.5, **settings)

    [got] = server.got
    assert (got.method, got.path) == ("POST", f"{PREFIX}/v1/messages")
    assert hashlib.sha256(got.body).digest() == hashlib.sha256(request.body).digest()
    assert got.headers["accept"] == accept
    assert (sample.text, sample.outcome, sample.flags) == ("Apple", "ok", ())


def test_the_key_stands_in_its_one_header_and_little_else_goes_out() -> None:
    with Player(GOOD) as server:
        sampled(server.url)

    [got] = server.got
    assert got.headers["x-api-key"] == KEY
    assert got.headers["anthropic-version"] == VERSION == "2023-06-01"
    assert set(got.headers) == {
        *("host", "accept", "accept-encoding", "content-type", "content-length"),
        *("user-agent", "x-api-key", "anthropic-version"),
    }


def test_without_a_key_a_word_is_sent_that_is_none() -> None:
    """Servers on one's own machine take it; Anthropic answers that the key is wrong."""
    with Player(GOOD) as server:
        sampled(server.url, key=None)

    assert server.got[0].headers["x-api-key"] == "none"


def as_anthropic(got: Got) -> Play:
    """From version 2026-10-21 on there are no sampling parameters (platform.claude.com, Versions).

    The words of the refusal are quoted in qiita.com, Synthorai, "temperature は 1.0 でも 400 に".
    """
    if got.headers["anthropic-version"] != "2023-06-01":
        for name in json.loads(got.body).keys() & {"temperature", "top_p", "top_k"}:
            return json_play(
                error("invalid_request_error", f"{name}: Extra inputs are not permitted"), 400
            )
    return GOOD


@pytest.mark.parametrize("settings", [{"temperature": 1}, {"top_p": 0.9}, {"top_k": 5}])
def test_the_version_of_the_api_is_one_that_takes_sampling_settings(
    settings: dict[str, Any],
) -> None:
    with Player(as_anthropic) as server:
        _, sample = sampled(server.url, **settings)

    assert sample.text == "Apple"


def test_the_version_is_the_same_whatever_is_set_and_every_request_says_so() -> None:
    """Two versions in one experiment would be a difference that nobody asked for."""
    with Player(GOOD) as server:
        requests = [sampled(server.url)[0], sampled(server.url, temperature=0)[0]]

    assert {each.headers["anthropic-version"] for each in server.got} == {VERSION}
    for each in requests:
        (said,) = [one for one in each.notes.added if one.field == "anthropic-version header"]
        assert said.value == VERSION
        assert b"anthropic-version" not in each.body


@pytest.mark.parametrize("key", [KEY, None])
def test_nothing_of_the_environment_changes_the_call(
    key: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Player(GOOD) as server, Player(GOOD) as elsewhere:
        sampled(server.url, key=key)
        names = ("x-api-key", "authorization", "anthropic-version", "content-type", "user-agent")
        for variable, value in {
            "ANTHROPIC_API_KEY": "sk-of-somebody",
            "ANTHROPIC_AUTH_TOKEN": "token-of-somebody",
            "ANTHROPIC_BASE_URL": elsewhere.url,
            "ANTHROPIC_CUSTOM_HEADERS": "\n".join(f"{name}: of-somebody" for name in names),
            "ANTHROPIC_PROFILE": "somebody",
            "ANTHROPIC_CONFIG_DIR": str(tmp_path),
            "ANTHROPIC_IDENTITY_TOKEN": "token-of-somebody",
            "ANTHROPIC_FEDERATION_RULE_ID": "rule",
            "ANTHROPIC_ORGANIZATION_ID": "organization",
            "ANTHROPIC_LOG": "debug",
        }.items():
            monkeypatch.setenv(variable, value)
        sampled(server.url, key=key)

        before, after = server.got
        assert after.headers == before.headers
        assert "authorization" not in after.headers
        assert elsewhere.got == []


def test_neither_prompts_nor_answers_go_into_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK would write them into spans, where the environment tells it to."""
    from opentelemetry import trace

    tracers: list[object] = []
    monkeypatch.setattr(trace, "get_tracer", lambda *asked, **_: tracers.append(asked))
    monkeypatch.setenv("ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE", "content")
    with Player(GOOD) as server:
        sampled(server.url)

    assert tracers == []


@pytest.mark.parametrize("model", ["some-model", "claude-opus-4-20250514"])
def test_no_guard_of_the_sdk_stands_in_the_way_of_a_large_limit(model: str) -> None:
    """Its own call raises a ValueError from 21,334 tokens on, and from 8,193 for some models."""
    slot = asked(max_tokens=64_000)
    with Player(json_play(message(model=model))) as server:
        _, sample = sampled(server.url, max_tokens=64_000)

    assert json.loads(server.got[0].body)["max_tokens"] == slot.configuration.settings.max_tokens
    assert sample.text == "Apple"


@pytest.mark.parametrize(
    ("status", "kind", "says", "expected", "code"),
    [
        (400, "invalid_request_error", "No.", Refused, "other"),
        (401, "authentication_error", "invalid x-api-key", KeyRefused, "bad_key"),
        (402, "billing_error", "No.", KeyRefused, "no_credit"),
        (403, "permission_error", "No.", Refused, "forbidden"),
        (404, "not_found_error", "model: some-model", Refused, "not_found"),
        (413, "request_too_large", "No.", Refused, "context_too_long"),
        (429, "rate_limit_error", "No.", RateLimited, "rate_limited"),
        (500, "api_error", "No.", Transient, "server_error"),
        (504, "timeout_error", "No.", Transient, "server_error"),
        (529, "overloaded_error", "Overloaded", Transient, "overloaded"),
    ],
)
def test_each_error_reaches_as_far_as_it_should(
    status: int, kind: str, says: str, expected: type[CallError], code: str
) -> None:
    found = failed(json_play(error(kind, says), status, retry_after="7"))

    assert (type(found), found.code) == (expected, code)
    if isinstance(found, Transient):
        assert found.retry_after_s == 7


def test_one_call_is_one_request_whatever_comes_back() -> None:
    for status in (408, 409, 429, 500, 503, 529):
        with Player(json_play(error("api_error"), status, retry_after="0")) as server:
            with pytest.raises(Transient):
                sampled(server.url)
            assert len(server.got) == 1


def test_a_redirect_is_not_followed() -> None:
    with Player(GOOD) as evil:
        found = failed(Play(status=307, headers={"location": f"{evil.url}/v1/messages"}))

        assert found.says == f"mine redirects to {evil.url}: nothing was sent there."
        assert evil.got == []


def test_a_web_page_is_no_answer() -> None:
    found = failed(Play(b"<html>log in</html>", headers={"content-type": "text/html"}))

    assert isinstance(found, Unreadable)
    assert found.wrong_place


def test_a_wrong_path_says_where_the_base_url_ends() -> None:
    found = failed(json_play(error("not_found_error", "Not Found"), 404))

    assert str(found) == (
        "mine has no chat API at its address (status 404). Check the base URL: it ends before /v1."
    )


def test_a_stream_that_ends_early_is_no_sample() -> None:
    body = STREAM.body[: STREAM.body.index(b"event: message_delta")]

    found = failed(stream_play(body), stream=True)

    assert isinstance(found, Unreadable)
    assert found.says == "The stream ended before its last piece."


@pytest.mark.parametrize("play", [GOOD, STREAM])
def test_a_lost_connection_is_worth_another_try(play: Play) -> None:
    found = failed(Play(play.body, headers=play.headers, cut=True), stream=play is STREAM)

    assert isinstance(found, Transient)
    assert found.code == "connection"


def test_the_deadline_is_ours() -> None:
    found = failed(Play(held=True), deadline_s=0.2)

    assert isinstance(found, Transient)
    assert found.code == "timeout"


def test_an_echoed_key_is_taken_out() -> None:
    with Player(json_play(message(content=[text(f"Your key is {KEY}.")]))) as server:
        _, sample = sampled(server.url)

    assert sample.text == "Your key is [key removed]."


SETTINGS: list[dict[str, Any]] = [
    {},
    {"temperature": 0, "max_tokens": 5},
    {"temperature": 1, "top_k": 40, "top_p": 0.5, "stop": ("END", "x"), "max_tokens": 7},
    {"reasoning_effort": "high", "thinking": {"type": "enabled", "budget_tokens": 1024}}
    | {"max_tokens": 2000, "service_tier": "auto"},
    {"stream": True, "extra": {"metadata": {"user_id": "u"}, "speed": "standard"}},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda each: "+".join(each) or "none")
def test_the_sdk_itself_sends_the_same_body(settings: dict[str, Any]) -> None:
    messages = (
        Message("system", "Be short."),
        Message("user", "Name a fruit."),
        Message("assistant", "A fruit is"),
    )

    def play(got: Got) -> Play:
        return STREAM if json.loads(got.body).get("stream") else GOOD

    with Player(play) as server:
        ours = sent(asked(*messages, endpoint=endpoint(server.url), **settings))
        asyncio.run(ask_by_sdk(server.url, settings))

    assert json.loads(server.got[0].body) == ours
    assert server.got[0].path == "/v1/messages"


def sent(slot: Slot) -> dict[str, Any]:
    from lib.providers.registry import dialect

    return json.loads(dialect(slot.configuration.endpoint).build(slot).body)  # type: ignore[no-any-return]


async def ask_by_sdk(url: str, settings: dict[str, Any]) -> None:
    """The same request by the SDK's own call, with its own names."""
    from anthropic import AsyncAnthropic

    more = dict(settings)
    extra = more.pop("extra", {})
    extra |= {name: more.pop(name) for name in ("temperature", "top_p", "top_k") if name in more}
    if "stop" in more:
        more["stop_sequences"] = list(more.pop("stop"))
    if "reasoning_effort" in more:
        more["output_config"] = {"effort": more.pop("reasoning_effort")}
    async with AsyncAnthropic(base_url=url, api_key="x", max_retries=0) as sdk:
        await sdk.messages.create(
            model="some-model",
            system="Be short.",
            messages=[
                {"role": "user", "content": "Name a fruit."},
                {"role": "assistant", "content": "A fruit is"},
            ],
            extra_body=extra,
            **{"max_tokens": 1024, **more},
        )


def test_the_models_are_listed_with_one_call_for_all_of_them() -> None:
    page = {
        "data": [
            {"type": "model", "id": "claude-b", "display_name": "B"},
            {"type": "model", "id": "claude-a", "display_name": "A"},
        ],
        "has_more": False,
        "first_id": "claude-b",
        "last_id": "claude-a",
    }
    with Player(json_play(page)) as server:
        found = asyncio.run(
            list_models(endpoint(server.url), key=KEY, home=Path("unused"), environ={})
        )

    [got] = server.got
    assert found == ["claude-b", "claude-a"]
    assert (got.method, got.path) == ("GET", "/v1/models?limit=1000")
    assert got.headers["x-api-key"] == KEY
    assert "authorization" not in got.headers
