"""Headers: which are kept, and how long they ask to wait."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lib.providers.headers import kept, retry_after_s, should_retry

NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"retry-after": "2"}, 2),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": " 3 "}, 3),
        ({"retry-after": "3600"}, 3600),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "nan"}, 0),
        ({"retry-after": "inf"}, 0),
        ({"retry-after": "soon"}, 0),
        ({"retry-after": ""}, 0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "junk", "retry-after": "9"}, 9),
        ({"retry-after": "Tue, 24 Nov 2026 12:00:07 GMT"}, 7),
        ({"retry-after": "Tue, 24 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "Tue, 24 Nov 2026 12:00:07"}, 7),
        ({"retry-after": "Tue, 99 Nov 2026 12:00:07 GMT"}, 0),
        ({"retry-after": "Tue, 24 Nov 99999 12:00:07 GMT"}, 0),
    ],
)
def test_seconds_to_wait(headers: dict[str, str], seconds: float) -> None:
    assert retry_after_s(headers, now=NOON) == seconds


def test_a_date_is_compared_with_the_servers_own_clock_if_it_tells() -> None:
    headers = {
        "date": "Tue, 24 Nov 2020 08:00:00 GMT",
        "retry-after": "Tue, 24 Nov 2020 08:00:30 GMT",
    }

    assert retry_after_s(headers, now=NOON) == 30


@pytest.mark.parametrize(
    ("said", "meant"), [("true", True), ("False", False), ("", None), ("maybe", None)]
)
def test_whether_to_try_again(said: str, meant: bool | None) -> None:
    assert should_retry({"x-should-retry": said}) is meant
    assert should_retry({}) is None


def test_only_what_says_something_about_the_call_is_kept() -> None:
    headers = [
        ("Content-Type", "application/json"),
        ("X-RateLimit-Remaining-Requests", "9"),
        ("X-Request-Id", "req_1"),
        ("Set-Cookie", "who=you"),
        ("OpenAI-Organization", "org-secret"),
        ("Authorization", "Bearer sk-1"),
        ("X-Whatever", "a" * 60_000),
    ]

    assert kept(headers) == {
        "content-type": "application/json",
        "x-ratelimit-remaining-requests": "9",
        "x-request-id": "req_1",
    }


def test_what_is_kept_is_short_and_printable() -> None:
    assert kept([("x-request-id", "a\x1b[31m\r\n" + "b" * 100)])["x-request-id"] == (
        "a[31m" + "b" * 100
    )


def test_what_is_long_is_dropped_whole() -> None:
    """The beginning of a key would no longer be known as one."""
    assert kept([("x-request-id", "b" * 190 + "sk-canary0123456789abcdefABCDEF")]) == {}


@pytest.mark.parametrize(
    ("location", "origin"),
    [
        ("https://evil.example/steal?key=sk-1", "https://evil.example"),
        ("HTTP://Evil.example:8080", "http://evil.example:8080"),
        ("http://[::1]:9/x", "http://[::1]:9"),
        ("http://user:sk-1@evil.example/", None),
        ("/v1/other", None),
        ("//evil.example/", None),
        ("javascript:alert(1)", None),
        ("http://a b/", None),
    ],
)
def test_of_a_redirect_only_the_origin_is_kept(location: str, origin: str | None) -> None:
    assert kept([("Location", location)]).get("location") == origin
