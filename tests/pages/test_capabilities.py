"""What a model takes, on the Compare page: shown, told at the field, mended, and learnt."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.domain.configuration import KNOWN_ENDPOINTS
from lib.providers.known_models import family_of
from lib.ui.compare.taken import named
from tests.browser.drafts import asking
from tests.faulty import FaultyServer
from tests.pages.conftest import Open, button, run_to_its_end, told
from tests.pages.editing import choice, field, grid, shared

LABELS = {"openai": "OpenAI key", "anthropic": "Anthropic key", "gemini": "Gemini key"}


@pytest.fixture
def open_at(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Opens the page with configurations of known endpoints, and a key that is never used."""
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    def open_it(*columns: dict[str, Any], form: bool = False, **more: Any) -> AppTest:
        whole = asking({"name": "a", "url": "http://127.0.0.1:9/v1"}, **more)
        whole["configurations"] = [{"name": f"c{n}", **each} for n, each in enumerate(columns)]
        page = open_page({key: value for key, value in whole.items() if key != "endpoints"})
        for endpoint in dict.fromkeys(str(each["endpoint"]) for each in columns):
            field(page, LABELS[endpoint]).set_value("sk-canary-1234567890")
        page.run()
        if form:
            choice(page, "Configurations as").set_value("Form").run()
        return page

    return open_it


def at(endpoint: str, model: str, **settings: Any) -> dict[str, Any]:
    return {"endpoint": endpoint, "model": model, **settings}


def columns_of(page: AppTest) -> list[str]:
    (editor,) = page.get("arrow_data_frame") or page.get("data_editor")
    return list(editor.proto.column_order)


def fields(page: AppTest, label: str) -> list[Any]:
    kinds = (page.text_input, page.number_input, page.selectbox)
    return [each for kind in kinds for each in kind if each.label == label]


def known(endpoint: str, model: str) -> str:
    """The model's family with its date, as the page calls it."""
    (found,) = (each for each in KNOWN_ENDPOINTS if each.name == endpoint)
    family = family_of(found, model)
    assert family is not None
    return named(family)


def ready(page: AppTest) -> bool:
    return not button(page, "Run").disabled


def test_columns_that_no_model_takes_are_left_out_and_a_line_says_why(open_at: Any) -> None:
    page = open_at(at("openai", "gpt-5"), at("openai", "gpt-5-mini"))

    assert columns_of(page) == ["name", "max_tokens", "reasoning_effort", "endpoint", "model"]
    assert (
        "Left out, as no model here takes them: temperature, top_p. "
        f"{known('openai', 'gpt-5')} refuses temperature (except 1) and top_p."
    ) in told(page)

    grid(page, edited_rows={0: {"model": "gpt-4o"}})
    page.run()

    assert columns_of(page)[1:3] == ["temperature", "top_p"]
    assert "Left out" not in told(page)
    assert f"{known('openai', 'gpt-5')} refuses temperature" in told(page)  # of the other one


def test_a_column_that_is_set_stays_so_that_it_can_be_cleared(open_at: Any) -> None:
    page = open_at(at("openai", "gpt-5", top_p=0.5))

    assert "top_p" in columns_of(page)
    assert "Left out, as no model here takes them: temperature." in told(page)


def test_a_field_that_its_model_refuses_is_greyed_and_says_why(open_at: Any) -> None:
    page = open_at(
        at("openai", "gpt-5"), at("openai", "gpt-4o"), at("openai", "who-knows"), form=True
    )

    greyed, open_, unknown = sorted(fields(page, "temperature"), key=lambda each: str(each.key))
    assert [each.disabled for each in (greyed, open_, unknown)] == [True, False, False]
    assert greyed.placeholder == "not taken"
    assert greyed.help == (
        f"Not taken here. {known('openai', 'gpt-5')}: Refused, except 1: the lab doesn't send "
        "it. Leave temperature empty, or vary reasoning_effort."
    )


