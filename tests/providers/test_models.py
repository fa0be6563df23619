"""The list of models: what an endpoint says it has, or a sentence."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lib.domain.configuration import Endpoint
from lib.domain.errors import CallError, InputError, KeyRefused, Refused, Transient, Unreadable
from lib.providers.models import list_models, names
from tests.faulty import FaultyServer
from tests.providers.making import KEY, MINE, reply


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
