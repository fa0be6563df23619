"""Charts along the answers."""

from __future__ import annotations

from lib.analysis.along import Place, Reported, Together
from lib.charts.along import draws_entropy, models_entropy, still_together
from lib.charts.theme import COLOURS, INK
from tests.charts.facts import drawn


def test_still_together_has_a_line_with_its_interval_and_keeps_colours() -> None:
    steps = [
        Together(steps=1, value=0.75, low=0.5, high=0.9, n=20),
        Together(steps=2, value=0.25, low=0.1, high=0.5, n=20),
    ]
    chart = still_together({"A": [], "B": steps}, unit="token")

    band, line = drawn(chart.figure)["data"]
    assert band["x"] == [1, 2, 2, 1]
    assert band["y"] == [0.9, 0.5, 0.1, 0.5]
    assert line["y"] == [0.75, 0.25]
    assert line["line"]["color"] == COLOURS[1]
    assert chart.alt == (
        "Still together. “B”: half of all pairs have parted after 2 tokens, from 20 answers."
    )
    assert chart.table[0] == {
        "configuration": "B",
        "tokens": 1,
        "together": 0.75,
        "low": 0.5,
        "high": 0.9,
        "answers": 20,
    }


def test_places_with_few_answers_are_grey_and_open() -> None:
    places = [Place(at=0, n=20, entropy=1.5), Place(at=1, n=4, entropy=0.5)]
    chart = draws_entropy({"A": places}, unit="word")

    (line,) = drawn(chart.figure)["data"]
    assert line["marker"]["symbol"] == ["circle", "circle-open"]
    assert line["marker"]["color"] == [COLOURS[0], INK]
    assert chart.alt.endswith("“A”: highest at word 1, 1.50 nats, n = 20.")


def test_the_models_own_entropy_is_a_band() -> None:
    chart = models_entropy({"A": [Reported(at=0, low=1.0, high=3.0, n=5)]})

    band, line = drawn(chart.figure)["data"]
    assert band["y"] == [3, 1]
    assert line["y"] == [2]
    assert chart.alt.endswith("“A”: at its first token between 1 and 3 nats, over 5 answers.")
