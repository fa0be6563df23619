"""The Endpoints page in each of its states."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.domain.configuration import Endpoint
from lib.domain.errors import StoreError
from lib.domain.experiment_file import parse
from lib.store import Store
from lib.ui import resources
from tests.faulty import FaultyServer
from tests.pages.conftest import Open, button, told

PAGE = "pages/endpoints.py"
KEY = "sk-canary-0123456789abcdef"
VENDORS = ("OPENAI", "ANTHROPIC", "GEMINI")


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for vendor in VENDORS:
        for name in (f"{vendor}_API_KEY", f"{vendor}_BASE_URL", "GOOGLE_GEMINI_BASE_URL"):
            monkeypatch.delenv(name, raising=False)


def opened(open_page: Open) -> AppTest:
    return open_page().switch_page(PAGE).run()


def store() -> Store:
    return resources.engine().store


def saved(server: FaultyServer, fault: str = "ok", name: str = "mine") -> None:
    store().save_server(Endpoint(name=name, base_url=server.url(fault)))


def field(page: AppTest, label: str) -> Any:
    return next(each for each in page.text_input if each.label == label)


def choose(page: AppTest, endpoint: str, model: str | None = None) -> AppTest:
    """The harness can choose what is offered, and type nothing: other models are told first."""
    page.selectbox(key="endpoints.chosen").select(endpoint).run()
    if model is not None:
        page.selectbox(key=f"endpoints.model.{endpoint}").select(model).run()
    return page


def with_server(open_page: Open, server: FaultyServer, *, model: str) -> AppTest:
    """The page with a saved server that has told its models, and one of them chosen."""
    page = opened(open_page)
    saved(server)
    page.run()
    button(page, "Test mine").click().run()
    server.requests.clear()
    return choose(page, "mine", model)


def tab(page: AppTest, name: str) -> AppTest:
    page.session_state["endpoints.tabs"] = name
    return page.run()


def table(page: AppTest, alt: str) -> dict[str, list[str]]:
    """A table's rows by their first cell."""
    found = [json.loads(each.proto.json) for each in page.get("bidi_component")]
    data = next(each for each in found if each.get("alt") == alt)
    return {row[0]: row[1:] for row in data["rows"]}


def add(page: AppTest, name: str, url: str) -> AppTest:
    field(page, "Name").input(name)
    field(page, "Base URL").input(url)
    page.run()
    button(page, "Save server").click()
    return page.run()


def test_the_first_visit_shows_all_that_can_be_asked_and_the_embedded_model(
    open_page: Open,
) -> None:
    page = opened(open_page)

    assert not page.exception
    said = told(page)
    for name in ("**The embedded model**", "**OpenAI**", "**Anthropic**", "**Gemini**"):
        assert name in said
    assert "https://api.openai.com/v1" in said
    assert said.count("Key in use: none.") == 3
    assert button(page, "Test OpenAI").disabled
    assert not button(page, "Test the embedded model").disabled
    assert table(page, "What this model takes, by setting")["temperature"][0] == "temperature"
    assert "No call in the store was refused" in said


def test_a_key_that_is_typed_leaves_the_page_at_once_and_can_be_forgotten(
    open_page: Open, home: Path
) -> None:
    page = opened(open_page)

    field(page, "OpenAI key").input(f"  Bearer {KEY} ").run()

    assert field(page, "OpenAI key").value == ""
    assert "Key in use: typed in this session." in told(page)
    assert KEY not in told(page)
    resources.engine().store.close()
    assert all(KEY.encode() not in each.read_bytes() for each in home.rglob("*") if each.is_file())

    button(page, "Forget it").click().run()

    assert told(page).count("Key in use: none.") == 3


def test_what_is_no_key_is_refused_and_never_quoted(open_page: Open) -> None:
    page = opened(open_page)

    field(page, "Anthropic key").input("two words").run()

    assert "The key holds a space, a line break or a character that no key has." in told(page)
    assert "two words" not in told(page)
    assert "typed in this session" not in told(page)


