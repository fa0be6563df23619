"""A stored reply as an object to look into: strict JSON, whatever the endpoint wrote."""

from __future__ import annotations

import json

import pytest

from lib.domain.vocabulary import Reply
from lib.results.response import MOST_LEVELS, response
from tests.engine.making import slot
from tests.faulty.answers import completion, events


def read(body: bytes) -> dict[str, object]:
    return response(slot(), Reply(200, {}, body, 0.1))


def test_json_is_parsed_and_a_stream_is_put_together() -> None:
    whole = completion({"model": "m"}, "Apple pie", 1)

    assert read(json.dumps(whole).encode()) == {"kind": "json", "value": whole}
    put_together = read(b"".join(events(whole)))
    assert put_together["kind"] == "assembled"
    assert "Apple pie" in json.dumps(put_together["value"])


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": NaN, "b": [Infinity, -Infinity, 1e999]}',
        b'{"a": "\\ud800"}',
        b"[" * (MOST_LEVELS - 1) + b"]" * (MOST_LEVELS - 1),
        b"[" * 600 + b"]" * 600,
        b"[" * 100_000,
        b"9" * 5000,
        b"<html>",
        b"\xff\xfe",
        b"",
        b"data: {not json\n\n",
    ],
    ids=range(10),
)
def test_what_comes_of_any_bytes_is_strict_json_in_every_writer(body: bytes) -> None:
    shown = read(body)

    assert json.dumps(shown, allow_nan=False, indent=2)
    assert shown["kind"] in {"json", "assembled", "text"}


def test_what_is_no_number_is_null() -> None:
    assert read(b'{"a": NaN, "b": [1e999, 1.5]}')["value"] == {"a": None, "b": [None, 1.5]}
