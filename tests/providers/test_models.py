"""The list of models: what an endpoint says it has, or a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from lib.domain.configuration import Endpoint
from lib.domain.errors import CallError, InputError, KeyRefused, Refused, Transient, Unreadable
from lib.providers.models import list_models, names
from tests.faulty import FaultyServer
from tests.providers.making import KEY, MINE, reply
from tests.providers.player import Got, Play, Player, json_play


def listed(body: object, *, status: int = 200) -> list[str]:
    return names(MINE, reply(body, status=status))


@pytest.mark.parametrize(
    "body",
    [
        {"object": "list", "data": [{"id": "b"}, {"id": "a"}, {"id": "b"}]},
        {"models": [{"name": "b"}, {"name": "a"}]},
        [{"id": "b"}, {"id": "a"}],
        {"data": [{"id": "b"}, {"id": 7}, None, "x", {"id": "a"}, {"id": ""}, {"id": "c" * 500}]},
    ],
)
def test_names_come_once_each_in_the_endpoints_order(body: object) -> None:
    assert listed(body) == ["b", "a"]


@pytest.mark.parametrize(
    ("body", "status", "kind", "says"),
    [
        (b"", 401, KeyRefused, "The key for mine was refused. Check it under Endpoints."),
        (b"", 404, Refused, "mine has no list of models (status 404). Type the model's name."),
        (b"", 307, Refused, "mine has no list of models (status 307). Type the model's name."),
        (
            b"",
            429,
            Transient,
            "mine can't list its models now (status 429). Type the model's name.",
        ),
        (
            b"",
            503,
            Transient,
            "mine can't list its models now (status 503). Type the model's name.",
        ),
        (b"<html>", 200, Unreadable, "The list of models isn't whole JSON. Check the base URL."),
        (b"{}", 200, Unreadable, "mine answered with no list of models. Type the model's name."),
    ],
)
def test_where_there_is_no_list_there_is_a_sentence(
    body: bytes, status: int, kind: type[CallError], says: str
) -> None:
    with pytest.raises(CallError) as error:
        listed(body, status=status)

    assert type(error.value) is kind
    assert str(error.value) == says


def test_the_list_is_asked_for_once_with_the_key() -> None:
    with FaultyServer() as server:
        endpoint = Endpoint(name="mine", base_url=server.url("ok"))

        found = asyncio.run(list_models(endpoint, key=KEY, home=Path("unused")))

        assert found == ["one", "two"]
        [received] = server.requests
        assert received.path == "/fault/ok/v1/models"
        assert received.authorization == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("fault", "code"),
    [("hang", "timeout"), ("huge:9", "too_large"), ("redirect_host", "not_found")],
)
def test_the_same_bounds_hold_as_for_every_call(fault: str, code: str) -> None:
    with FaultyServer() as server:
        endpoint = Endpoint(name="mine", base_url=server.url(fault))
        deadline_s = 0.3 if fault == "hang" else 20

        with pytest.raises(CallError) as error:
            asyncio.run(list_models(endpoint, key=None, home=Path("u"), deadline_s=deadline_s))

        assert error.value.code == code
        assert server.evil_hits == []


def test_an_address_that_can_not_be_called_is_refused() -> None:
    with pytest.raises(InputError):
        asyncio.run(list_models(Endpoint(name="x", base_url="x"), key=None, home=Path("unused")))


# Gemini, page by page


def model(name: str, *methods: str) -> dict[str, object]:
    return {"name": f"models/{name}", "supportedGenerationMethods": [*methods]}


def gemini(plays: Callable[[Got], Play]) -> tuple[list[str], list[str]]:
    """The names that were found, and the paths that were asked for."""
    with Player(plays) as server:
        endpoint = Endpoint(name="mine", dialect="gemini", base_url=f"{server.url}/v1beta")
        found = asyncio.run(list_models(endpoint, key=KEY, home=Path("unused")))
        return found, [got.path for got in server.got]


def test_only_models_that_generate_content_are_listed_over_all_pages() -> None:
    pages = {
        "/v1beta/models?pageSize=1000": {
            "models": [
                model("a", "generateContent", "countTokens"),
                model("embedding", "embedContent"),
                {"name": "models/told-nothing"},
            ],
            "nextPageToken": "x&y=1/",
        },
        "/v1beta/models?pageSize=1000&pageToken=x%26y%3D1%2F": {
            "models": [
                model("b", "generateContent"),
                {"name": "x", "supportedGenerationMethods": 7},
            ]
        },
    }

    found, paths = gemini(lambda got: json_play(pages[got.path]))

    assert found == ["models/a", "models/told-nothing", "models/b"]
    assert paths == [*pages]


@pytest.mark.parametrize("token", [7, None, "", "x" * 10_000])
def test_what_can_be_no_token_is_the_end(token: object) -> None:
    page = {"models": [model("a", "generateContent")], "nextPageToken": token}

    found, paths = gemini(lambda _: json_play(page))

    assert (found, len(paths)) == (["models/a"], 1)


def test_pages_without_an_end_are_not_followed_for_ever() -> None:
    page = {"models": [model("a", "generateContent")], "nextPageToken": "again"}

    found, paths = gemini(lambda _: json_play(page))

    assert found == ["models/a"]
    assert len(paths) == 10
