"""Configurations, edited on the Compare page: in the grid, in the form, and by a sweep."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faulty import FaultyServer
from tests.homes import home_with_model
from tests.pages.conftest import Open, button, run_to_its_end, told
from tests.pages.editing import bodies, choice, field, grid, one, shared


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


def test_settings_without_a_column_are_told_as_they_are_sent_all_the_same(
    open_page: Open, faulty: FaultyServer
) -> None:
    document = one(faulty)
    document["configurations"][0] |= {"logit_bias": {"42": 5}, "extra": {"mirostat": 2}}
    page = open_page(document)

    assert "one also sends logit_bias = {'42': 5}, extra = {'mirostat': 2}" in told(page)


def test_an_example_that_is_swept_is_not_called_by_the_example_any_more(open_page: Open) -> None:
    page = open_page()
    assert field(page, "Experiment name").value == "Temperature: 0, 0.7, 1.3"
    assert "Does a higher temperature change" in told(page)
    field(page, "Values of the first one").set_value("0, 1")
    button(page, "Make these configurations").click().run()

    assert field(page, "Experiment name").value == "Sweep of temperature"


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


def test_what_was_typed_into_the_sweep_is_there_for_the_next_one(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    field(page, "Values of the first one").set_value("0, 0.1")
    button(page, "Make these configurations").click().run()

    assert field(page, "Values of the first one").value == "0, 0.1"


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
