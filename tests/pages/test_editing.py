"""Editing on the Compare page: what is put together there is what is asked."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain import share_link
from lib.ui.compare import examples
from tests.browser.drafts import asking
from tests.faulty import FaultyServer
from tests.homes import home_with_model
from tests.pages.conftest import Open, button, run_to_its_end, told, until_ended


def field(page: AppTest, label: str) -> Any:
    kinds = (page.text_area, page.text_input, page.number_input, page.selectbox, page.toggle)
    return next(each for kind in kinds for each in kind if each.label == label)


def choice(page: AppTest, label: str, place: int = 0) -> Any:
    return [each for each in page.segmented_control if each.label == label][place]


def one(faulty: FaultyServer, **more: Any) -> dict[str, Any]:
    return asking({"name": "one", "url": faulty.url("ok"), "max_tokens": 3}, repeats=1, **more)


def shared(page: AppTest) -> dict[str, Any]:
    """The experiment as the page offers it for download."""
    (toml,) = [each.value for each in page.code if each.language == "toml"]
    return tomllib.loads(toml)


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
    assert "temperature and top_p both differ" not in told(page)  # a grid


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


def test_configurations_are_moved_and_doubled_in_the_form(
    open_page: Open, faulty: FaultyServer
) -> None:
    document = one(faulty)
    document["configurations"].append({**document["configurations"][0], "name": "two"})
    page = open_page(document)
    choice(page, "Configurations as").set_value("Form").run()
    next(b for b in page.button if b.label == "Up 2").click().run()
    next(b for b in page.button if b.label == "Copy 1").click().run()

    names = [each.value for each in page.text_input if each.label == "Name"]
    assert names[:3] == ["two", "two (2)", "one"]


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

    field(page, "Budget in calls").set_value(4).run()
    button(page, "Ask for the missing 4").click().run()
    until_ended(page)

    assert len(faulty.requests) == 4  # over the whole run


def openai(**more: Any) -> dict[str, Any]:
    document = asking({"name": "a", "url": "http://127.0.0.1:1/v1"}, **more)
    document["configurations"] = [{"name": "a", "endpoint": "openai", "model": "m"}]
    return document


def test_an_experiment_has_a_name_that_goes_with_it_everywhere(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    assert field(page, "Experiment name").value == "Asking"
    field(page, "Experiment name").set_value("Rivers at night").run()

    assert shared(page)["name"] == "Rivers at night"
    (link,) = [each.value for each in page.code if "?s=" in each.value]
    assert share_link.document(link.split("?s=")[1])["name"] == "Rivers at night"

    run_to_its_end(page)
    button(page, "Close this run").click().run()

    assert "Rivers at night   1 of 1 calls answered, finished" in told(page)


def test_an_example_that_is_swept_is_not_called_by_the_example_any_more(open_page: Open) -> None:
    page = open_page()
    assert field(page, "Experiment name").value == "Temperature: 0, 0.7, 1.3"
    assert "Does a higher temperature change" in told(page)
    field(page, "Values of the first one").set_value("0, 1")
    button(page, "Make these configurations").click().run()

    assert field(page, "Experiment name").value == "Sweep of temperature"


def test_a_known_endpoint_without_a_key_is_told_before_anything_is_sent(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(openai())
    assert "openai has no key: type one under Endpoints." in told(page)
    assert button(page, "Run").disabled

    field(page, "OpenAI key").set_value("sk-canary-1234567890").run()

    assert "has no key" not in told(page)
    assert not button(page, "Run").disabled


def test_a_key_in_the_environment_or_an_address_on_this_machine_is_enough(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert not button(open_page(openai()), "Run").disabled

    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-1234567890")
    assert not button(open_page(openai()), "Run").disabled


@pytest.mark.parametrize(
    ("label", "number", "says"),
    [
        ("Calls for each", 0, "Calls for each is 0, but must be between 1 and 100,000."),
        ("At once", 1000, "At once is 1,000, but must be between 1 and 500."),
        ("Budget in calls", 0, "Budget in calls is 0, but must be 1 or more, or empty."),
        ("Budget in USD", -1.0, "Budget in USD is -1.0, but must be 0 or more, or empty."),
    ],
)
def test_a_number_out_of_range_is_a_sentence_and_nothing_is_run(
    open_page: Open, faulty: FaultyServer, label: str, number: float, says: str
) -> None:
    page = open_page(one(faulty))
    field(page, label).set_value(number).run()

    assert says in told(page)
    assert button(page, "Run").disabled


def grid(page: AppTest, *, version: str = "0.0", **edits: Any) -> None:
    page.session_state[f"compare.{version}.grid"] = {
        "edited_rows": {},
        "added_rows": [],
        "deleted_rows": [],
        **edits,
    }


def test_the_last_configuration_that_was_removed_comes_back(
    open_page: Open, faulty: FaultyServer
) -> None:
    document = one(faulty)
    document["configurations"].append({**document["configurations"][0], "name": "two"})
    page = open_page(document)
    button(page, "Remove").click().run()
    button(page, "Remove").click().run()
    assert "No configuration is left. Add one, or press Undo." in told(page)
    assert button(page, "Run").disabled

    button(page, "Undo").click().run()
    button(page, "Undo").click().run()

    assert button(page, "Run ").label == "Run 2 × 1"


def test_a_name_that_says_a_setting_follows_it_and_a_typed_one_stays(open_page: Open) -> None:
    page = open_page()
    grid(page, edited_rows={1: {"temperature": 1.2}, 2: {"name": "hot", "temperature": 2}})
    page.run()

    assert [each["name"] for each in shared(page)["configurations"]] == ["T = 0", "T = 1.2", "hot"]
    assert field(page, "Experiment name").value == "Temperature: 0, 1.2, 2"
    # The cell that is being typed in, and every other field, are those that were there before.
    assert "compare.0.0.grid" in page.session_state

    grid(page, edited_rows={1: {"temperature": 0.7}, 2: {"name": "", "temperature": 2}})
    page.run()

    assert [each["name"] for each in shared(page)["configurations"]] == [
        "T = 0",
        "T = 0.7",
        "T = 2",
    ]
    assert field(page, "Experiment name").value == "Temperature: 0, 0.7, 2"


def test_a_configuration_that_is_added_has_a_name_of_its_own(open_page: Open) -> None:
    page = open_page()
    button(page, "Add configuration").click().run()
    choice(page, "Configurations as").set_value("Form").run()
    assert [each.value for each in page.text_input if each.label == "Name"][3] == "T = 1.3 (2)"

    [each for each in page.number_input if each.label == "temperature"][3].set_value(2).run()

    assert [each.value for each in page.text_input if each.label == "Name"][3] == "T = 2"


def test_a_configuration_is_arranged_from_the_grid(open_page: Open) -> None:
    page = open_page()
    choice_of = next(each for each in page.selectbox if each.label == "Configuration")
    choice_of.set_value(2).run()
    button(page, "Move up").click().run()
    button(page, "Move up").click().run()
    button(page, "Remove").click().run()
    choice(page, "Configurations as").set_value("Form").run()

    names = [each.value for each in page.text_input if each.label == "Name"]
    assert names[:2] == ["T = 0", "T = 0.7"]


def test_a_check_is_written_on_the_page_and_judged(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(one(faulty))
    button(page, "Add check").click().run()
    field(page, "Check name").set_value("is a fruit")
    field(page, "A good answer").set_value("matches").run()
    field(page, "Value").set_value("(").run()
    assert "is not a regular expression" in told(page)
    assert button(page, "Run").disabled

    field(page, "Value").set_value("(?i)apple").run()
    run_to_its_end(page)

    assert not page.exception
    assert shared(page)["checks"] == [{"name": "is a fruit", "matches": "(?i)apple"}]


@pytest.mark.parametrize(
    ("rule", "label", "value", "kept"),
    [
        ("max_words", "Words", 5, 5),
        ("json", None, None, True),
        ("json_schema", "Schema", '{"type": "array"}', {"type": "array"}),
        ("equals", "Value", "Apple", "Apple"),
    ],
)
def test_each_kind_of_check_is_kept(
    open_page: Open, faulty: FaultyServer, rule: str, label: str | None, value: Any, kept: Any
) -> None:
    page = open_page(one(faulty))
    button(page, "Add check").click().run()
    field(page, "A good answer").set_value(rule).run()
    if label:
        field(page, label).set_value(value).run()

    assert shared(page)["checks"] == [{"name": "Check 1", rule: kept}]


def test_a_schema_that_is_none_is_told(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(one(faulty, checks=[{"name": "shape", "json_schema": {"type": "object"}}]))
    field(page, "Schema").set_value("{").run()

    assert "Check shape: json_schema is '{', but must be a table." in told(page)
    assert button(page, "Run").disabled


def test_a_check_is_removed_and_comes_back(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(one(faulty, checks=[{"name": "short", "max_words": 2}]))
    next(b for b in page.button if (b.help or "").startswith("Remove check 1")).click().run()
    assert not [each for each in page.text_input if each.label == "Check name"]

    button(page, "Undo").click().run()

    assert field(page, "Check name").value == "short"


def test_what_was_typed_into_the_sweep_is_there_for_the_next_one(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    field(page, "Values of the first one").set_value("0, 0.1")
    button(page, "Make these configurations").click().run()

    assert field(page, "Values of the first one").value == "0, 0.1"


def test_an_empty_user_message_is_run_and_told(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page(one(faulty))
    field(page, "User").set_value("").run()

    assert "The user message is empty" in told(page)
    assert not button(page, "Run").disabled


def test_a_server_is_added_tested_and_one_of_its_models_is_used(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page()
    next(each for each in page.text_input if str(each.key).endswith("new.name")).set_value("mine")
    field(page, "Base URL").set_value(faulty.url("ok")).run()
    button(page, "Add server").click().run()
    tests = [each for each in page.button if each.label == "Test connection"]
    tests[-1].click().run()
    assert "It answers, and has 2 models" in told(page)

    field(page, "Model").set_value("two").run()
    button(page, "Use it").click().run()
    run_to_its_end(page)

    asked = [each.json for each in faulty.requests if each.path.endswith("completions")]
    assert {body["model"] for body in asked} == {"two"}


def test_the_settings_are_explained_for_the_endpoint_that_is_asked(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    choice(page, "Configurations as").set_value("Form").run()
    helps = next(each for each in page.number_input if each.label == "max_tokens").help

    assert "Takes 1 to 1,000,000 (tokens)." in helps
    assert "Sent to an OpenAI-compatible server as `max_tokens`." in helps


def test_settings_that_are_words_are_chosen_in_the_form_and_sent(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    field(page, "All settings").set_value(True).run()
    choice(page, "Configurations as").set_value("Form").run()
    field(page, "reasoning_effort").set_value("low")
    field(page, "service_tier").set_value("flex")

    run_to_its_end(page.run())

    (body,) = bodies(faulty)
    assert (body["reasoning_effort"], body["service_tier"]) == ("low", "flex")
    assert "verbosity" not in body


def test_what_a_newcomer_reads_is_not_there_while_it_can_not_be_run(
    home: Path, open_page: Open
) -> None:
    home_with_model(home)
    page = open_page()
    assert "Ready, and no key is needed" in told(page)

    field(page, "Calls for each").set_value(0).run()

    assert button(page, "Run").disabled
    assert "Ready, and no key is needed" not in told(page)


def test_nobody_is_told_that_no_key_is_needed_where_one_is(
    home: Path, open_page: Open, faulty: FaultyServer
) -> None:
    home_with_model(home)

    assert "no key is needed" not in told(open_page(openai()))
    assert "no key is needed" not in told(open_page(one(faulty)))


def test_a_blank_experiment_is_one_message_and_one_configuration_with_a_length_limit(
    home: Path, open_page: Open
) -> None:
    home_with_model(home)
    page = open_page()
    button(page, "Blank").click().run()

    kept = shared(page)
    assert [turn["role"] for turn in kept["messages"]] == ["user"]
    assert [set(each) for each in kept["configurations"]] == [
        {"name", "endpoint", "model", "max_tokens"}
    ]
    assert button(page, "Run ").label == "Run 1 × 20"


def test_a_check_without_a_text_is_called_by_its_name_once(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    button(page, "Add check").click().run()

    assert "Check 1 finds anything: type a value." in told(page)
    assert "Check Check" not in told(page)


def test_a_sweep_about_something_else_takes_a_made_name_away(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page({**one(faulty), "name": "Temperature: 0.2, default, 1.3"})
    field(page, "First setting").set_value("top_p")
    field(page, "Values of the first one").set_value("0.5, 1")
    button(page, "Make these configurations").click().run()

    assert field(page, "Experiment name").value in {"Sweep of top_p", "top_p: 0.5, 1"}


def test_the_buttons_of_each_configuration_have_names_of_their_own(
    open_page: Open, faulty: FaultyServer
) -> None:
    document = one(faulty)
    document["configurations"].append({**document["configurations"][0], "name": "two"})
    page = open_page(document)
    choice(page, "Configurations as").set_value("Form").run()

    labels = [each.label for each in page.button]
    assert {"Up 2", "Down 1", "Copy 2", "Remove 1", "Remove 2"} <= set(labels)
    assert "" not in labels


def test_how_it_is_judged_is_declared_on_the_page_and_goes_with_the_experiment(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page({**one(faulty), "analysis": {"answer": {"number": True}}})
    field(page, "Margin").set_value(0.05).run()

    assert shared(page)["analysis"] == {"margin": 0.05, "answer": {"number": True}}


def test_how_many_calls_it_takes_is_told_at_the_level_that_is_declared(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page({**one(faulty), "analysis": {"alpha": 0.01}})
    assert "calls of each find" not in told(page)

    page.session_state["compare.0.how_many"] = True
    page.run()

    assert not page.exception
    assert "(level 0.01, one pair)" in told(page)


def test_a_configuration_that_is_removed_goes_from_the_name_of_the_experiment(
    open_page: Open, faulty: FaultyServer
) -> None:
    document = one(faulty, name="Temperature: 0.2, 0.7, 1.3")
    first = document["configurations"][0]
    document["configurations"] = [
        {**first, "name": f"T = {each}", "temperature": each} for each in (0.2, 0.7, 1.3)
    ]
    page = open_page(document)
    next(each for each in page.selectbox if each.label == "Configuration").set_value(2).run()
    button(page, "Remove").click().run()

    assert field(page, "Experiment name").value == "Temperature: 0.2, 0.7"
    assert shared(page)["name"] == "Temperature: 0.2, 0.7"


def test_two_settings_that_differ_together_are_remarked_on(
    open_page: Open, faulty: FaultyServer
) -> None:
    document = one(faulty)
    first = document["configurations"][0]
    document["configurations"] = [
        {**first, "name": "a", "temperature": 0, "top_p": 0.5},
        {**first, "name": "b", "temperature": 1, "top_p": 1},
    ]

    assert "temperature and top_p both differ" in told(open_page(document))
