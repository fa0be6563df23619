"""Conversation in a real browser, on the embedded model: it remembers, forgets and overflows."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import App
from tests.browser.test_access import findings

MODEL_MS = 90_000
"""For a model that has to be started, on a machine that is busy."""


def open_conversation(page: Page, app: App) -> None:
    page.goto(f"{app.url}/conversation")
    expect(page.get_by_role("button", name="Show it")).to_be_enabled()


def test_a_newcomer_sees_in_a_minute_what_no_history_forgets(
    new_context: Callable[..., BrowserContext], app: App
) -> None:
    page = new_context(color_scheme="dark").new_page()
    open_conversation(page, app)
    assert findings(page) == []

    page.get_by_role("button", name="Show it").click()

    expect(page.get_by_text("A right answer contains").first).to_be_visible(timeout=MODEL_MS)
    chart = page.get_by_role("figure", name=re.compile("Tokens sent, turn by turn"))
    expect(chart).to_be_visible()
    expect(page.get_by_text("Not seen: 2 earlier turns")).to_be_visible()
    expect(page.get_by_text(re.compile("^Model: Your dog is called"))).to_have_count(2)
    page.reload()
    expect(page.get_by_text("Not seen: 2 earlier turns")).to_be_visible(timeout=MODEL_MS)
    assert findings(page) == []


def test_a_conversation_overflows_and_goes_on_with_fewer_turns(page: Page, app: App) -> None:
    open_conversation(page, app)
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_text("Overflow: the messages have").first).to_be_visible()

    message = page.get_by_role("textbox", name="Your message")
    message.fill("Which day was it?")
    message.press("Control+Enter")
    expect(page.get_by_text("The call brought no answer.")).to_be_visible(timeout=MODEL_MS)
    # The engine runs by now: its own tokenizer counts, and so says no "about".
    expect(
        page.get_by_text(re.compile(r"^2,\d\d\d tokens were sent into a window of 2,048"))
    ).to_be_visible()
    assert findings(page) == []

    page.get_by_text("Send the history").click()
    expect(page.get_by_text("The model will not see 16 earlier turns.")).to_be_visible()
    page.get_by_role("button", name="Go on without it").click()
    page.get_by_role("button", name=re.compile("^Ask again")).click()

    expect(page.get_by_text("18. Model")).to_be_visible(timeout=MODEL_MS)
    expect(page.get_by_text("What it took")).to_be_visible()
    page.get_by_role("button", name="What was sent").click()
    expect(
        page.get_by_text("Not in this call: the model doesn't see 16 earlier turns")
    ).to_be_visible()
    assert findings(page) == []
