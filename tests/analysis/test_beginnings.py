"""Beginnings that answers share: found by text, counted over configurations."""

from __future__ import annotations

from hypothesis import given

from lib.analysis.beginnings import beginnings
from lib.analysis.branching import Tree, Unit, branching
from tests.analysis.test_branching import paths


def tree_of(*answers: list[str]) -> Tree:
    return branching({str(n): [Unit(key, key) for key in path] for n, path in enumerate(answers)})


def test_they_are_counted_over_configurations_and_matched_by_text() -> None:
    found = beginnings(
        {"a": tree_of(["I", " like"], ["I", " eat"]), "b": tree_of(["I", " like"], ["I", " like"])},
        most=9,
    )

    assert [(each.text, each.count) for each in found.values()] == [
        ("", 4),
        ("I", 4),
        ("I like", 2),
    ]
    assert found["I"].keys == {"a": ("I",), "b": ("I",)}
    assert found["I like"].keys == {"b": ("I", " like")}  # of a only one answer begins so


def test_one_text_of_two_series_of_steps_is_the_commoner_one() -> None:
    """Only answers with the same steps are draws of one distribution."""
    tree = tree_of(["ab", "x"], ["ab", "y"], ["a", "b"], ["a", "b"], ["a", "b"])

    assert beginnings({"a": tree}, most=9)["ab"].keys == {"a": ("a", "b")}


def test_the_commonest_come_first_and_no_more_than_asked_for() -> None:
    assert list(beginnings({"a": tree_of(["x", "y"], ["x", "y"], ["x"])}, most=2)) == ["", "x"]


@given(paths)
def test_each_is_the_beginning_of_as_many_answers_as_it_says(answers: dict[str, list[str]]) -> None:
    tree = branching({n: [Unit(key, key) for key in path] for n, path in answers.items()})

    for each in beginnings({"a": tree}, most=1000).values():
        keys = list(each.keys["a"])
        assert each.count == sum(path[: len(keys)] == keys for path in answers.values()) > 1
