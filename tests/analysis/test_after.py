"""Answers after a shared beginning are draws of one distribution."""

from __future__ import annotations

from math import log

import pytest

from lib.analysis.after import after, after_words, with_whole
from lib.analysis.branching import of_words
from lib.analysis.first_token import first_token
from lib.analysis.next_token import agree, next_token
from lib.domain.positions import Position
from lib.domain.settings import Settings
from lib.domain.vocabulary import TokenProbability
from tests.analysis.maker import group

TOP = tuple(TokenProbability(t, t, log(q)) for t, q in {" red": 0.7, " pie": 0.3}.items())


def at(text: str, q: float | None = 0.5, *, top: bool = False) -> Position:
    logprob = None if q is None else log(q)
    others = TOP if top else ()
    return Position(text=text, key=text, raw=text.encode(), logprob=logprob, top=others)


def test_only_answers_with_this_beginning_count_and_each_from_there_on() -> None:
    answers = [["A", " red", " pear"], ["A", " red"], ["A", " pie"], ["B", " red"], ["A"]]
    texts = ["".join(words) for words in answers]
    whole = group(texts, name="T 1")
    positions = {
        sample.slot.name: [at(word, top=place == 1) for place, word in enumerate(words)]
        for sample, words in zip(whole.texts, answers, strict=True)
    }

    found = after(whole, positions, ["A"])
    table = first_token(found, describes="before_sampling")

    assert [sample.text for sample in found.samples] == [" red pear", " red", " pie", ""]
    assert table is not None
    assert {row.token: row.drawn.count for row in table.rows} == {" red": 2, " pie": 1}
    assert table.n == 3
    assert table.without == 1  # it ends there
    assert {row.token: row.reported for row in table.rows} == pytest.approx(
        {" red": 0.7, " pie": 0.3}
    )


def test_the_draws_are_tested_against_what_their_settings_make_of_it() -> None:
    whole = group(["A red"] * 30, settings=Settings(temperature=1))
    positions = {s.slot.name: [at("A"), at(" red", top=True)] for s in whole.texts}

    table = first_token(after(whole, positions, ["A"]), describes="before_sampling")

    assert table is not None
    assert table.fit is not None
    assert table.fit.p < 0.001  # 30 of 30, where 70 % were expected


def test_a_token_without_a_number_is_not_known() -> None:
    whole = group(["A red"])
    positions = {s.slot.name: [at("A"), at(" red", None)] for s in whole.texts}

    assert after(whole, positions, ["A"]).samples[0].first_token is None


def test_without_tokens_the_words_that_follow_are_counted() -> None:
    whole = group(["I like pears", "I like plums", "I like", "You like pears"])
    words = {sample.slot.name: of_words(sample.text) for sample in whole.texts}

    table = first_token(after_words(whole, words, ["I", "like"]))

    assert table is not None
    assert table.kind == "first_word"
    assert {row.token: row.drawn.count for row in table.rows} == {
        "pears": 1,
        "plums": 1,
        "(empty)": 1,
    }


def test_with_all_tokens_the_test_is_exact_where_few_were_reported() -> None:
    few = (TokenProbability(" red", " red", log(0.7)),)
    cold = group(["A red"] * 12, settings=Settings(temperature=0.5))
    positions = {
        s.slot.name: [at("A"), Position(text=" red", key=" red", raw=b"", logprob=-1, top=few)]
        for s in cold.texts
    }
    here = after(cold, positions, ["A"])
    all_ = next_token(TOP)
    assert all_ is not None

    partly = first_token(here, describes="before_sampling")
    wholly = first_token(with_whole(here, all_), describes="before_sampling")

    assert partly is not None
    assert partly.fit is None
    assert wholly is not None
    assert wholly.rows[0].expected == pytest.approx(0.49 / 0.58)  # 0.7 and 0.3, squared
    assert wholly.fit is not None


def test_numbers_of_another_place_do_not_agree() -> None:
    all_ = next_token(TOP)
    assert all_ is not None

    assert agree(all_, [TokenProbability(" red", " red", log(0.71))])
    assert not agree(all_, [TokenProbability(" red", " red", log(0.6))])
    assert not agree(all_, [TokenProbability(" blue", " blue", log(0.6))])
    assert not agree(all_, [])
