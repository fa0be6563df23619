"""The panel that says how many calls it takes."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from lib.analysis.planning import resolutions
from lib.ui.compare import how_many


def test_the_difference_and_half_its_width_are_planned_for() -> None:
    told = how_many.answers("share", at=0.7, apart=0.2, alpha=0.05)

    assert told == [
        "102 calls of each find a share of 0.7 against 0.5 in 80% of runs (level 0.05, one pair).",
        "81 calls give a share of 0.7 to ±0.1 (95% interval).",
    ]


def test_a_difference_larger_than_the_value_is_upwards() -> None:
    (found, _) = how_many.answers("agreement", at=0.1, apart=0.4, alpha=0.05)

    assert "agreement of 0.1 against 0.5" in found


def test_a_row_says_what_so_many_calls_can_tell() -> None:
    (row,) = how_many.rows(resolutions((20,)), "agreement")

    assert row == {
        "Calls of each": 20,
        "Agreement is known to ±": "0.28",
        "Agreements told apart from": "0.45",
        "All the same: agreement at least": "0.74",
    }


def panel() -> None:
    from lib.domain.declared import Declared
    from lib.ui.compare import how_many

    how_many.draw(Declared())


def test_sliders_move_the_sentence() -> None:
    app = AppTest.from_function(panel, default_timeout=60).run()
    assert not app.exception
    before = app.markdown[0].value

    app.slider[1].set_value(0.4).run()

    assert app.markdown[0].value != before
    assert "against" in app.markdown[0].value
    assert len(app.dataframe[0].value) == 9
