"""An experiment that is edited on Compare comes from elsewhere, and goes there."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.domain import share_link
from lib.ui.compare import examples
from tests.browser.drafts import asking
from tests.faulty import FaultyServer
from tests.homes import home_with_model
from tests.pages.conftest import Open, button, run_to_its_end, told, until_ended
from tests.pages.editing import field, one, openai, shared


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


def test_what_was_edited_is_still_there_after_a_look_at_another_page(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = open_page(one(faulty))
    field(page, "User").set_value("Name a tree.").run()

    page.switch_page("pages/responses.py").run()
    page.switch_page("pages/compare.py").run()

    assert field(page, "User").value == "Name a tree."


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


def test_the_budget_holds_when_a_run_is_resumed(open_page: Open, faulty: FaultyServer) -> None:
    page = open_page({**one(faulty), "repeats": 6})
    field(page, "Budget in calls").set_value(2)
    run_to_its_end(page.run())
    assert len(faulty.requests) == 2

    field(page, "Budget in calls").set_value(4).run()
    button(page, "Ask for the missing 4").click().run()
    until_ended(page)

    assert len(faulty.requests) == 4  # over the whole run


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
