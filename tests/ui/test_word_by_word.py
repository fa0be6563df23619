"""The answers that two can be chosen from."""

from __future__ import annotations

import pytest

from lib.analysis.summary import analyse
from lib.ui.compare import word_by_word
from tests.analysis.maker import group


def test_distinct_answers_are_listed_by_configuration_with_how_often_they_came() -> None:
    groups = [group(["x", " x ", ""]), group(["y"], name="B\nC")]
    found = analyse(groups, permutations=99)

    listed = word_by_word.choices(found)

    assert [each.label for each in listed] == ["A: 2 × x", "A: 1 × (empty)", "B↵C: 1 × y"]
    assert listed[0].title == "A: 2 of 3 answers"
    assert listed[1].text == ""


def test_many_answers_of_one_do_not_keep_out_those_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(word_by_word, "MOST_LISTED", 4)
    found = analyse([group(list("abcdef")), group(list("vwxyz"), name="B")], final=False)

    assert [each.text for each in word_by_word.choices(found)] == ["a", "b", "v", "w"]
