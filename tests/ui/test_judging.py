"""The panel that declares how a run is judged."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from lib.analysis.extraction import extracted
from lib.domain.declared import Answer
from lib.ui.compare import judging
from tests.analysis.maker import group


def panel(analysis: dict[str, object]) -> None:
    import streamlit as st

    from lib.ui.compare import judging
    from lib.ui.state import Draft

    document = {"repeats": 40, "analysis": analysis}
    st.session_state["found"] = judging.edit(Draft("d", document, document))


def shown(analysis: dict[str, object]) -> AppTest:
    app = AppTest.from_function(panel, default_timeout=60, args=(analysis,)).run()
    assert not app.exception
    return app


def told(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in app.text)


def test_what_is_declared_is_shown_and_given_back() -> None:
    declared: dict[str, object] = {
        "margin": 0.05,
        "alpha": 0.01,
        "answer": {"labels": ["yes", "no"]},
        "stop": {"batch": 20},
    }

    assert shown(declared).session_state["found"] == declared


def test_a_rule_and_a_likeness_that_are_both_declared_both_stay() -> None:
    declared: dict[str, object] = {"similar": 0.7, "answer": {"number": True}}

    assert shown(declared).session_state["found"] == declared


def test_nothing_declared_stays_nothing() -> None:
    assert shown({}).session_state["found"] == {}


def test_a_stop_is_switched_on_with_its_batch() -> None:
    app = shown({})

    app.toggle[0].set_value(True).run()

    assert app.session_state["found"] == {"stop": {"batch": 10}}


def test_a_rule_is_chosen_and_its_faults_are_told() -> None:
    app = shown({})

    app.selectbox[0].set_value("pattern").run()
    app.text_input[0].set_value("(").run()

    assert app.session_state["found"] == {"answer": {"pattern": "("}}
    assert "is not a regular expression" in told(app)


def test_clusters_have_a_threshold() -> None:
    app = shown({"similar": 0.7})

    assert app.session_state["found"] == {"similar": 0.7}


def test_values_are_counted_by_configuration_the_most_frequent_first() -> None:
    rule = Answer(labels=("yes", "no"))
    groups = [group(["yes", "hm", "no"]), group(["no", "No."], name="B")]

    assert judging.counted(extracted(rule, groups)) == [
        {"value": "no", "A": 1, "B": 2},
        {"value": "yes", "A": 1, "B": 0},
    ]
