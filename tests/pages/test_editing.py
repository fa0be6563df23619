"""Editing on the Compare page: what is put together there is what is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain import share_link
from lib.ui.compare import examples
from tests.browser.drafts import asking
from tests.faulty import FaultyServer
from tests.pages.conftest import Open, button, run_to_its_end, told, until_ended


def field(page: AppTest, label: str) -> Any:
    kinds = (page.text_area, page.text_input, page.number_input, page.selectbox, page.toggle)
    return next(each for kind in kinds for each in kind if each.label == label)


def choice(page: AppTest, label: str, place: int = 0) -> Any:
    return [each for each in page.segmented_control if each.label == label][place]


def one(faulty: FaultyServer, **more: Any) -> dict[str, Any]:
    return asking({"name": "one", "url": faulty.url("ok"), "max_tokens": 3}, repeats=1, **more)


def bodies(faulty: FaultyServer) -> list[Any]:
    return [each.json for each in faulty.requests]


def test_a_sweep_over_two_settings_becomes_a_grid_and_a_heat_map(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    field(page, "Values of the first one").set_value("0, 1")
    field(page, "Second setting").set_value("top_p")
    field(page, "Values of the second one").set_value("0.5 to 1 step 0.5")
    button(page, "Make these configurations").click().run()
    assert "**Configurations**" in told(page)
    assert button(page, "Run ").label == "Run 4 × 1"

    run_to_its_end(page)

    asked = {(body["temperature"], body["top_p"], body["max_tokens"]) for body in bodies(faulty)}
    assert asked == {(0, 0.5, 3), (0, 1, 3), (1, 0.5, 3), (1, 1, 3)}
    assert "**Agreement over temperature and top_p**" in told(page)
    assert "temperature and top_p both differ" in told(page)


def test_a_sweep_that_says_nothing_is_a_sentence_and_changes_nothing(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    field(page, "Values of the first one").set_value("hot")
    button(page, "Make these configurations").click().run()

    assert not page.exception
    assert "temperature can't be 'hot': it is a number." in told(page)
    assert button(page, "Run ").label == "Run 1 × 1"


def test_toml_that_is_pasted_is_loaded_and_taken_back(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    pasted = '[[messages]]\nrole = "user"\ncontent = "Name a bird."\n[sweep]\nseed = [1, 2, 3]\n'
    field(page, "Paste an experiment (TOML)").set_value(pasted)
    page.run()
    button(page, "Load it").click().run()
    assert field(page, "User").value == "Name a bird."
    assert button(page, "Run ").label == "Run 3 × 20"

    button(page, "Undo").click().run()

    assert field(page, "User").value == "Hi"


def test_toml_that_is_none_is_told_and_changes_nothing(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    field(page, "Paste an experiment (TOML)").set_value("repeats = 'x'\nnonsense = 1")
    page.run()
    button(page, "Load it").click().run()

    assert "repeats is 'x', but must be a whole number." in told(page)
    assert field(page, "User").value == "Hi"


def test_a_link_opens_the_experiment_that_it_holds(open_page: Open) -> None:
    page = open_page(s=share_link.blob(examples.load("stop_sequence")))

    assert not page.exception
    assert field(page, "User").value == "Count from 1 to 10, separated by commas."
    assert "s" not in page.query_params


@pytest.mark.parametrize("blob", ["", "x", "%%%", "AAAA", "🦆"])
def test_a_damaged_link_is_a_sentence(open_page: Open, blob: str) -> None:
    page = open_page(s=blob)

    assert not page.exception
    assert not blob or "The link is damaged or incomplete." in told(page)


def test_parts_of_the_system_message_are_sent_only_while_they_are_on(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    field(page, "System message in parts").set_value(True).run()
    field(page, "Persona text").set_value("You are a cook.")
    field(page, "Format text").set_value("In verse.")
    field(page, "Format").set_value(False)

    run_to_its_end(page.run())

    (body,) = bodies(faulty)
    assert body["messages"][0] == {"role": "system", "content": "You are a cook."}


def test_parts_become_one_text_again(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(one(faulty))
    field(page, "System message in parts").set_value(True).run()
    field(page, "Persona text").set_value("You are a cook.")
    field(page, "Scope text").set_value("Recipes only.")
    page.run()

    field(page, "System message in parts").set_value(False).run()

    assert not page.exception
    assert field(page, "System").value == "You are a cook.\n\nRecipes only."


def test_variables_are_filled_into_what_is_sent(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(one(faulty, messages=[{"role": "user", "content": "Name a {{thing}}."}]))
    field(page, "thing").set_value("river")

    run_to_its_end(page.run())

    assert bodies(faulty)[0]["messages"] == [{"role": "user", "content": "Name a river."}]


def test_a_configuration_has_a_prefill_of_its_own(open_page: Open, faulty: FaultyServer) -> None:
    document = one(faulty, prefill="Shared")
    document["configurations"].append({**document["configurations"][0], "name": "two"})
    page = open_page(document)
    choice(page, "Configurations as").set_value("Form").run()
    choice(page, "Messages", 1).set_value("prefill").run()
    field(page, "Its prefill").set_value("Own")

    run_to_its_end(page.run())

    assert not page.exception
    assert {body["messages"][-1]["content"] for body in bodies(faulty)} == {"Shared", "Own"}


def test_a_configuration_has_messages_of_its_own(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(one(faulty))
    choice(page, "Configurations as").set_value("Form").run()
    choice(page, "Messages").set_value("messages").run()
    field(page, "Its messages, one a line").set_value('system: Be "brief".\nuser: Name: a\\nriver')

    run_to_its_end(page.run())

    assert bodies(faulty)[0]["messages"] == [
        {"role": "system", "content": 'Be "brief".'},
        {"role": "user", "content": "Name: a\nriver"},
    ]


def test_configurations_are_moved_and_doubled_in_the_form(
    open_page: Open, faulty: FaultyServer
) -> None:
    document = one(faulty)
    document["configurations"].append({**document["configurations"][0], "name": "two"})
    page = open_page(document)
    choice(page, "Configurations as").set_value("Form").run()
    next(b for b in page.button if b.help == "Move up (configuration 2)").click().run()
    next(b for b in page.button if b.help == "Duplicate (configuration 1)").click().run()

    names = [each.value for each in page.text_input if each.label == "Name"]
    assert names[:3] == ["two", "", "one"]


def test_what_was_edited_is_still_there_after_a_look_at_another_page(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    field(page, "User").set_value("Name a tree.").run()

    page.switch_page("pages/responses.py").run()
    page.switch_page("pages/compare.py").run()

    assert field(page, "User").value == "Name a tree."


def test_text_that_arrives_with_the_press_of_a_button_is_not_lost(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    field(page, "User").set_value("Just typed.")
    field(page, "Assistant prefill (optional)").set_value("And this")
    button(page, "Add configuration").click().run()
    assert field(page, "User").value == "Just typed."

    field(page, "User").set_value("And again.")
    button(page, "Add user turn").click().run()

    assert field(page, "User, turn 1").value == "And again."
    assert field(page, "Assistant prefill (optional)").value == "And this"


def test_a_link_can_not_send_a_secret_of_the_environment_elsewhere(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-1234567890")
    document = asking({"name": "a", "url": "https://evil.example/v1"})
    document["endpoints"]["mine0"]["api_key_env"] = "AWS_SECRET_ACCESS_KEY"
    page = open_page(s=share_link.blob(document))

    assert "Calls would leave this machine. Your messages go there:" in told(page)
    assert "evil.example   https://evil.example/v1" in told(page)
    assert button(page, "Run").disabled

    button(page, "I trust these addresses").click().run()

    assert not button(page, "Run").disabled
    assert "Key in use: from AWS_SECRET_ACCESS_KEY." not in told(page)


def test_a_key_that_was_typed_into_a_message_is_refused_and_not_written(
    open_page: Open, faulty: FaultyServer, home: Path
) -> None:
    key = "sk-proj-AbCdEfGhIjKlMnOpQrStUvWx"
    page = open_page(one(faulty))
    field(page, "User").set_value(f"My key is {key}").run()

    assert "holds an API key" in told(page)
    assert key not in "".join(path.read_text() for path in (home / "drafts").iterdir())


def test_settings_without_a_column_are_told_as_they_are_sent_all_the_same(
    open_page: Open, faulty: FaultyServer
) -> None:
    document = one(faulty)
    document["configurations"][0] |= {"logit_bias": {"42": 5}, "extra": {"mirostat": 2}}
    page = open_page(document)

    assert "one also sends logit_bias = {'42': 5}, extra = {'mirostat': 2}" in told(page)


def test_messages_and_prefill_of_its_own_survive_the_form(
    open_page: Open, faulty: FaultyServer
) -> None:
    document = one(faulty)
    own = [{"role": "user", "content": "Hi"}]
    document["configurations"][0] |= {"messages": own, "prefill": "Ho"}
    page = open_page(document)
    choice(page, "Configurations as").set_value("Form").run()

    run_to_its_end(page)

    assert bodies(faulty)[0]["messages"] == [*own, {"role": "assistant", "content": "Ho"}]


def test_the_budget_holds_when_a_run_is_resumed(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page({**one(faulty), "repeats": 6})
    field(page, "Budget in calls").set_value(2)
    run_to_its_end(page.run())
    assert len(faulty.requests) == 2

    button(page, "Ask for the missing 4").click().run()
    until_ended(page)

    assert len(faulty.requests) == 4
