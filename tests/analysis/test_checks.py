"""Checks: each rule, and patterns and schemas that are out to do harm."""

import json
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from statsmodels.stats.proportion import proportion_confint

from lib.analysis import checks, schemas
from lib.analysis.checks import check_share, passed, passes
from lib.analysis.groups import Group
from lib.analysis.patterns import Undecided
from lib.analysis.schemas import Schema
from lib.domain.checks import Check
from lib.domain.settings import Settings
from lib.domain.vocabulary import Estimate
from tests.analysis.maker import group


def share(check: Check, some: Group) -> Estimate:
    found = passed(check, [some])
    return check_share(found if isinstance(found, str) else found[0], some)


def undecided(schema: Mapping[str, object], text: str) -> str:
    """Why it can't be said whether a schema takes an answer."""
    with pytest.raises(Undecided) as told:
        passes(Check(name="c", json_schema=schema), text)
    return told.value.why


SCHEMA = {"type": "object", "required": ["fruit"], "properties": {"fruit": {"type": "string"}}}


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (Check(name="c", equals="apple"), " apple\n", "Apple"),
        (Check(name="c", contains="app"), "an apple", "a plum"),
        (Check(name="c", matches=r"(?i)^APP\w+$"), "apple", "an apple"),
        (Check(name="c", matches=r"\p{Lu}"), "Apple", "apple"),
        (Check(name="c", json=True), '{"a": [1, null]}', "{'a': 1}"),
        (Check(name="c", json=True), "1", "NaN"),
        (Check(name="c", json_schema=SCHEMA), '{"fruit": "plum"}', '{"fruit": 3}'),
        (Check(name="c", json_schema=SCHEMA), '{"fruit": "plum"}', "plum"),
        (Check(name="c", max_words=2), "two words", "and now three"),
        (Check(name="c", max_words=0), "", "one"),
    ],
)
def test_an_answer_passes_or_fails(check: Check, good: str, bad: str) -> None:
    assert (passes(check, good), passes(check, bad)) == (True, False)


def test_the_share_that_passes_has_its_wilson_interval() -> None:
    some = group(["apple", "pear", "plum", "apple"])

    e = share(Check(name="c", contains="a"), some)

    assert (e.value, e.n, e.method) == (0.75, 4, "Wilson")
    assert (e.low, e.high) == pytest.approx(proportion_confint(3, 4, method="wilson"))


def test_answers_that_were_filtered_do_not_count() -> None:
    some = group(["apple", ""], reasons=["stop", "content_filter"])

    assert share(Check(name="c", contains="a"), some).n == 1


def test_no_answer_and_one_seed_are_told() -> None:
    check = Check(name="c", contains="a")

    assert share(check, group([])).why == "there is no answer"
    seeded = share(check, group(["a", "b"], settings=Settings(seed=1)))
    assert (seeded.value, seeded.low) == (0.5, None)


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (Check(name="c", matches=r"(a|a)*$"), "a" * 60 + "b"),
        (
            Check(name="c", json_schema={"type": "string", "pattern": "(a|a)*$"}),
            '"' + "a" * 60 + 'b"',
        ),
    ],
)
def test_a_hostile_pattern_can_not_hang_the_lab(check: Check, text: str) -> None:
    began = time.monotonic()

    e = share(check, group([text] * 50 + ["other"] * 50))

    assert (e.value, e.why) == (None, "the pattern took more than 0.25 s over one answer")
    assert time.monotonic() - began < 30  # and not once for each answer


OUTSIDE = "the JSON schema refers to something outside of itself"
NESTED = "the JSON schema, or an answer, is nested too deeply"
DRAFTS = [
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/draft-04/schema",
]