def test_a_key_of_the_environment_is_named_and_not_shown(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", KEY)

    said = told(opened(open_page))

    assert "Key in use: from GEMINI_API_KEY." in said
    assert KEY not in said


def test_openai_and_its_responses_share_a_key_and_a_test(
    open_page: Open, faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", faulty.url("ok"))
    page = opened(open_page)
    field(page, "OpenAI key").input(KEY).run()

    button(page, "Test OpenAI").click().run()

    assert [each.authorization for each in faulty.requests] == [f"Bearer {KEY}"]
    assert "It answers, and has 2 models" in told(page)
    assert choose(page, "openai-responses").selectbox(
        key="endpoints.model.openai-responses"
    ).options[:2] == ["one", "two"]


def test_a_server_is_saved_tested_and_removed(open_page: Open, faulty: FaultyServer) -> None:
    page = opened(open_page)

    add(page, "mine", faulty.url("ok"))

    # One redraw may break off another: what it said must still be said.
    assert "Saved: mine" in told(page.run())
    assert field(page, "Name").value == ""
    assert store().servers() == [Endpoint(name="mine", base_url=faulty.url("ok"))]

    button(page, "Test mine").click().run()

    assert "It answers, and has 2 models" in told(page)
    field(page, "Filter").input("TW").run()
    assert [each.value for each in page.code] == ["two"]
    field(page, "Filter").input("three").run()
    assert "No model has this in its name." in told(page)

    field(page, "Filter").input("").run()
    choose(page, "mine", "two")
    assert "The lab knows nothing of this model at this address" in told(page)

    button(page, "Remove mine").click().run()

    assert store().servers() == []
    assert not page.exception
    assert page.selectbox(key="endpoints.chosen").value == "local"


def test_what_can_not_be_saved_is_told_and_stays_in_the_fields(open_page: Open) -> None:
    page = opened(open_page)

    add(page, "openai", "http://127.0.0.1:9/v1")

    assert "endpoints has openai, which is built in: choose another name." in told(page)
    assert field(page, "Name").value == "openai"
    assert store().servers() == []


def test_a_name_that_is_taken_is_told(open_page: Open, faulty: FaultyServer) -> None:
    page = opened(open_page)
    add(page, "mine", faulty.url("ok"))

    add(page, "mine", faulty.url("401"))

    assert "There is an endpoint mine already. Choose another name." in told(page)


def test_plain_http_off_this_machine_is_warned_of_before_and_after_it_is_saved(
    open_page: Open,
) -> None:
    page = opened(open_page)
    field(page, "Base URL").input("http://models.example.com/v1").run()
    assert "plain http, and not on this machine" in told(page)

    add(page, "far", "http://models.example.com/v1")
    field(page, "Key of far").input(KEY).run()
    button(page, "Test far").click().run()

    said = told(page)
    assert "A key is never sent there." in said
    assert "The key for far would travel unencrypted over http." in said
    assert KEY not in said


def test_a_foreign_server_of_another_session_has_to_be_trusted_first(open_page: Open) -> None:
    page = opened(open_page)
    url = "https://models.example.com/v1"
    store().save_server(Endpoint(name="far", base_url=url, profile="openai"))

    page.run()

    assert "https://models.example.com/v1" in told(page)
    assert not any(each.label in {"Test far", "Key of far"} for each in page.button)
    choose(page, "far", "gpt-4.1")
    tab(page, "Audit")
    assert button(page, "Start the audit").disabled

    button(page, "I trust this address").click().run()

    assert field(page, "Key of far")
    assert button(page, "Test far")
    assert not button(page, "Start the audit").disabled


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("401", "The key for mine was refused."),
        ("404", "mine has no list of models (status 404)."),
        ("500", "mine can't list its models now (status 500)."),
        ("redirect_host", "mine has no list of models"),
    ],
)
def test_a_test_without_success_says_why(
    open_page: Open, faulty: FaultyServer, fault: str, says: str
) -> None:
    page = opened(open_page)
    saved(faulty, fault)
    page.run()

    button(page, "Test mine").click().run()

    assert says in told(page)
    assert not page.exception
    assert faulty.evil_hits == []


def test_a_name_with_markdown_is_shown_and_does_nothing(
    open_page: Open, faulty: FaultyServer
) -> None:
    hostile = "![x](http://127.0.0.1:9/leak) **b**"
    page = opened(open_page)
    saved(faulty, name=hostile)

    page.run()

    assert hostile in [each.value for each in page.text]
    labels = [each.label for each in (*page.button, *page.text_input)]
    assert not any("![x]" in label for label in labels)


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


def test_a_store_without_saved_servers_is_told_of_and_the_rest_is_there(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(open_page)
    broken = StoreError("The store can't be read.")
    monkeypatch.setattr(Store, "servers", lambda _: raised(broken))

    page.run()

    assert not page.exception
    assert "The saved servers can't be read." in told(page)
    assert table(page, "What this model takes, by setting")


def raised(error: Exception) -> None:
    raise error


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
