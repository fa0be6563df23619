"""First tokens: drawn beside reported, never renormalised, and what is not known said."""

from collections.abc import Sequence
from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from lib.analysis.first_token import FirstTokens, first_token, shared
from lib.analysis.groups import Describes, Group
from lib.analysis.proportions import wilson
from lib.domain.settings import Settings
from lib.domain.vocabulary import FirstToken, TokenProbability
from tests.analysis.maker import group, token

WHOLE = {" apple": 0.5, " plum": 0.3, " pear": 0.2}
PART = {" apple": 0.5, " plum": 0.3}


def reports(drawn: Sequence[str], shares: dict[str, float]) -> list[FirstToken]:
    top = tuple(token(t, log(share)) for t, share in shares.items())
    own = {t.token: t for t in top}
    return [FirstToken(own.get(d, token(d, -9999.0)), top) for d in drawn]


def calls(
    drawn: Sequence[str],
    shares: dict[str, float],
    *,
    settings: Settings | None = None,
    describes: Describes = "before_sampling",
    name: str = "A",
) -> Group:
    some = group(
        [f"{d} and more" for d in drawn],
        firsts=reports(drawn, shares),
        settings=Settings(temperature=1) if settings is None else settings,
        name=name,
    )
    return replace(some, describes=describes)


def found(some: Group, **more: int) -> FirstTokens:
    table = first_token(some, **more)  # type: ignore[arg-type]
    assert table is not None
    return table


def test_draws_stand_beside_what_was_reported() -> None:
    table = found(calls([" apple"] * 6 + [" plum"] * 4, WHOLE))

    assert [(r.token, r.drawn.count) for r in table.rows] == [
        (" apple", 6),
        (" plum", 4),
        (" pear", 0),
    ]
    assert [r.reported for r in table.rows] == pytest.approx([0.5, 0.3, 0.2])
    assert (table.rows[0].drawn.low, table.rows[0].drawn.high) == pytest.approx(wilson(6, 10))
    assert (table.everything_else, table.notes) == (None, ())


def test_what_was_not_reported_is_everything_else_and_never_spread_over_the_others() -> None:
    table = found(calls([" apple"] * 6 + [" kiwi"] * 4, PART))

    rest = table.everything_else
    assert rest is not None
    assert [r.reported for r in table.rows] == [pytest.approx(0.5), pytest.approx(0.3)]
    assert (rest.token, rest.drawn.count) == ("everything else", 4)
    assert rest.reported == pytest.approx(0.2)
    assert table.pooled == {" kiwi": 4}


def test_tokens_of_one_text_are_told_apart_by_their_key() -> None:
    twins = (token("\ufffd", log(0.6), "e2"), token("\ufffd", log(0.4), "f0"))
    firsts = [FirstToken(twins[0], twins)] * 3 + [FirstToken(twins[1], twins)]

    table = found(group(["a"] * 4, firsts=firsts))

    assert [(r.key, r.drawn.count) for r in table.rows] == [("e2", 3), ("f0", 1)]


def test_answers_without_a_first_token_are_counted_apart_and_said() -> None:
    some = group(["a"] * 5, firsts=[*reports(["a"] * 3, {"a": 1.0}), None, None])

    table = found(some)

    assert (table.n, table.without) == (3, 2)
    assert table.notes[0] == "2 of 5 answers have no first token."


def test_where_nothing_was_reported_first_words_are_counted_and_called_so() -> None:
    table = found(group(["Apple pie", " apple", "apple", "", "!"]))

    assert table.kind == "first_word"
    assert [(r.token, r.drawn.count, r.reported) for r in table.rows] == [
        ("apple", 2, None),
        ("!", 1, None),
        ("(empty)", 1, None),
        ("Apple", 1, None),
    ]
    assert table.notes == ("First words, not tokens: no log probabilities were reported.",)


def test_no_answer_has_no_first_token() -> None:
    assert first_token(group([])) is None


