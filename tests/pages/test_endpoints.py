"""The upper half of the Endpoints page: keys, servers, and whether they answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.domain.configuration import Endpoint
from lib.domain.errors import StoreError
from lib.store import Store
from lib.ui import resources
from tests.faulty import FaultyServer
from tests.pages.conftest import Open, button, told
from tests.pages.endpoints import (
    KEY,
    add,
    choose,
    field,
    opened,
    saved,
    store,
    tab,
    table,
)

pytestmark = pytest.mark.usefixtures("no_vendor_keys")


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