def test_a_field_of_a_refused_setting_that_has_a_value_can_be_cleared(open_at: Any) -> None:
    page = open_at(at("openai", "gpt-5", stop=["x"]), form=True)
    field(page, "All settings").set_value(True).run()
    (stop,) = fields(page, "stop")
    assert not stop.disabled
    assert f"`stop`: {known('openai', 'gpt-5')}: Refused: the lab doesn't send it." in told(page)
    assert not ready(page)

    stop.set_value("").run()

    assert fields(page, "stop")[0].disabled
    assert "`stop`:" not in told(page)
    assert ready(page)

    field(page, "model").set_value("gpt-4o").run()

    assert fields(page, "stop")[0].value == ""
    assert "stop" not in shared(page)["configurations"][0]


@pytest.mark.parametrize(
    ("setting", "value"), [("temperature", 0.5), ("max_tokens", 5), ("reasoning_effort", "high")]
)
def test_what_a_field_has_can_be_cleared(open_at: Any, setting: str, value: Any) -> None:
    page = open_at(at("openai", "gpt-5.2-of-tomorrow", **{setting: value}), form=True)
    (set_,) = fields(page, setting)
    assert (set_.value, set_.proto.HasField("default")) == (
        value,
        False,
    )  # so it has a clear button

    set_.set_value(None).run()

    assert setting not in shared(page)["configurations"][0]


def test_a_model_that_is_chosen_in_the_form_greys_its_fields_at_once(open_at: Any) -> None:
    page = open_at(at("openai", "gpt-4o"), form=True)
    assert not fields(page, "temperature")[0].disabled

    field(page, "model").set_value("gpt-5").run()

    assert fields(page, "temperature")[0].disabled


def test_temperature_and_top_p_where_a_model_refuses_both(open_at: Any) -> None:
    page = open_at(at("anthropic", "claude-haiku-4-5", temperature=0.5, top_p=0.9))
    assert "Set one of the two, and leave the other empty." in told(page)
    assert "c0: claude-haiku-4-5 doesn't take temperature together with top_p" in told(page)
    assert not ready(page)
    assert button(page, "Leave temperature empty in 'c0'")

    button(page, "Leave top_p empty in 'c0'").click().run()

    assert ready(page)
    assert shared(page)["configurations"][0]["temperature"] == 0.5
    assert "top_p" not in shared(page)["configurations"][0]

    button(page, "Undo").click().run()

    assert not ready(page)


def test_one_of_the_two_closes_the_field_of_the_other(open_at: Any) -> None:
    page = open_at(at("anthropic", "claude-haiku-4-5"), form=True)
    assert [fields(page, name)[0].disabled for name in ("temperature", "top_p")] == [False, False]

    fields(page, "temperature")[0].set_value(0.5).run()

    assert [fields(page, name)[0].disabled for name in ("temperature", "top_p")] == [False, True]
    assert "together with temperature" in fields(page, "top_p")[0].help


def test_temperature_that_needs_an_effort(open_at: Any) -> None:
    page = open_at(at("openai", "gpt-6-sol", temperature=0.5))
    assert "c0: gpt-6-sol doesn't take temperature = 0.5 while reasoning_effort is" in told(page)
    assert not ready(page)

    button(page, "Set reasoning_effort to none in 'c0'").click().run()

    assert ready(page)
    asked = shared(page)["configurations"][0]
    assert (asked["temperature"], asked["reasoning_effort"]) == (0.5, "none")


def test_an_effort_that_is_chosen_opens_the_field_of_temperature(open_at: Any) -> None:
    page = open_at(at("openai", "gpt-6-sol"), form=True)
    assert fields(page, "temperature")[0].disabled

    fields(page, "reasoning_effort")[0].set_value("none").run()

    assert not fields(page, "temperature")[0].disabled


