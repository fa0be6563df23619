"""Messages, edited on the Compare page: what is put together there is what is asked."""

from __future__ import annotations

from pathlib import Path

from tests.faulty import FaultyServer
from tests.pages.conftest import Open, button, run_to_its_end, told
from tests.pages.editing import bodies, choice, field, one, shared


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
    field(page, "Its system").set_value('Be "brief".')
    field(page, "Its user").set_value("Name: a\nriver")

    run_to_its_end(page.run())

    assert bodies(faulty)[0]["messages"] == [
        {"role": "system", "content": 'Be "brief".'},
        {"role": "user", "content": "Name: a\nriver"},
    ]


def test_turns_of_its_own_are_added_moved_and_come_back(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    choice(page, "Configurations as").set_value("Form").run()
    choice(page, "Messages").set_value("messages").run()
    own = [each for each in page.button if each.label == "Add user turn"][1]
    field(page, "Its user").set_value("First.")
    own.click().run()
    field(page, "Its user, turn 2").set_value("Second.").run()
    ups = [each for each in page.button if each.help == "Move this turn up"]
    ups[-1].click().run()

    def said() -> list[str]:
        return [turn["content"] for turn in shared(page)["configurations"][0]["messages"]]

    assert said() == ["Second.", "First."]
    assert shared(page)["messages"] == [{"role": "user", "content": "Hi"}]

    button(page, "Undo").click().run()

    assert said() == ["First.", "Second."]


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


def test_a_key_that_was_typed_into_a_message_is_refused_and_not_written(
    open_page: Open, faulty: FaultyServer, home: Path
) -> None:
    key = "sk-proj-AbCdEfGhIjKlMnOpQrStUvWx"
    page = open_page(one(faulty))
    field(page, "User").set_value(f"My key is {key}").run()

    assert "holds an API key" in told(page)
    assert key not in "".join(path.read_text() for path in (home / "drafts").iterdir())


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


def test_an_empty_user_message_is_run_and_told(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(one(faulty))
    field(page, "User").set_value("").run()

    assert "The user message is empty" in told(page)
    assert not button(page, "Run").disabled
