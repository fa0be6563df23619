"""Checks: each rule, and patterns and schemas that are out to do harm."""

import time
import warnings
from collections.abc import Mapping

import pytest
from statsmodels.stats.proportion import proportion_confint

from lib.analysis import checks
from lib.analysis.checks import Undecided, check_share, passed, passes
from lib.analysis.groups import Group
from lib.domain.checks import Check
from lib.domain.settings import Settings
from lib.domain.vocabulary import Estimate
from tests.analysis.maker import group


def share(check: Check, some: Group) -> Estimate:
    found = passed(check, [some])
    return check_share(found if isinstance(found, str) else found[0], some)


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
    assert time.monotonic() - began < 5  # and not once for each answer


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        (
            {"$ref": "http://127.0.0.1:9/schema"},
            "the JSON schema refers to something outside of itself",
        ),
        ({"type": 5}, "the JSON schema isn't one"),
        ({"$ref": "#"}, "the JSON schema, or an answer, is nested too deeply"),
        (
            {"properties": {"a": {"patternProperties": {"(a|a)*$": {}}}}},
            "patternProperties is not supported in a JSON schema",
        ),
    ],
)
def test_a_schema_that_can_not_be_applied_says_why(schema: Mapping[str, object], why: str) -> None:
    with pytest.raises(Undecided) as undecided:
        passes(Check(name="c", json_schema=schema), '{"a": {}}')

    assert undecided.value.why == why


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