def nested(within: Callable[[object], object], times: int) -> Any:
    part: object = {}
    for _ in range(times):
        part = within(part)
    return part


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"$ref": "http://127.0.0.1:9/schema"}, OUTSIDE),
        ({"type": 5}, "the JSON schema isn't one"),
        ({"$ref": "#"}, NESTED),
        (
            {"properties": {"a": {"patternProperties": {"(a|a)*$": {}}}}},
            "patternProperties is not supported in a JSON schema",
        ),
        ({"$ref": "http://["}, OUTSIDE),
        ({"$schema": 5}, "the JSON schema can't be applied"),
        ({"allOf": [{"$ref": "#"}] * 2}, NESTED),
        ({"$dynamicRef": "#"}, NESTED),
        (
            {"unevaluatedProperties": False, "$ref": "#"},
            NESTED,
        ),
        (nested(lambda part: {"not": part}, 2000), NESTED),
    ],
)
def test_a_schema_that_can_not_be_applied_says_why(schema: Mapping[str, object], why: str) -> None:
    assert undecided(schema, '{"a": {}}') == why


HANGS = {"pattern": "^(a|aa)+$"}
LONG = json.dumps({"a": "a" * 60 + "!"})
TOO_LONG = "the pattern took more than 0.25 s over one answer"
BELOW = "$schema is supported only at the root of a JSON schema"


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize(
    "within",
    [
        lambda part: {"properties": {"a": part}},
        lambda part: {"$defs": {"d": part}, "properties": {"a": {"$ref": "#/$defs/d"}}},
        lambda part: {"allOf": [{"properties": {"a": part}}]},
        lambda part: {"enum": [part], "properties": {"a": {"$ref": "#/enum/0"}}},
        lambda part: {"contentSchema": part, "properties": {"a": {"$ref": "#/contentSchema"}}},
    ],
)
def test_a_part_of_a_schema_can_not_leave_the_time_out(
    draft: str, within: Callable[[object], Mapping[str, object]]
) -> None:
    assert undecided(within({"$schema": draft, **HANGS}), LONG) == BELOW


@pytest.mark.parametrize("draft", DRAFTS)
def test_a_reference_to_the_root_can_not_leave_the_time_out(draft: str) -> None:
    properties = {"a": {"$ref": "#"}}

    assert undecided({"$schema": draft, "properties": properties, **HANGS}, LONG) == TOO_LONG


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://json-schema.org/draft/2020-12/schema"},
        {"$ref": "https://json-schema.org/draft/2020-12/schema#meta"},
        {"$ref": "http://json-schema.org/draft-07/schema#"},
        {"properties": {"a": {"$id": "http://json-schema.org/draft-07/schema", "$ref": "#"}}},
        # Back to this schema from one that jsonschema ships, with the validator of that one.
        {"$dynamicAnchor": "meta", "$ref": "https://json-schema.org/draft/2020-12/schema", **HANGS},
        {
            "$schema": "https://json-schema.org/draft/2019-09/schema",
            "$recursiveAnchor": True,
            "$ref": "https://json-schema.org/draft/2019-09/schema",
            **HANGS,
        },
    ],
)
def test_the_schemas_that_jsonschema_ships_are_outside_too(schema: Mapping[str, object]) -> None:
    text = json.dumps({"a": {}, "properties": {"x": "a" * 60 + "!"}})

    assert undecided(schema, text) == OUTSIDE


def doubled(*keywords: str) -> dict[str, object]:
    """A schema of a few lines that asks for 2^40 steps."""

    def step(next_one: str) -> dict[str, object]:
        if len(keywords) > 1:
            return dict.fromkeys(keywords, next_one)
        return {keywords[0]: [{"$ref": next_one}] * 2}

    return {
        "$defs": {str(i): step(f"#/$defs/{i + 1}") for i in range(40)}
        | {"40": keywords != ("anyOf",)},
        "$ref": "#/$defs/0",
    }


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (doubled("allOf"), "{}"),
        (doubled("anyOf"), "{}"),
        (doubled("$ref", "$dynamicRef"), "{}"),
        ({"unevaluatedProperties": False, **doubled("$ref", "$dynamicRef")}, '{"a": 1}'),
        ({"unevaluatedItems": False, **doubled("allOf")}, "[1]"),
        ({"contains": {"pattern": "^(a|aa)+$"}}, json.dumps(["a" * 23 + "!"] * 20_000)),
    ],
)
def test_a_schema_has_an_end_to_its_time(
    schema: Mapping[str, object], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schemas, "SCHEMA_S", 0.2)
    began = time.monotonic()

    assert undecided(schema, text) == "the JSON schema took more than 0.2 s over one answer"
    assert time.monotonic() - began < 30  # it would be hours


