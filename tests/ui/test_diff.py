"""Differences of two texts: nothing is lost, nothing invented, and what is equal is not marked."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lib.ui.responses import diff
from lib.ui.responses.diff import Difference, Part, folded, lines, words
from lib.ui.responses.differences import side

texts = some.text(alphabet="ab .,\n\té猫ก\u0301\ud83c\U0001f34e", max_size=60)
nearly = some.lists(some.sampled_from(["the ", "cat", " sat", "\n", ". ", "犬"]), max_size=20).map(
    "".join
)


@given(texts | nearly, texts | nearly)
def test_the_parts_joined_are_the_two_texts(before: str, after: str) -> None:
    for found in (words(before, after), lines(before, after)):
        assert (found.before, found.after) == (before, after)
        assert found.same == (before == after)
        assert all(part.text for part in found.parts)


@given(texts | nearly, texts | nearly)
def test_neighbouring_parts_are_of_different_kinds_and_removed_comes_before_added(
    before: str, after: str
) -> None:
    kinds = [part.kind for part in words(before, after).parts]

    assert all(one != two for one, two in pairwise(kinds))
    assert ("added", "removed") not in list(pairwise(kinds))


@given(nearly)
def test_a_text_differs_from_itself_in_nothing(text: str) -> None:
    assert words(text, text).same
    assert not list(folded(lines("", "").parts))


def marked(found: Difference) -> str:
    signs = {"same": "{}", "removed": "[-{}]", "added": "[+{}]"}
    return "".join(signs[part.kind].format(part.text) for part in found.parts)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("the cat sat", "the dog sat", "the[- cat][+ dog] sat"),
        ("Paris.", "Paris!", "Paris[-.][+!]"),
        ("apple", " apple", "[+ ]apple"),
        ("one  two", "one two", "one[-  ][+ ]two"),
        ("a b c", "a c", "a[- b] c"),
        ("", "new", "[+new]"),
        ("我爱猫", "我爱狗", "我爱[-猫][+狗]"),
        ("end", "end\n", "end[+\n]"),
        ("same", "same", "same"),
    ],
)
def test_words_and_marks_are_compared_and_white_space_apart(
    before: str, after: str, shown: str
) -> None:
    assert marked(words(before, after)) == shown


def test_long_texts_are_compared_by_lines_and_longer_ones_not_in_parts() -> None:
    long = "word " * (diff.MOST_TOKENS + 1) + "\n"

    by_line = words(long + "a", long + "b")
    whole = words("x\n" * 200_000, "y\n" * 200_000)

    assert by_line.unit == "lines"
    assert [part.kind for part in by_line.parts] == ["same", "removed", "added"]
    assert (whole.unit, len(whole.parts)) == ("all", 2)


def test_lines_that_changed_in_one_place_are_removed_first_then_added() -> None:
    found = lines("1\na\nb\n2", "1\nA\n2")

    assert found.parts == (
        Part("same", "1\n"),
        Part("removed", "a\n"),
        Part("removed", "b\n"),
        Part("added", "A\n"),
        Part("same", "2"),
    )


def test_lines_far_from_any_change_are_folded() -> None:
    before = "".join(f"{number}\n" for number in range(20))

    shown = [part.text for part in folded(lines(before, before.replace("10\n", "ten\n")).parts)]

    assert shown == [
        "… 7 equal lines\n",
        *(f"{n}\n" for n in (7, 8, 9)),
        "10\n",
        "ten\n",
        *(f"{n}\n" for n in (11, 12, 13)),
        "… 6 equal lines\n",
    ]


@given(nearly, nearly)
def test_folding_hides_no_change(before: str, after: str) -> None:
    found = lines(before, after)
    changes = [part for part in found.parts if part.kind != "same"]

    assert [part for part in folded(found.parts) if part.kind != "same"] == changes


def test_each_side_shows_its_own_parts_and_white_space_that_differs() -> None:
    parts = words("a  b\u202e", "a b\n").parts

    assert side(parts, "removed") == [
        ("same", "a"),
        ("removed", "␣␣"),
        ("same", "b"),
        ("removed", "\\u202e"),
    ]
    assert side(parts, "added") == [
        ("same", "a"),
        ("added", "␣"),
        ("same", "b"),
        ("added", "↵\n"),
    ]
