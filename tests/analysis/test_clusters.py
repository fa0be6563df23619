"""Lexical clusters: against a plain implementation, blind to the configuration, never hidden."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from lib.analysis import clusters as module
from lib.analysis.clusters import clustered
from lib.analysis.summary import analyse, as_json
from lib.analysis.tokens import tokens
from lib.domain.declared import Declared
from tests.analysis.maker import group


def alike(a: str, b: str) -> float:
    x, y = tokens(a), tokens(b)
    return 1 - Levenshtein.distance(x, y) / max(len(x), len(y), 1)


def by_hand(texts: list[str], similar: float) -> set[frozenset[str]]:
    """Average linkage as its definition has it: merge the closest two while they are close."""
    parts = [frozenset({text}) for text in texts]

    def mean(a: frozenset[str], b: frozenset[str]) -> float:
        return sum(alike(x, y) for x in a for y in b) / (len(a) * len(b))

    while len(parts) > 1:
        a, b = max(combinations(parts, 2), key=lambda pair: mean(*pair))
        if mean(a, b) < similar - 1e-9:
            break
        parts = [part for part in parts if part not in (a, b)] + [a | b]
    return set(parts)


def ties(texts: list[str]) -> bool:
    found = [round(alike(a, b), 9) for a, b in combinations(texts, 2)]
    return len(set(found)) < len(found)


sentences = st.lists(
    st.lists(st.sampled_from("uvwxyz"), min_size=1, max_size=7).map(" ".join),
    min_size=2,
    max_size=5,
    unique=True,
)


@given_settings(max_examples=60)
@given(sentences, st.sampled_from([0.3, 0.5, 0.7, 0.9, 1.0]))
def test_clusters_are_those_of_the_definition(texts: list[str], similar: float) -> None:
    if ties(texts):  # then more than one answer is right
        return
    (names,) = clustered([texts], similar=similar).outputs

    found = {frozenset(t for t, n in zip(texts, names, strict=True) if n == name) for name in names}
    assert found == by_hand(texts, similar)


def test_answers_that_are_nearly_alike_count_as_one_named_by_the_most_frequent() -> None:
    found = clustered(
        [["I like red apples a lot"] * 2 + ["I like red apples lots"], ["no"]], similar=0.6
    )

    assert found.outputs == (("I like red apples a lot",) * 3, ("no",))
    assert found.sizes == {"I like red apples a lot": 3, "no": 1}


def test_a_negation_is_lexically_near_which_is_why_clusters_are_never_called_semantic() -> None:
    found = clustered([["it is quite safe to eat", "it is not quite safe to eat"]], similar=0.8)

    assert len(found.sizes) == 1
    assert found.method.startswith("lexical clusters: ")
    assert "semantic" not in found.method


def test_at_one_only_equal_words_are_one() -> None:
    found = clustered([["a b", "a  b", "a c"]], similar=1.0)

    assert len(found.sizes) == 2


@given(sentences)
def test_fewer_clusters_at_a_lower_threshold(texts: list[str]) -> None:
    found = clustered([texts], similar=0.5)

    counts = [found.sensitivity[at] for at in sorted(found.sensitivity)]
    assert counts == sorted(counts)


def test_the_order_of_configurations_does_not_matter() -> None:
    a, b = ["x y z", "x y"], ["x y z w", "q"]

    there, back = clustered([a, b], similar=0.6), clustered([b, a], similar=0.6)

    assert there.outputs == back.outputs[::-1]


def test_beyond_the_cap_outputs_are_clusters_of_their_own_and_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_CLUSTERED", 2)

    found = clustered([["a b c", "a b c", "a b d", "a b e"]], similar=0.5)

    assert (found.left_out, len(found.sizes)) == (1, 2)
    assert found.method.endswith("; 1 more outputs are not clustered")


def test_no_output_at_all_has_no_clusters() -> None:
    assert clustered([[], []], similar=0.8).sizes == {}


def test_the_analysis_is_over_clusters_and_says_so() -> None:
    texts = [f"my favourite fruit is the apple {end}" for end in ("", "indeed", "today")] * 4

    analysis = analyse([group(texts)], declared=Declared(similar=0.8))

    assert analysis.configurations[0].metrics["distinct"].value == 1
    assert (
        "Answers that are 0.8 alike in their words count as one (1 lexical clusters). That says "
        "nothing of their meaning."
    ) in analysis.warnings
    shown = as_json(analysis)["clusters"]
    assert isinstance(shown, dict)
    assert (shown["similar"], shown["count"]) == (0.8, 1)
    assert {"similar": 1.0, "count": 3} in shown["sensitivity"]
