"""The chart of first tokens: draws beside what was reported and is expected."""

from lib.charts.first_token import first_tokens, marks
from lib.charts.theme import COLOURS
from tests.analysis.maker import group
from tests.charts.facts import drawn
from tests.charts.making import tables, with_tokens


def test_first_tokens_are_drawn_beside_what_was_reported_and_is_expected() -> None:
    a = with_tokens("A", {" apple": 10}, temperature=0)
    b = with_tokens("B", {" apple": 5, "\n": 5}, temperature=1)

    charts = first_tokens(tables(a, b))

    both = [drawn(chart.figure) for chart in charts.values()]
    for figure in both:  # the same rows, by what weighs most, and the same scale
        assert figure["layout"]["yaxis"]["ticktext"] == ["␣apple", "↵", "␣plum"]
        assert figure["layout"]["xaxis"]["range"] == [0, 102]
    assert [[(t["name"], t["x"]) for t in figure["data"]] for figure in both] == [
        [("drawn", [100, 0, 0]), ("reported", [50, 20, 30]), ("expected", [100, 0, 0])],
        [("drawn", [50, 50, 0]), ("reported", [50, 20, 30]), ("expected", [50, 20, 30])],
    ]
    assert both[1]["layout"]["annotations"][0]["text"] == "B<br>n = 10"
    assert {row["token"] for row in charts["A"].table} == {" apple", " plum", "\n"}
    assert charts["A"].alt.startswith(
        "First tokens of “A”: ␣apple drawn 10 of 10 (100%, 72% to 100%), reported 50%, "
        "expected 100%;"
    )
    assert marks(tables(a, b)) == (
        "Bars: how many answers began with this token, with the 95% interval. ◇ reported by the "
        "endpoint, before sampling settings. ✕ expected under these settings."
    )


def test_first_words_are_never_called_tokens() -> None:
    some = tables(group(["apple pie"] * 3 + ["pear"]))
    chart = first_tokens(some)["A"]

    figure = drawn(chart.figure)
    assert [t["name"] for t in figure["data"]] == ["first words (not tokens)"]
    assert marks(some) == "Bars: how many answers began with this word, with the 95% interval."
    assert chart.alt == (
        "First words, not tokens of “A”: apple drawn 3 of 4 (75%, 30% to 95%); "
        "pear drawn 1 of 4 (25%, 5% to 70%)."
    )


def test_draws_that_do_not_fit_are_told_in_words() -> None:
    a = with_tokens("A", {" apple": 30, " plum": 30}, temperature=0.2)
    b = with_tokens("B", {" apple": 9, " plum": 1}, temperature=0)

    alt = " ".join(chart.alt for chart in first_tokens(tables(a, b)).values())

    assert "The draws don't follow the expected distribution (p = 0.0001)." in alt
    assert "Something was drawn that these settings make impossible." in alt


def test_a_configuration_without_answers_has_no_panel_and_keeps_the_others_colours() -> None:
    charts = first_tokens(tables(group([], name="A"), group(["x"], name="B")))

    assert list(charts) == ["B"]
    (bars,) = drawn(charts["B"].figure)["data"]
    assert bars["marker"]["color"] == COLOURS[1]
    assert (bars["customdata"], charts["B"].marks) == ([[2, "mark", 0]], (("first_word", "x"),))
    assert first_tokens({}) == {}
