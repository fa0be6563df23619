"""Outputs that break careless code: each is one answer, counted and compared like any other."""

import json

import pytest

from lib.analysis.as_json import as_json
from lib.analysis.branching import branching, of_words
from lib.analysis.groups import outputs
from lib.analysis.headline import headline
from lib.analysis.summary import analyse
from tests.analysis.known import known
from tests.analysis.maker import group

CODE = 'def f(x):\n\treturn {"a": x ** 2}  # ok\n\n\nprint(f(3))\n```\n$\\frac{1}{2}$ | a | b |\n'
HOSTILE = {
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f467 and \U0001f44d\U0001f3fd",
    "combining": "Z\u0351\u036b\u0343a\u0332l\u0334g\u0335o\u0336 e\u0301",
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd\u202c, \u0645\u0631\u062d\u0628\u0627",
    "code": CODE,
    "long": " ".join(f"word{i}" for i in range(5_000)),
    "empty": "",
    "white space": " \t\n\u00a0\u2003 ",
    "script": "<script>alert(document.cookie)</script><img src=x onerror=alert(1)>",
    "control": "a\x00b\x1b[31mred\x1b[0m\u2028\u2066x\ufeff",
    "no spaces": "私は果物が好きです。" * 40,
    "one long word": "x" * 50_000,
    "formula": '=HYPERLINK("http://example.com";"click")',
    "replacement": "\ufffd\ufffd",
    "astral": "\U0001d518\U0001d52b\U0001d526\U0001d520\U0001d52c\U0001d521\U0001d522 \U0010ffff",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_odd_answer_is_one_output_as_it_was_written(name: str) -> None:
    odd = HOSTILE[name]
    some = group([odd] * 6 + ["apple"] * 4)

    found = analyse([some, group(["apple"] * 10, name="B")], permutations=99)

    metrics = found.configurations[0].metrics
    assert metrics["distinct"].value == 2
    assert metrics["collision_probability"].value == pytest.approx((6 * 5 + 4 * 3) / 90)
    assert metrics["length_characters"].value == sorted([len(odd)] * 6 + [5] * 4)[5] * 0.5 + (
        sorted([len(odd)] * 6 + [5] * 4)[4] * 0.5
    )
    assert 0 <= known(metrics["mean_similarity"].value) <= 1
    # 6 x 5 + 4 x 3 pairs are equal; the others share nothing, whatever the odd answer is made of.
    assert metrics["mean_similarity"].value == pytest.approx(42 / 90)
    assert [(o.text, o.count) for o in outputs(some)] == [(odd, 6), ("apple", 4)]
    json.dumps(as_json(found), allow_nan=False, ensure_ascii=False).encode()
    assert headline(found)


def test_all_odd_answers_together_are_told_apart() -> None:
    some = group([*HOSTILE.values()] * 2)

    found = analyse([some, group([*HOSTILE.values()] * 2, name="B")], permutations=99)

    metrics = found.configurations[0].metrics
    same = 1  # of white space alone, and empty: equal once it is collapsed
    assert metrics["distinct"].value == len(HOSTILE) - same
    assert metrics["distinct_raw"].value == len(HOSTILE)
    assert all(c.verdict != "different" for c in found.comparisons)


def test_the_same_letters_composed_or_not_are_one_output_and_two_raw_texts() -> None:
    metrics = analyse([group(["caf\u00e9", "cafe\u0301"] * 3)]).configurations[0].metrics

    assert (metrics["distinct"].value, metrics["distinct_raw"].value) == (1, 2)
    assert metrics["mean_similarity"].value == 1


def test_emoji_of_several_code_points_that_differ_are_different_outputs() -> None:
    metrics = analyse([group(["👍🏽", "👍🏿", "👍"] * 2)]).configurations[0].metrics

    assert metrics["distinct"].value == 3
    assert known(metrics["mean_similarity"].value) < 1


def test_what_stands_for_markup_stays_text_in_the_finding() -> None:
    name = "<script>alert(1)</script>"

    found = analyse([group(["a"] * 20, name=name), group(["a", "b"] * 10, name="**B**")])

    assert f"“{name}”" in headline(found)
    assert json.loads(json.dumps(as_json(found)))["configurations"][0]["name"] == name


def test_odd_answers_part_where_they_part() -> None:
    texts = {f"1.{i}": text for i, text in enumerate(HOSTILE.values(), start=1)}

    tree = branching({name: of_words(text) for name, text in texts.items()})

    assert tree.root.count == len(HOSTILE)
    leaves = [name for node in tree.nodes for name in node.ended]
    assert sorted(leaves) == sorted(texts)


def test_answers_of_five_thousand_words_are_cut_for_similarity_and_it_is_told() -> None:
    texts = [" ".join(f"w{(i * 7 + j * j) % 997}" for j in range(5_000)) for i in range(10)]

    found = analyse([group(texts), group(texts[::-1], name="B")], permutations=99)

    metrics = found.configurations[0].metrics
    assert "10 outputs cut at 4000 tokens" in metrics["mean_similarity"].method
    assert metrics["distinct"].value == 10
    assert known(metrics["length_characters"].low) >= min(len(text) for text in texts)
