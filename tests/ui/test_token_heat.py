"""Tokens and ways as the page's components take them: whatever a model writes is seen, as text."""

from __future__ import annotations

from math import log

import pytest

from lib.analysis.branching import branching, capped, of_words
from lib.charts.next_token import token_words
from lib.domain.positions import Position
from lib.domain.vocabulary import TokenProbability
from lib.ui.tokens import branch_list, heat
from lib.ui.tokens.answer import table
from lib.ui.tokens.context import Picked
from lib.ui.tokens.pick import so_far


def at(text: str, q: float | None = 0.5, raw: bytes | None = None) -> Position:
    logprob = None if q is None else log(q)
    return Position(text=text, key="7", raw=text.encode() if raw is None else raw, logprob=logprob)


@pytest.mark.parametrize(
    ("text", "raw", "seen"),
    [
        (" a", None, "␣a"),
        ("\n\n", None, "↵↵"),
        ("\t", None, "⇥"),
        ("", b"", "∅"),
        ("<script>", None, "<script>"),
        ("👩‍🚀", None, "👩‍🚀"),
        ("e\u0301", None, "e\u0301"),
        ("\u202eabc", None, "\\u202eabc"),
        (" \ufffd", b" \xf0\x9f", "␣\\xf0\\x9f"),
    ],
)
def test_white_space_and_broken_bytes_are_visible(text: str, raw: bytes | None, seen: str) -> None:
    assert heat.written(at(text, raw=raw)) == seen


def test_the_shade_grows_with_surprisal_and_is_none_where_that_is_unknown() -> None:
    shades = [heat.shade(log(q)) for q in (1, 0.5, 0.1, 0.001, 1e-9)]

    assert shades == sorted(shades)
    assert (shades[0], shades[-2], shades[-1]) == (0, 1, 1)
    assert heat.token(at("a", None), 0, open_=0)["known"] is False
    assert heat.token(at("a", None), 0, open_=0)["aloud"] == "Token 1, a: probability not known"


def test_an_alternative_with_broken_bytes_shows_them_where_they_are_known() -> None:
    assert token_words(TokenProbability("\ufffd", "f09f", -1)) == "\\xf0\\x9f"
    assert token_words(TokenProbability("\ufffd", "230", -1)) == "\ufffd #230"  # an id, no bytes
    assert token_words(TokenProbability("", "230", -1)) == "∅ #230"


def test_the_table_has_every_token_with_its_numbers() -> None:
    rows = table((at("a", 0.25), at("b", None)), vocabulary=100)

    assert [row["place"] for row in rows] == [1, 2]
    assert rows[0]["probability"] == pytest.approx(0.25)
    assert rows[0]["surprisal"] == pytest.approx(log(4))
    assert rows[1]["probability"] is None
    assert rows[1]["entropy_low"] is None


def test_a_way_says_how_many_go_it_and_what_is_left_out() -> None:
    tree = branching({n: of_words(t) for n, t in {"1": "a b", "2": "a c", "3": "d"}.items()})
    first, second = (branch_list.row(tree, each) for each in capped(tree, 2))

    assert (first["count"], first["share"]) == ("3 of 3", 1)
    assert first["note"] == "2 ways, entropy 0.64 · 1 way not drawn, answers: 1"
    assert second["note"] == "2 ways, entropy 0.69 · 2 ways not drawn, answers: 2"
    assert [row["answers"] for row in branch_list.table(tree)] == [3, 2, 1, 1, 1]


def test_answers_that_are_all_the_same_have_no_branch() -> None:
    tree = branching({n: of_words("yes") for n in ("1", "2")})

    assert branch_list.alt(tree, "word") == "All 2 answers are the same, 1 word long."


def test_so_many_levels_are_unfolded_as_are_asked_for() -> None:
    tree = branching({n: of_words(t) for n, t in {"1": "a b", "2": "a c", "3": "d"}.items()})
    shown = capped(tree, 9)

    assert [each.node.level for each in shown] == [0, 1, 2, 2, 1]
    assert branch_list.folded(shown) == []  # so few need no folding
    assert branch_list.folded(shown, levels=1) == [1]
    assert branch_list.folded(shown, levels=2) == []
    assert [branch_list.row(tree, each)["zooms"] for each in shown] == [False, *[True] * 4]


def test_what_was_added_is_told_with_the_probability_of_all_of_it() -> None:
    assert so_far([Picked("I", " like", 0.5), Picked("I like", "\n", 0.25)]) == (
        "Added so far: “␣like” 50%, “↵” 25%. Drawn one after the other, these come with a "
        "probability of 12.5%."
    )
    assert so_far([Picked("", "a", 1.0)] * 20).startswith("Added so far: 8 tokens, then “a” 100%,")