def test_jittering_reports_are_averaged_as_probabilities() -> None:
    tops = [(token("a", log(0.5)),), (token("a", log(0.7)),)]
    some = group(["a", "a"], firsts=[FirstToken(top[0], top) for top in tops])

    assert found(some).rows[0].reported == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("some", "why"),
    [
        (
            calls([" apple"], WHOLE, describes="unknown"),
            "it isn't known whether the probabilities are before or after sampling",
        ),
        (
            calls([" apple"], WHOLE, settings=Settings(temperature=1, presence_penalty=1)),
            "presence_penalty changes the distribution in a way that isn't modelled",
        ),
        (
            calls([" apple"], PART, settings=Settings(temperature=0.7)),
            "only 80.0% of the probability was reported, and these settings need all of it: raise "
            "logprobs, up to the number of tokens in the model's whole vocabulary",
        ),
        (
            replace(calls([" apple"], WHOLE), endpoint="mine"),
            "the order of this endpoint's sampling steps isn't known",
        ),
    ],
)
def test_an_expected_distribution_that_is_not_known_is_not_shown(some: Group, why: str) -> None:
    table = found(some)

    assert [r.expected for r in table.rows] == [None] * len(table.rows)
    assert (table.why_not_expected, table.fit) == (why, None)
    assert table.notes == (f"Expected values are not shown: {why}.",)


def test_the_expected_distribution_is_that_of_the_settings() -> None:
    table = found(calls([" apple"] * 8 + [" plum"] * 2, WHOLE, settings=Settings(temperature=0.5)))

    total = 0.5**2 + 0.3**2 + 0.2**2
    assert [r.expected for r in table.rows] == pytest.approx(
        [0.25 / total, 0.09 / total, 0.04 / total]
    )
    assert table.fit is not None
    assert table.fit.p > 0.05


def test_draws_under_other_settings_than_were_sent_do_not_fit() -> None:
    drawn = [" apple"] * 50 + [" plum"] * 30 + [" pear"] * 20  # as at temperature 1

    table = found(calls(drawn, WHOLE, settings=Settings(temperature=0.3)))

    assert table.fit is not None
    assert table.fit.p < 0.001


def test_a_draw_that_top_k_forbids_is_impossible() -> None:
    table = found(
        calls([" apple"] * 9 + [" pear"], WHOLE, settings=Settings(temperature=1, top_k=2))
    )

    assert table.fit is not None
    assert table.fit.impossible == (" pear",)


def test_a_draw_at_the_very_edge_of_the_nucleus_is_no_contradiction() -> None:
    # 0.5 + 0.3 reaches 0.7999, and by rounding elsewhere it may not: then " pear" is in.
    settings = Settings(temperature=1, top_p=0.7999)

    edge = found(calls([" apple"] * 9 + [" pear"], WHOLE, settings=settings)).fit
    far = found(calls([" apple"] * 9 + [" pear"], WHOLE, settings=replace(settings, top_p=0.6))).fit

    assert edge is not None
    assert edge.impossible == ()
    assert far is not None
    assert far.impossible == (" pear",)


def test_near_a_tie_nothing_is_expected_at_temperature_zero() -> None:
    tie = {"a": 0.4001, "b": 0.4, "c": 0.1999}

    table = found(calls(["a", "b"], tie, settings=Settings(temperature=0)))

    assert (table.rows[0].expected, table.fit) == (None, None)
    assert table.why_not_expected == (
        "the two likeliest tokens are nearly tied, so rounding decides at temperature 0"
    )


def test_probabilities_after_sampling_are_what_draws_should_follow() -> None:
    table = found(replace(calls([" apple"] * 9, PART, describes="after_sampling"), endpoint="mine"))

    assert [r.expected for r in table.rows] == [r.reported for r in table.rows]
    assert table.fit is not None
    assert table.everything_else is not None
    assert table.everything_else.expected == pytest.approx(0.2)


def test_draws_that_bring_no_report_do_not_make_a_faultless_sampler_look_wrong() -> None:
    # A part of a character has 30 %, and its draws come without log probabilities.
    shares = {" apple": 0.4, " plum": 0.3, "\ufffd": 0.3}
    drawn = [" apple"] * 57 + [" plum"] * 43
    some = replace(
        group(
            ["x"] * 143,
            firsts=[*reports(drawn, shares), *[None] * 43],
            settings=Settings(temperature=1),
        ),
        describes="before_sampling",
    )

    table = found(some)

    assert table.fit is not None
    assert table.fit.p > 0.5
    assert table.fit.n == 100


def test_with_only_the_top_reported_missing_draws_leave_no_test() -> None:
    some = replace(
        group(
            ["x"] * 10,
            firsts=[*reports([" apple"] * 8, PART), None, None],
            settings=Settings(temperature=1),
        ),
        describes="before_sampling",
    )

    assert found(some).fit is None
    assert found(some).rows[0].expected == pytest.approx(0.5)