def test_a_prefill_with_a_model_that_refuses_it(open_at: Any) -> None:
    page = open_at(
        at("anthropic", "claude-opus-5"), at("anthropic", "claude-haiku-4-5"), prefill="It is"
    )
    assert "c0: claude-opus-5 doesn't take a prefill" in told(page)
    assert not ready(page)

    button(page, "Take the prefill out in 'c0'").click().run()

    assert ready(page)
    own, shared_one = shared(page)["configurations"]
    assert (own["prefill"], shared_one.get("prefill")) == ("", None)
    assert shared(page)["prefill"] == "It is"


def test_logprobs_where_there_are_none(open_at: Any) -> None:
    page = open_at(at("anthropic", "claude-haiku-4-5", logprobs=5))
    assert "Leave logprobs empty: Anthropic reports none." in told(page)
    assert not ready(page)

    button(page, "Leave logprobs empty in 'c0'").click().run()

    assert ready(page)


def test_what_was_typed_before_an_edit_was_pressed_is_kept(open_at: Any) -> None:
    page = open_at(at("openai", "gpt-5", temperature=0))
    field(page, "User").set_value("Just typed.")
    button(page, "Leave temperature empty in 'c0'").click().run()

    assert field(page, "User").value == "Just typed."
    assert ready(page)


def test_what_a_model_ignores_is_told_and_is_no_reason_not_to_run(open_at: Any) -> None:
    page = open_at(
        at("gemini", "gemini-3.8-flash", temperature=0),
        at("gemini", "gemini-3.8-flash", temperature=1),
    )

    assert "gemini-3.8-flash accepts temperature and doesn't follow it" in told(page)
    assert ready(page)


def test_results_of_a_setting_without_effect_say_so_above_the_charts(
    open_page: Open, faulty: FaultyServer
) -> None:
    document = asking(
        {"name": "cold", "url": faulty.url("ok"), "model": "deepseek-chat", "temperature": 0},
        {"name": "warm", "url": faulty.url("ok"), "model": "deepseek-chat", "temperature": 1},
        repeats=1,
    )
    for endpoint in document["endpoints"].values():
        endpoint["profile"] = "deepseek"
    page = run_to_its_end(open_page(document))

    assert "A setting that was sent is known to have no effect." in told(page)
    assert "Differences between these configurations are not its doing." in told(page)


def refused_once(open_page: Open, faulty: FaultyServer) -> AppTest:
    document = asking(
        {"name": "T = 0.5", "url": faulty.url("400_value"), "temperature": 0.5},
        {"name": "fine", "url": faulty.url("ok"), "temperature": 0.5},
        repeats=2,
    )
    return run_to_its_end(open_page(document))


@pytest.mark.parametrize("reloaded", [False, True])
def test_a_refused_setting_is_one_press_from_an_experiment_without_it(
    open_page: Open, faulty: FaultyServer, reloaded: bool
) -> None:
    page = refused_once(open_page, faulty)
    if reloaded:
        page = forgotten(open_page, page)
    calls = len(faulty.requests)
    assert "T = 0.5: some-model at mine0 doesn't take temperature = 0.5." in told(page)

    button(page, "Leave temperature empty, to run again").click().run()

    assert len(faulty.requests) == calls  # nobody pressed Run
    assert next(each for each in page.expander if each.label == "Set up").proto.expanded
    asked = {each["name"]: each.get("temperature") for each in shared(page)["configurations"]}
    assert asked == {"T = default": None, "fine": 0.5}


def forgotten(open_page: Open, page: AppTest) -> AppTest:
    """The same run where another process has carried it out: it comes out of the store."""
    run = str(page.session_state["state.run"])
    st.cache_resource.clear()  # closes the engine that has it in memory
    return open_page(run=run)


def test_what_was_refused_before_is_told_where_it_is_set_again(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = refused_once(open_page, faulty)
    assert "temperature was refused on" in told(page)
    assert "some-model at mine0 doesn't take temperature = 0.5." in told(page)
    assert "It will be asked once more." in told(page)
    assert not button(page, "Run").disabled

    button(page, "Leave temperature empty, to run again").click().run()

    assert "It will be asked once more." not in told(page)