def test_a_schema_has_a_second() -> None:
    assert undecided(doubled("allOf"), "{}") == (
        "the JSON schema took more than 1 s over one answer"
    )


def test_many_different_items_are_compared_without_all_pairs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(schemas, "SCHEMA_S", 20.0)  # all pairs of 40,000 would take minutes
    items = [part for i in range(20_000) for part in (i, {"i": i})]  # can't be sorted
    check = Check(name="c", json_schema={"uniqueItems": True})

    assert passes(check, json.dumps(items))
    assert not passes(check, json.dumps([*items, {"i": 5}]))


@pytest.mark.parametrize(
    ("items", "unique"),
    [
        ("[1, true, 0, false]", True),
        ("[1, 1.0]", False),
        ('[[1], {"a": [1]}, [true]]', True),
        ('[{"a": 1, "b": 2}, {"b": 2, "a": 1}]', False),
    ],
)
def test_items_are_the_same_as_json_has_it(items: str, unique: bool) -> None:
    assert passes(Check(name="c", json_schema={"uniqueItems": True}), items) is unique


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"multipleOf": 0.5}, "1e999"),
        ({"properties": {"a": {"multipleOf": 0.1}}}, '{"a": -1e999}'),
    ],
)
def test_a_number_that_is_too_large_is_told(schema: Mapping[str, object], text: str) -> None:
    assert undecided(schema, text) == "a number is too large for the JSON schema to be applied"


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:(?:(?:x{1000}){1000}){1000}){1000}",
        "(?:x{50000}){000000000050000}",
        "(?x)(?:x{1 0 0 0 0}){10#\n000}",
    ],
)
def test_a_pattern_that_would_be_written_out_for_ever_is_refused(pattern: str) -> None:
    why = "the pattern repeats a part more than 10,000 times"

    assert undecided({"pattern": pattern}, '"x"') == why


def test_usual_repeats_are_taken() -> None:
    pattern = (
        r"^(\d{4})-(\d{2})-(\d{2})( (\d{2}):(\d{2}))?$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}$|^.{0,9999}$"
    )

    assert passes(Check(name="c", json_schema={"pattern": pattern}), '"2026-11-24 10:00"')


def test_a_format_is_no_rule_and_its_pattern_is_never_tried() -> None:
    schema = {"format": "regex", "pattern": r"^\p{Lu}"}  # `re` doesn't take \p

    assert passes(Check(name="c", json_schema=schema), '"A("')


def test_a_schema_is_made_ready_once_for_all_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    def make(schema: Mapping[str, object]) -> Schema:
        made.append(schema)
        return Schema(schema)

    monkeypatch.setattr(checks, "Schema", make)

    assert passed(Check(name="c", json_schema=SCHEMA), [group(["{}", "[]", "1"])]) == [0]
    assert len(made) == 1


def test_a_reference_within_the_schema_is_followed() -> None:
    schema = {"$defs": {"fruit": {"enum": ["plum"]}}, "$ref": "#/$defs/fruit"}

    assert passes(Check(name="c", json_schema=schema), '"plum"')


def test_json_that_is_nested_without_end_is_told() -> None:
    with pytest.raises(Undecided, match="an answer is nested too deeply"):
        passes(Check(name="c", json=True), "[" * 100_000)


def test_a_schema_never_opens_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    def refuse(_: object, address: object) -> None:
        opened.append(address)
        raise OSError("refused")

    monkeypatch.setattr("socket.socket.connect", refuse)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jsonschema's own way warns before it goes out
        with pytest.raises(Undecided):
            passes(Check(name="c", json_schema={"$ref": "http://127.0.0.1:9/s.json"}), "{}")

    assert opened == []


def test_all_answers_together_have_a_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "ALL_S", 0.0)

    found = passed(Check(name="c", contains="a"), [group(["a", "b"]), group(["c"])])

    assert found == "the check took more than 0 s over all answers"
