"""Closed answers: what each rule takes out of a text, and what stays without a value."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.analysis.extraction import NO_VALUE, extract, extracted
from lib.analysis.summary import analyse, as_json
from lib.domain.checks import Check
from lib.domain.declared import Answer, Declared
from tests.analysis.known import known
from tests.analysis.maker import group

LABELS = Answer(labels=("Yes", "No", "Not sure"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Yes.", "Yes"),
        ("the answer is YES", "Yes"),
        ("I am not\n sure", "Not sure"),
        ("Yes and no", None),
        ("Nobody knows", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_label_is_the_only_one_that_occurs_as_a_word(text: str, value: str | None) -> None:
    assert extract(LABELS, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It is 42.", "42"),
        ("42.0", "42"),
        ("1,000 or 1000.50", "1000.5"),
        ("from 3 to −4", "-4"),
        ("on 2024-11-25", "25"),
        ("7e3", "7000"),
        (".5", "0.5"),
        ("1, 2, 3", "3"),
        ("none", None),
        ("9e999999999", "9E+999999999"),
    ],
)
def test_a_number_is_the_last_one_written_one_way(text: str, value: str | None) -> None:
    assert extract(Answer(number=True), text) == value


@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=3), st.text("abc .", max_size=9))
def test_any_number_is_found_again(number: object, before: str) -> None:
    found = extract(Answer(number=True), f"{before} {number}")

    assert found is not None
    assert float(found) == float(str(number))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": {"b": "x  y"}}', "x y"),
        ('Here it is: {"a": {"b": 1.0}} I hope.', "1"),
        ('```json\n{"a": {"b": true}}\n```', "true"),
        ('{"a": {"b": [2, 1]}}', "[2, 1]"),
        ('{"a": {"b": null}}', None),
        ('{"a": 3}', None),
        ("{not json}", None),
        ("[" * 100_000, None),
    ],
)
def test_a_field_of_json_is_found_in_prose_too(text: str, value: str | None) -> None:
    assert extract(Answer(json_field="a.b"), text) == value


@given(
    st.dictionaries(st.text("ab", min_size=1, max_size=3), st.integers(-(2**70), 2**70), min_size=1)
)
def test_any_field_of_an_object_is_found(table: dict[str, int]) -> None:
    for name, value in table.items():
        found = known_text(extract(Answer(json_field=name), json.dumps(table)))
        assert Decimal(found) == value


def known_text(value: str | None) -> str:
    assert value is not None
    return value


def test_a_place_in_a_list_is_a_part_of_the_path() -> None:
    assert extract(Answer(json_field="0.label"), '[{"label": "spam"}]') == "spam"


@pytest.mark.parametrize(
    ("pattern", "value"),
    [(r"Answer: (\w+)", "B"), (r"Answer: \w+", "Answer: B"), (r"Question: (\w+)", None)],
)
def test_a_pattern_gives_its_first_group_or_all_of_it(pattern: str, value: str | None) -> None:
    assert extract(Answer(pattern=pattern), "So.  Answer: B") == value


def test_a_pattern_that_takes_too_long_costs_its_answer_and_nothing_else() -> None:
    rule = Answer(pattern=r"(a+)+$|(ok)")

    (found,) = extracted(rule, [group(["a" * 40 + "b", "ok"])])

    assert found.values[0] == NO_VALUE


def test_a_preview_has_counts_and_what_has_no_value() -> None:
    yes, no = extracted(LABELS, [group(["Yes", "yes!", "hm", "hm", "um"]), group(["no"], name="B")])

    assert (yes.counts, yes.without, yes.examples) == (
        {NO_VALUE: 3, "Yes": 2},
        3,
        ("hm", "um"),
    )
    assert (no.name, no.counts, no.without) == ("B", {"No": 1}, 0)


def test_everything_is_over_the_value_and_lengths_are_not() -> None:
    chatty = group([f"Well, {i}: yes" for i in range(20)], name="A")
    mixed = group(["Yes", "No, I think"] * 10, name="B")

    analysis = analyse([chatty, mixed], declared=Declared(answer=LABELS), permutations=99)

    a, b = analysis.configurations
    assert (a.metrics["distinct"].value, a.metrics["distinct_raw"].value) == (1, 20)
    assert a.metrics["collision_probability"].value == 1
    assert known(a.metrics["length_characters"].value) > 10
    assert b.metrics["distinct"].value == 2
    assert analysis.comparisons[0].verdict == "different"
    assert "Answers are compared by their value: one of Yes, No, Not sure." in analysis.warnings


def test_checks_look_at_the_whole_answer() -> None:
    chatty = group(["Well: yes"] * 6)
    check = Check(name="polite", contains="Well")

    analysis = analyse([chatty], checks=[check], declared=Declared(answer=LABELS))

    assert analysis.configurations[0].checks["polite"].value == 1


def test_answers_without_a_value_stay_in_the_denominator_and_are_told() -> None:
    analysis = analyse([group(["yes"] * 8 + ["hm", "um"])], declared=Declared(answer=LABELS))

    agree = analysis.configurations[0].metrics["collision_probability"]
    assert agree.value == pytest.approx((8 * 7 + 2) / 90)
    assert (
        "“A”: 2 of 10 answers have no such value. They count as one value of their own."
        in analysis.warnings
    )
    columns: Any = as_json(analysis)["configurations"]
    assert columns[0]["answers"] == {
        "values": {"Yes": 8},
        "without": 2,
        "examples_without": ["hm", "um"],
    }
