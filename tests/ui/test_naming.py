"""Names that say settings follow them; names that were typed stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.ui.compare import examples
from lib.ui.compare.naming import another, experiment_name, named


def names(now: Sequence[dict[str, Any]], before: Sequence[dict[str, Any]]) -> list[str]:
    return [each["name"] for each in named(now, before)]


@pytest.mark.parametrize(
    ("name", "before", "now", "becomes"),
    [
        ("T = 0.7", {"temperature": 0.7}, {"temperature": 1.2}, "T = 1.2"),
        ("temperature = 0", {"temperature": 0}, {"temperature": 0.5}, "temperature = 0.5"),
        ("T = 1", {"temperature": 1.0}, {}, "T = default"),
        ("T = default", {}, {"temperature": 0.1}, "T = 0.1"),
        ("5 tokens", {"max_tokens": 5}, {"max_tokens": 8}, "8 tokens"),
        ("warm, T = 1", {"temperature": 1}, {"temperature": 2}, "warm, T = 2"),
        ("T = 0.7 (2)", {"temperature": 0.7}, {"temperature": 1.2}, "T = 1.2"),
        (
            "temperature = 1, top_p = 0.5",
            {"temperature": 1, "top_p": 0.5},
            {"temperature": 1, "top_p": 0.9},
            "temperature = 1, top_p = 0.9",
        ),
        ("warm", {"temperature": 1}, {"temperature": 2}, "warm"),
        ("T = 0.7", {"temperature": 1}, {"temperature": 2}, "T = 0.7"),
        ("at T = 0.7", {"temperature": 0.7}, {"temperature": 2}, "at T = 0.7"),
        ("T = 0.75", {"temperature": 0.7}, {"temperature": 2}, "T = 0.75"),
        ("model = a", {"model": "a"}, {"model": r"b\1"}, r"model = b\1"),
    ],
)
def test_what_a_name_says_of_a_setting_follows_it(
    name: str, before: dict[str, Any], now: dict[str, Any], becomes: str
) -> None:
    assert names([{"name": name, **now}], [{"name": name, **before}]) == [becomes]


def test_a_name_that_was_typed_with_the_setting_stays() -> None:
    now = {"name": "T = 0.7", "temperature": 1.2}

    assert names([now], [{"name": "warm", "temperature": 0.7}]) == ["T = 0.7"]


def test_a_name_that_is_missing_says_what_sets_the_configuration_apart() -> None:
    now = [{"name": "T = 0", "temperature": 0}, {"name": "", "temperature": 1.2}]

    assert names(now, [now[0], {}]) == ["T = 0", "T = 1.2"]


def test_where_nothing_sets_it_apart_it_gets_a_number() -> None:
    same = {"temperature": 1, "name": ""}

    assert names([same, same], [{}, {}]) == ["Configuration 1", "Configuration 2"]


def test_a_name_that_would_be_there_twice_is_numbered() -> None:
    now = [{"name": "T = 1", "temperature": 1}, {"name": "T = 0", "temperature": 1}]
    before = [now[0], {"name": "T = 0", "temperature": 0}]

    assert names(now, before) == ["T = 1", "T = 1 (2)"]
    assert another("T = 1 (2)", {"T = 1", "T = 1 (2)"}) == "T = 1 (3)"


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("Temperature: 0, 0.7", "Temperature: 0, 1.2"),
        ("Temperature: 0.2, default, 1.3", "Temperature: 0, 1.2"),
        ("Length limit: 5 tokens", "Temperature: 0, 1.2"),
        ("Sweep of top_p and seed", "Temperature: 0, 1.2"),
        ("Stop sequence: none, comma", "Stop sequence: none, comma"),
        ("Rivers at 0, 0.7", "Rivers at 0, 0.7"),
        ("Rivers", "Rivers"),
    ],
)
def test_an_experiment_that_is_called_by_its_values_follows_them(name: str, becomes: str) -> None:
    before = [{"temperature": 0.0, "max_tokens": 5}, {"temperature": 0.7, "max_tokens": 5}]
    now = [{"temperature": 0.0, "max_tokens": 5}, {"temperature": 1.2, "max_tokens": 5}]

    assert experiment_name(name, before, now) == becomes


def test_an_experiment_in_which_two_settings_vary_is_called_by_both() -> None:
    before = [{"temperature": 0.0}, {"temperature": 0.7}]
    now = [{"temperature": 0.0, "top_p": 1}, {"temperature": 0.7, "top_p": 0.5}]

    assert experiment_name("Temperature: 0, 0.7", before, now) == "Sweep of temperature and top_p"


def test_removed_configurations_go_from_the_experiments_name() -> None:
    before = [{"temperature": 0.0}, {"temperature": 0.7}, {"temperature": 1.3}]

    assert experiment_name("Temperature: 0, 0.7, 1.3", before, before[:2]) == "Temperature: 0, 0.7"
    assert experiment_name("Temperature: 0, 0.7, 1.3", before[:1], before[:1]) == "Temperature: 0"


@pytest.mark.parametrize("stem", examples.ORDER)
def test_an_example_keeps_its_names_while_it_is_as_it_was(stem: str) -> None:
    document = examples.load(stem)
    columns = document["configurations"]

    assert experiment_name(document["name"], columns, columns) == document["name"]
    assert named(columns, columns) == columns


def test_a_made_name_says_what_varies_now() -> None:
    before: list[dict[str, Any]] = [
        {"name": "T = 0.7", "temperature": 0.7},
        {"name": "T = default"},
    ]
    now = [before[0], {"name": "T = default", "top_p": 0.8}]

    assert names(now, before) == ["T = 0.7", "top_p = 0.8"]


configurations = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["", "a", "T = 0", "T = 1", "T = 1 (2)", "2 tokens"])},
        optional={
            "temperature": st.sampled_from([0, 0.5, 1]),
            "max_tokens": st.integers(1, 3),
            "stop": st.lists(st.text(max_size=3), max_size=2),
        },
    ),
    min_size=1,
    max_size=5,
)


@given(configurations)
def test_every_configuration_has_a_name_and_made_ones_differ_from_all(
    now: list[dict[str, Any]],
) -> None:
    given_names = [each["name"] for each in now if each["name"]]
    made = names(now, [{}] * len(now))

    assert all(made)
    fresh = [name for name, each in zip(made, now, strict=True) if not each["name"]]
    assert len(set(fresh)) == len(fresh)
    assert not set(fresh) & set(given_names)
    assert names(named(now, [{}] * len(now)), [{}] * len(now)) == made
