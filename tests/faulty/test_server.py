"""The faulty server itself: that it plays what it is asked for, and counts what it gets."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import Counter
from contextlib import suppress

import pytest

from lib.domain.configuration import DIALECTS, Dialect
from tests.faulty import FaultyServer, faults, plays, statuses, streams
from tests.faulty.languages import LANGUAGES


def post(url: str, *, model: str = "some-model", key: str = "k") -> int:
    """The status of an answer, or 0 if there was none."""
    body = json.dumps({"model": model, "messages": []}).encode()
    request = urllib.request.Request(  # noqa: S310  its own address
        f"{url}/chat/completions", body, {"Authorization": f"Bearer {key}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


def test_the_first_requests_meet_a_fault_and_the_rest_do_not() -> None:
    with FaultyServer() as server:
        url = server.url("first:2:500")

        assert [post(url) for _ in range(4)] == [500, 500, 200, 200]


def test_chaos_is_a_share_of_the_requests_and_the_same_for_the_same_seed() -> None:
    def statuses(seed: int) -> list[int]:
        with FaultyServer(seed=seed) as server:
            return [post(server.url("chaos:0.3")) for _ in range(60)]

    one = statuses(1)

    assert one == statuses(1)
    assert 8 <= sum(status != 200 for status in one) <= 30
    assert set(Counter(one)) <= {0, 200, 429, 500, 503, 529}


def test_a_share_meets_one_fault() -> None:
    with FaultyServer() as server:
        found = {post(server.url("share:0.5:429_none")) for _ in range(30)}

    assert found == {200, 429}


def test_the_model_chooses_the_fault_where_the_address_does_not() -> None:
    with FaultyServer() as server:
        assert post(server.url(), model="503") == 503
        assert post(server.url(), model="gpt-4o") == 200
        assert post(server.url("no_such_fault")) == 404


def test_it_remembers_what_it_got() -> None:
    with FaultyServer(lambda asked, number: f"{asked['model']} {number}") as server:
        post(server.url("ok"), key="first")
        post(server.url("500"), key="second")

        assert [each.fault for each in server.requests] == ["ok", "500"]
        assert [each.order for each in server.requests] == [1, 2]
        assert server.keys == {"Bearer first", "Bearer second"}
        assert server.requests[0].json == {"model": "some-model", "messages": []}
        assert all(len(each.sent_sha256) == 64 for each in server.requests)
        assert len(server.gaps_s) == 1
        assert (server.in_flight, server.max_in_flight) == (0, 1)


def test_a_followed_redirect_is_seen() -> None:
    with FaultyServer() as server:
        with suppress(OSError):
            urllib.request.urlopen(f"{server.evil}/steal", timeout=5)  # noqa: S310

        assert [hit.split("\r\n")[0] for hit in server.evil_hits] == ["GET /steal HTTP/1.1"]


def test_every_fault_has_a_name_of_its_own() -> None:
    shared = [*statuses.STATUSES, *faults.BODIES, *streams.STREAMS, *plays.ACTS]

    for language in LANGUAGES.values():
        names = [*shared, *language.refusals, *language.shapes, *language.streams]
        assert len(names) == len(set(names))
        assert language.lacks.keys().isdisjoint(set(names) - set(shared))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_is_known_by_its_path_and_has_its_key_in_its_own_header(dialect: Dialect) -> None:
    paths = {
        "openai": "/chat/completions",
        "openai-responses": "/responses",
        "anthropic": "/v1/messages",
        "gemini": "/models/some-model:generateContent",
    }
    language = LANGUAGES[dialect]
    with FaultyServer() as server:
        for fault in ("ok", "500"):
            url = server.url(fault, dialect=dialect) + paths[dialect]
            said = ask(url, {language.key_header: "k"}, {"model": "some-model"})
            good = language.good({"model": "some-model"}, "Apple", 1, "some-model")
            assert said == (good if fault == "ok" else json.loads(language.error(500)))

        assert [each.key for each in server.requests] == ["k", "k"]
        assert {each.model for each in server.requests} == {"some-model"}
        assert all(each.language is language for each in server.requests)


def ask(url: str, headers: dict[str, str], body: object) -> object:
    """What the server says."""
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)
