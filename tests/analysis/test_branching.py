"""The branching tree: every answer is on it once, and parts where it really does."""

from __future__ import annotations

from collections import Counter
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.analysis.branching import (
    Tree,
    Unit,
    branch,
    branching,
    capped,
    going_on,
    of_tokens,
    of_words,
)
from lib.domain.positions import Position

FRUIT = {
    "1.1": "I like red apples.",
    "1.2": "I like red apples.",
    "1.3": "I like red pears",
    "1.4": "I like red",
    "1.5": "You like plums",
}


def tree_of(texts: dict[str, str]) -> Tree:
    return branching({name: of_words(text) for name, text in texts.items()})


def test_answers_share_a_node_until_one_parts_or_ends() -> None:
    tree = tree_of(FRUIT)

    assert [(n.level, n.text, n.count, n.ended) for n in tree.nodes] == [
        (0, "", 5, ()),
        (1, "I like red", 4, ("1.4",)),
        (2, " apples.", 2, ("1.1", "1.2")),
        (2, " pears", 1, ("1.3",)),
        (1, "You like plums", 1, ("1.5",)),
    ]
    assert tree.root.children == (1, 4)
    assert [n.start for n in tree.nodes] == [0, 0, 3, 3, 0]


def test_entropy_counts_an_end_as_a_way() -> None:
    tree = tree_of(FRUIT)

    assert tree.entropy(tree.nodes[1]) == pytest.approx(1.5 * log(2))  # 2, 1 and 1 of 4
    assert tree.entropy(tree.nodes[2]) == 0


def test_the_models_own_probability_stands_at_the_first_token_of_a_way() -> None:
    def token(text: str, q: float | None) -> Position:
        logprob = None if q is None else log(q)
        return Position(text=text, key=text, raw=text.encode(), logprob=logprob)

    answers = {
        "1.1": of_tokens([token("A", 0.5), token("b", 0.2), token("", 0.9)]),
        "1.2": of_tokens([token("A", 0.7), token("c", None)]),
    }

    tree = branching(answers)

    assert tree.root.text == "A"
    assert tree.root.reported == pytest.approx(0.6)
    assert [(n.text, n.reported) for n in tree.nodes[1:]] == [
        ("b", pytest.approx(exp(log(0.2)))),
        ("c", None),
    ]


def test_a_tree_that_is_capped_counts_what_it_leaves_out() -> None:
    shown = capped(tree_of(FRUIT), 3)

    assert [(each.node.text, each.hidden_ways, each.hidden_answers) for each in shown] == [
        ("", 1, 1),
        ("I like red", 1, 1),
        (" apples.", 0, 0),
    ]


def test_a_search_leaves_only_the_ways_of_what_it_found() -> None:
    shown = capped(tree_of(FRUIT), 300, only={"1.3"})

    assert [each.node.text for each in shown] == ["", "I like red", " pears"]
    assert shown[1].hidden_answers == 2


def test_a_branch_from_near_is_the_tree_of_what_follows_it() -> None:
    tree = tree_of(FRUIT)
    keys = [unit.key for unit in branch(tree, tree.nodes[1])]
    near = branching(going_on({n: of_words(t) for n, t in FRUIT.items()}, keys))

    assert keys == ["I", "like", "red"]
    assert [(n.level, n.text, n.count, n.ended) for n in near.nodes] == [
        (0, "", 4, ("1.4",)),
        (1, " apples.", 2, ("1.1", "1.2")),
        (1, " pears", 1, ("1.3",)),
    ]


def test_a_way_that_does_not_part_is_reached_by_its_first_step() -> None:
    tree = tree_of(FRUIT)

    assert [unit.key for unit in branch(tree, tree.nodes[-1])] == ["You"]
    assert branch(tree, tree.root) == ()


def test_one_answer_is_one_node() -> None:
    assert [n.text for n in tree_of({"1.1": "Hi there"}).nodes] == ["Hi there"]


@pytest.mark.parametrize("text", ["", "  ", "a  b\n\tc!", "日本語、です", "é<b>x</b>", "👩‍🚀!"])
def test_words_keep_the_text_between_them(text: str) -> None:
    assert text.startswith("".join(unit.text for unit in of_words(text)))
    assert text.strip() in "".join(unit.text for unit in of_words(text)) or not text.strip()


paths = st.dictionaries(
    st.integers(1, 99).map(lambda n: f"1.{n}"),
    st.lists(st.sampled_from("abc"), max_size=8),
    min_size=1,
    max_size=30,
)


@given(paths)
def test_every_answer_can_be_read_off_the_tree(answers: dict[str, list[str]]) -> None:
    tree = branching({n: [Unit(key, key) for key in path] for n, path in answers.items()})

    for node in tree.nodes:
        for name in node.ended:
            assert [unit.key for unit in tree.path(node)] == answers[name]
        below = sum(tree.nodes[child].count for child in node.children)
        assert below + len(node.ended) == node.count
        assert len(node.children) + bool(node.ended) != 1 or node.count == len(node.ended)
    assert Counter(n for node in tree.nodes for n in node.ended) == Counter(list(answers))
    assert len(tree.nodes) <= 2 * len(answers)


@given(paths)
def test_every_branch_has_the_answers_of_its_node(answers: dict[str, list[str]]) -> None:
    units = {n: [Unit(key, key) for key in path] for n, path in answers.items()}
    tree = branching(units)

    for node in tree.nodes:
        keys = [unit.key for unit in branch(tree, node)]
        assert set(node.samples) <= set(going_on(units, keys))
        if node.children:
            assert set(node.samples) == set(going_on(units, keys))


@given(paths, st.integers(1, 20))
def test_a_cap_leaves_nobody_uncounted(answers: dict[str, list[str]], most: int) -> None:
    tree = branching({n: [Unit(key, key) for key in path] for n, path in answers.items()})
    shown = capped(tree, most)

    ended = sum(len(each.node.ended) for each in shown)
    assert len(shown) <= most
    assert ended + sum(each.hidden_answers for each in shown) == len(answers)
