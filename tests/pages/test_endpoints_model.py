"""The lower half of the Endpoints page: what a model takes, what it costs, its audit."""

from __future__ import annotations

import json
import time

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.configuration import Endpoint
from lib.domain.experiment_file import parse
from lib.ui import resources
from tests.faulty import FaultyServer
from tests.pages.conftest import Open, button, told
from tests.pages.endpoints import (
    choose,
    opened,
    saved,
    store,
    tab,
    table,
    with_server,
)

pytestmark = pytest.mark.usefixtures("no_vendor_keys")


def test_a_server_of_a_kind_that_is_no_longer_known_is_told_of(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = opened(open_page)
    store().save_server(Endpoint(name="mine", base_url=faulty.url("ok"), profile="gone"))
    page.run()
    assert "Of a kind that this version doesn't know" in told(page)
    button(page, "Test mine").click().run()

    choose(page, "mine", "one")

    assert not page.exception
    assert "Nothing can be said of this model." in told(page)
    assert "There is no profile 'gone'." in told(page)


def test_what_a_known_model_takes_is_shown_with_its_source(open_page: Open) -> None:
    page = choose(opened(open_page), "openai", "gpt-5.5")

    takes = table(page, "What this model takes, by setting")
    assert takes["temperature"][2].startswith("Refused while reasoning_effort is left empty")
    assert takes["max_tokens"][0] == "max_completion_tokens"
    assert "Known as GPT-5.5 to GPT-6. Read on 2026-11-25" in told(page)


def test_without_a_model_the_page_says_what_to_do(open_page: Open) -> None:
    assert "Choose a model, or type its name" in told(choose(opened(open_page), "gemini"))


def test_what_was_refused_before_is_shown(open_page: Open, faulty: FaultyServer) -> None:
    page = opened(open_page)
    url = faulty.url("400_value")
    store().save_server(Endpoint(name="mine", base_url=url, profile="openai"))
    refused(url)
    page.run()

    choose(page, "mine", "gpt-4.1")

    learnt = table(page, "Settings that this model has refused")
    assert list(learnt) == ["temperature"]
    assert learnt["temperature"][0] == "0.7"
    assert "temperature" in learnt["temperature"][1]


def refused(url: str) -> None:
    """Ask a server that refuses temperature."""
    document = {
        "messages": [{"role": "user", "content": "Hi"}],
        "repeats": 2,
        "configurations": [
            {"name": "warm", "endpoint": "any", "model": "gpt-4.1", "temperature": 0.7}
        ],
        "endpoints": {"any": {"base_url": url, "profile": "openai"}},
    }
    run = resources.engine().start(parse(document), keys={})
    ends = time.monotonic() + 60
    while (snapshot := resources.engine().snapshot(run)) is not None and snapshot.running:
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_prices_come_with_their_date_and_nothing_is_guessed(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = tab(choose(opened(open_page), "openai", "gpt-4.1"), "Price")
    assert table(page, "Prices of a million tokens")["input"] == ["$2.00"]
    assert "list prices of 20" in told(page)
    assert "**Context window**: 1,000,000 tokens" in told(page)

    saved(faulty)
    page.run()
    button(page, "Test mine").click().run()
    tab(choose(page, "mine", "one"), "Price")
    assert "The price is not known, so a budget in money is refused." in told(page)

    choose(page, "local")
    assert "**It costs nothing**" in told(page)


def test_a_server_and_a_model_go_into_the_draft_as_a_copy(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = with_server(open_page, faulty, model="two")

    button(page, "Use it in the draft").click().run()

    document = page.session_state["state.draft"].document
    assert document["endpoints"] == {"mine": {"base_url": faulty.url("ok")}}
    assert {(each["endpoint"], each["model"]) for each in document["configurations"]} == {
        ("mine", "two")
    }
    page.switch_page("pages/compare.py").run()
    assert not page.exception
    assert page.session_state["state.draft"].document["endpoints"] == document["endpoints"]


def test_an_audit_is_planned_carried_out_and_shown_with_its_evidence(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = with_server(open_page, faulty, model="two")
    tab(page, "Audit")
    assert "It has not been audited yet." in told(page)
    page.multiselect(key="endpoints.audit.settings").set_value(["stop"]).run()
    page.number_input(key="endpoints.audit.calls").set_value(10).run()
    assert "The cost is not known: no price is known for two at 127.0.0.1" in told(page)
    assert faulty.requests == []

    button(page, "Start the audit").click().run()
    until_audited(page)

    found = table(page, "What the audit found, by setting")
    assert list(found) == ["stop"]
    assert "Audited on 20" in told(page)
    [evidence] = [each.value for each in page.code if each.language == "json"]
    assert json.loads(evidence)
    tab(page, "What it takes")
    assert table(page, "What this model takes, by setting")["stop"][-1] == found["stop"][0]


def until_audited(page: AppTest) -> None:
    """Look again until no audit is under way."""
    ends = time.monotonic() + 60
    while any(each.label == "Stop" for each in page.button):
        assert time.monotonic() < ends, "the audit didn't end"
        page.run()


def test_an_audit_can_be_stopped_and_says_so(open_page: Open) -> None:
    with FaultyServer(latency_s=0.5) as slow:
        page = with_server(open_page, slow, model="two")
        tab(page, "Audit")
        button(page, "Start the audit").click().run()

        button(page, "Stop").click().run()
        until_audited(page)

        assert "The last audit ended early." in told(page)
        assert "The audit was stopped" in told(page)
        assert "It has not been audited yet." in told(page)


def test_an_audit_with_a_budget_that_can_not_be_kept_is_not_started(
    open_page: Open, faulty: FaultyServer
) -> None:
    page = tab(with_server(open_page, faulty, model="two"), "Audit")

    page.number_input(key="endpoints.audit.budget").set_value(1.0).run()

    assert "A budget in USD can't be kept, as no price is known for two at 127.0.0.1" in told(page)
    assert "Start the audit without a budget in USD." in told(page)
    assert not any(each.label.startswith("Start the audit") for each in page.button)
    assert faulty.requests == []


def test_an_audit_without_settings_says_what_to_do(open_page: Open) -> None:
    page = tab(opened(open_page), "Audit")

    page.multiselect(key="endpoints.audit.settings").set_value([]).run()

    assert "No setting was named." in told(page)


def test_a_vendor_without_a_key_can_not_be_audited(open_page: Open) -> None:
    page = tab(choose(opened(open_page), "anthropic", "claude-opus-4-5"), "Audit")

    assert "anthropic has no key: type one above." in told(page)
    assert button(page, "Start the audit").disabled
    assert "an estimate by list prices of" in told(page)
