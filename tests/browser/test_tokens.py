"""Tokens in a real browser: the heat map and the tree by keyboard, and text that wants to act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Locator, Page, expect

from lib.store import Store
from tests.browser.conftest import App
from tests.browser.test_access import findings
from tests.engine.carried import asked, carry_out
from tests.faulty import FaultyServer

FIRST_MS = 30_000
"""For a server that has imported nothing yet."""
SAYINGS = ("I like <img src=x> apples", "I like <img src=x> pears", "You like plums")


@pytest.fixture(scope="module")
def run(app: App) -> Iterator[str]:
    """A run of answers with log probabilities, as one endpoint really gave them."""
    with (
        FaultyServer(lambda _, number: SAYINGS[number % 3]) as server,
        ThreadPoolExecutor(1) as threads,  # Playwright keeps a loop running in this one
    ):
        store = Store.open(app.home / "lab.sqlite")
        experiment = asked(server.url(), repeats=6, logprobs=2)
        _, snapshot = threads.submit(lambda: carry_out(store, experiment)).result()
        store.close()
        yield snapshot.run


def look(page: Page, app: App, run: str, view: str) -> None:
    page.goto(f"{app.url}/tokens?run={run}")
    choice = page.get_by_role("radio", name=view).or_(page.get_by_role("button", name=view))
    choice.first.click(timeout=FIRST_MS)


def tokens(page: Page) -> Locator:
    return page.get_by_role("toolbar", name=re.compile("^The answer's tokens")).get_by_role(
        "button"
    )


def ways(page: Page) -> Locator:
    return page.get_by_role("tree", name=re.compile("^Where the answers part")).get_by_role(
        "treeitem"
    )


def test_the_page_can_be_opened_first(page: Page, app: App) -> None:
    page.goto(f"{app.url}/tokens")

    expect(page).to_have_title("Tokens · Sampling Lab", timeout=FIRST_MS)
    expect(page.get_by_role("button", name="Show the next token")).to_be_visible()
    assert findings(page) == []


def test_a_token_is_opened_by_a_click_and_the_next_by_keyboard(
    page: Page, app: App, run: str
) -> None:
    look(page, app, run, "One answer")
    expect(tokens(page).first).to_be_visible(timeout=FIRST_MS)

    tokens(page).nth(1).click()
    expect(page.get_by_text("Token 2: “␣like”")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(tokens(page).nth(2)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^Token 3: "))).to_be_visible()
    expect(tokens(page).nth(2)).to_be_focused()
    assert findings(page) == []


def test_the_tree_folds_zooms_and_leads_to_answers_by_keyboard(
    page: Page, app: App, run: str
) -> None:
    look(page, app, run, "Where answers part")
    expect(ways(page)).to_have_count(5, timeout=FIRST_MS)
    # What looks like markup is text: there is no picture, and nothing was fetched.
    expect(ways(page).nth(1)).to_contain_text("I like <img src=x>")
    expect(page.locator("[role=treeitem] img")).to_have_count(0)

    ways(page).first.focus()
    page.keyboard.press("ArrowDown")
    expect(ways(page).nth(1)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(ways(page).nth(1)).to_have_attribute("aria-expanded", "false")
    expect(ways(page)).to_have_count(3)  # two are hidden, and no one hears of them
    page.keyboard.press("ArrowRight")
    expect(ways(page)).to_have_count(5)
    assert findings(page) == []

    page.keyboard.press(" ")  # from near: what follows alone, and the way back
    expect(page.get_by_text("After “I␣like␣<img␣src=x>”: 4 of 6 answers")).to_be_visible()
    expect(ways(page)).to_have_count(3)
    expect(ways(page).nth(1)).to_contain_text("2 of 4")
    assert findings(page) == []
    page.get_by_role("button", name="Back to the whole tree").click()
    expect(ways(page)).to_have_count(5)

    ways(page).nth(1).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/responses"), timeout=FIRST_MS)
    expect(page.get_by_text("Only answers that begin with")).to_be_visible()
    expect(page.get_by_text("4 samples of 6 calls")).to_be_visible()
