"""For everyone: no serious finding of axe-core, in both themes; everything by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import App
from tests.browser.drafts import asking, draft_with
from tests.browser.test_compare import RUN, open_app
from tests.faulty import FaultyServer

# Streamlit's own, and out of our hands: the shortcut in a button is half transparent, and in the
# dark theme no one colour is light enough for a chosen segment and dark enough for white on it.
EXCLUDED = ["kbd", "[data-testid=stButtonGroup]"]
STILL = "*, *::before, *::after {transition: none !important; animation: none !important}"


def findings(page: Page) -> list[str]:
    """What axe finds that is serious, and finds again: a redraw is nobody's to read."""
    found: list[str] = []
    for _ in range(3):
        page.mouse.move(0, 0)
        expect(page.locator("[data-test-script-state=running], [data-stale=true]")).to_have_count(0)
        # Colours in the middle of a change end it, as some would go on for ever.
        page.add_style_tag(content=STILL)
        result = Axe().run(page, context={"exclude": EXCLUDED})
        found = [
            f"{each['id']}: {node['html'][:200]}"
            for each in result.response["violations"]
            if each["impact"] in {"serious", "critical"}
            for node in each["nodes"]
        ]
        if not found:
            break
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_first_visit_and_the_results_have_no_serious_finding(
    new_context: Callable[..., BrowserContext], app: App, faulty: FaultyServer, theme: str
) -> None:
    page = new_context(color_scheme=theme).new_page()
    open_app(page, app)
    assert findings(page) == []

    path = draft_with(
        app,
        asking(
            {"name": "one", "url": faulty.url("ok"), "logprobs": 3},
            {"name": "two", "url": faulty.url("401")},
        ),
    )
    open_app(page, app, path)
    page.get_by_role("button", name=RUN).click()
    expect(page.get_by_text("Answers side by side")).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()

    assert findings(page) == []


def test_a_run_is_set_up_started_and_looked_into_by_keyboard(
    page: Page, app: App, faulty: FaultyServer
) -> None:
    open_app(page, app, draft_with(app, asking({"name": "one", "url": faulty.url("ok")})))
    page.get_by_role("textbox", name="User").focus()
    page.keyboard.type(" there")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Answers side by side")).to_be_visible()

    opener = page.get_by_role("button", name="3 ×")
    for _ in range(80):
        page.keyboard.press("Tab")
        if opener.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/responses"))
    expect(page.get_by_text("3 samples of 3 calls")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("Sample 1.2, one")).to_be_visible()
    assert "Hi there" in faulty.requests[0].json["messages"][0]["content"]
