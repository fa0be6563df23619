"""Values as text: complete where they fit, and where they don't, said how much is missing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lib.ui.sample import values

json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=30,
)


@given(json_values)
def test_a_small_value_is_a_tree_unchanged(value: Any) -> None:
    tree = values.tree(value)

    assert tree.value == value
    assert tree.whole


def test_long_lists_and_texts_are_cut_and_say_by_how_much() -> None:
    tree = values.tree({"top_logprobs": list(range(49_152)), "text": "x" * 30_000})

    assert not tree.whole
    assert isinstance(tree.value, dict)
    assert tree.value["top_logprobs"][-2:] == [49, "… (49,102 more)"]
    assert tree.value["text"].endswith("x… (10,000 more characters)")


@given(some.integers(1, 40), some.integers(1, 40), some.integers(1, 40))
def test_a_tree_never_has_more_nodes_than_a_browser_takes(a: int, b: int, c: int) -> None:
    tree = values.tree([[[{"n": 1}] * c] * b] * a)

    assert json.dumps(tree.value).count('"n"') <= values.MOST_NODES
    assert tree.whole == (tree.value == [[[{"n": 1}] * c] * b] * a)


def test_an_object_with_many_names_is_cut_too() -> None:
    tree = values.tree({f"name{number}": number for number in range(50_000)})

    assert isinstance(tree.value, dict)
    assert list(tree.value.items())[-1] == ("…", "(30,001 more)")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", "(empty)"),
        ("as it is\n", "as it is\n"),
        (None, "null"),
        (True, "true"),
        (0.1, "0.1"),
        ([1, "a"], '[1, "a"]'),
        (list(range(9)), "a list of 9"),
        ("half \ud800", "half \\ud800"),
        ({"a": "\ud800"}, '{"a": "\\ud800"}'),
        ("x" * 200, "x" * 160 + "… (200 characters)"),
    ],
)
def test_a_value_in_a_cell(value: object, shown: str) -> None:
    assert values.cell(value) == shown


@pytest.mark.parametrize(
    ("seconds", "date"),
    [
        (1_795_000_000, "2026-11-18 11:06:40 UTC"),
        (0.5, "1970-01-01 00:00:00 UTC"),
        (10**30, None),
        (-(10**20), None),
        (float("nan"), None),
        (True, None),
        ("1795000000", None),
        (None, None),
    ],
)
def test_a_count_of_seconds_is_a_date_if_it_can_be_one(seconds: object, date: str | None) -> None:
    assert values.date(seconds) == date


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"a":1}', '{\n  "a": 1\n}'),
        ('{"a":"é"}'.encode(), '{\n  "a": "é"\n}'),
        (b'{"a":"\\ud800"}', '{\n  "a": "\\ud800"\n}'),
        (b"<p>no JSON \xff", "<p>no JSON \\xff"),
        (b'{"a":' * 100_000, '{"a":' * 100_000),
        (b"9" * 5000, "9" * 5000),
        (b"", ""),
    ],
)
def test_a_body_is_laid_out_if_it_is_json_and_shown_as_it_is_if_not(body: bytes, text: str) -> None:
    assert values.in_lines(body) == text


@given(some.binary())
def test_any_bytes_can_be_sent_to_a_browser(body: bytes) -> None:
    values.in_lines(body).encode()
    values.decoded(body).encode()