def test_a_token_that_is_reported_because_it_was_drawn_is_shown_but_not_tested() -> None:
    top = tuple(token(t, log(share)) for t, share in PART.items())
    own = token(" kiwi", log(0.1))
    firsts = [FirstToken(top[0], top)] * 30 + [FirstToken(own, top)] * 10

    table = found(
        replace(
            group(["x"] * 40, firsts=firsts, settings=Settings(temperature=1)),
            describes="before_sampling",
        )
    )

    kiwi = next(r for r in table.rows if r.token == " kiwi")
    assert (kiwi.reported, kiwi.expected) == pytest.approx((0.1, 0.1))
    assert table.fit is not None
    assert [cell[0] for cell in table.fit.cells] == [" apple", " plum", "everything else"]


def test_a_temperature_that_nobody_set_is_the_models_own_on_the_embedded_engine() -> None:
    unset = found(calls([" apple"] * 6 + [" plum"] * 4, WHOLE, settings=Settings()))
    one = found(calls([" apple"] * 6 + [" plum"] * 4, WHOLE, settings=Settings(temperature=1)))

    assert [r.expected for r in unset.rows] == [r.expected for r in one.rows]
    assert unset.rows[0].expected == pytest.approx(0.5)


def test_one_seed_has_neither_interval_nor_test() -> None:
    table = found(calls([" apple"] * 9, WHOLE, settings=Settings(temperature=1, seed=3)))

    assert (table.rows[0].drawn.low, table.fit) == (None, None)


def test_configurations_share_their_rows_and_their_order() -> None:
    a = found(calls([" apple"] * 5 + [" plum"] * 5, WHOLE, name="A"))
    b = found(calls([" pear"] * 10, WHOLE, name="B"))

    tables = shared({"A": a, "B": b}, most=2)

    assert [[r.token for r in t.rows] for t in tables.values()] == [[" pear", " apple"]] * 2
    assert [t.rows[0].drawn.count for t in tables.values()] == [0, 10]
    rest = tables["A"].everything_else
    assert rest is not None
    assert (rest.drawn.count, rest.reported) == pytest.approx((5, 0.3))


def test_a_token_that_only_another_configuration_drew_is_shown_by_its_text() -> None:
    rare = TokenProbability(" kiwi", "1048", log(0.01))
    top = tuple(token(t, log(share)) for t, share in PART.items())
    a = found(group(["x"] * 9, firsts=[FirstToken(top[0], top)] * 9, name="A"))
    b = found(group(["y"] * 9, firsts=[FirstToken(rare, top)] * 9, name="B"))

    tables = shared({"A": a, "B": b}, most=2)

    assert [[r.token for r in t.rows] for t in tables.values()] == [[" apple", " kiwi"]] * 2


def test_tokens_of_two_models_are_matched_by_text_as_their_keys_mean_nothing_to_each_other() -> (
    None
):
    a_top = (token(" apple", log(0.6), "1"), token(" plum", log(0.4), "2"))
    b_top = (token(" plum", log(0.7), "1"), token(" pear", log(0.3), "9"))
    a = group(["x"] * 4, firsts=[FirstToken(a_top[0], a_top)] * 4, name="A")
    b = group(["x"] * 4, firsts=[FirstToken(b_top[0], b_top)] * 4, name="B")

    tables = shared({"A": found(a), "B": found(replace(b, model="other"))})

    assert {name: {r.token: r.drawn.count for r in t.rows} for name, t in tables.items()} == {
        "A": {" apple": 4, " plum": 0, " pear": 0},
        "B": {" apple": 0, " plum": 4, " pear": 0},
    }
    plum = [next(r.reported for r in t.rows if r.token == " plum") for t in tables.values()]
    assert plum == pytest.approx([0.4, 0.7])


def test_a_whole_vocabulary_costs_little() -> None:
    weights = 1 / np.arange(1, 20_001) ** 1.5
    top = tuple(token(f"t{i}", log(w)) for i, w in enumerate((weights / weights.sum()).tolist()))
    firsts = [FirstToken(top[i % 9], top) for i in range(60)]
    some = replace(
        group(["x"] * 60, firsts=firsts, settings=Settings(temperature=0.7)),
        describes="before_sampling",
    )

    table = found(some, permutations=99)

    assert table.fit is not None
    assert len(table.position.likelihood) == 2000  # only what may be shown is kept
    assert table.rows[0].reported == pytest.approx(exp(top[0].logprob))
