"""The numbers behind a chart, in the words of the page."""

from __future__ import annotations

from lib.analysis.summary import analyse
from lib.charts.forest import forest
from lib.charts.lengths import lengths
from lib.ui.compare.numbers import in_words
from tests.analysis.maker import group


def test_a_number_that_is_missing_stays_empty_and_its_row_says_why() -> None:
    found = analyse([group(["a"]), group(["a", "b", "b"], name="B")], permutations=99)
    agreement = {e.name: e.metrics["collision_probability"] for e in found.configurations}

    one, three = in_words(forest(agreement, metric="Agreement").table)

    assert one["value"] is None
    assert one["why not"] == "needs two calls or more"
    assert three["value"] == 1 / 3  # unrounded, and a number
    assert three["why not"] == ""
    assert {"interval from", "interval to", "of answers"} <= set(three)


def test_without_anything_missing_there_is_no_column_for_reasons() -> None:
    (row,) = in_words(lengths([group(["a", "bb", "a", "b", "c", "a"])]).table)

    assert "why not" not in row
    assert "cut off by a limit" in row


def test_tokens_show_their_white_space_and_reasons_are_named_for_what_is_not_reported() -> None:
    row = {"token": " a", "kind": "first_token", "reported": None, "expected": 0.5}

    assert in_words([row]) == [
        {
            "token": "␣a",
            "counted": "first token",
            "reported probability": None,
            "expected probability": 0.5,
            "why not": "no probability was reported for it",
        }
    ]
