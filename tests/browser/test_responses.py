"""Responses in a real browser: choosing, stepping, linking, noting, and text that wants to act."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Request, expect

from lib.domain.vocabulary import Slot, Usage
from lib.store import Store
from tests.browser.conftest import App
from tests.browser.drafts import asking, draft_with
from tests.browser.test_access import findings
from tests.browser.test_compare import RUN, open_app, run_of, set_repeats
from tests.browser.test_troubles import HOSTILE
from tests.faulty import FaultyServer
from tests.pages import filling

FIRST_MS = 30_000
"""For a server that has imported nothing yet."""
Contexts = Callable[..., BrowserContext]
TABS = (
    "Text",
    "Request as sent",
    "Response",
    "Usage and timing",
    "Raw bytes and headers",
    "Compare",
)


@pytest.fixture(scope="module")
def store(app: App) -> Iterator[Store]:
    """The app's own store, opened by a second process, as a shell would."""
    opened = Store.open(app.home / "lab.sqlite")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def run(store: Store) -> str:
    """A run of two configurations, twelve samples each: more than a page of the list."""

    def read(slot: Slot) -> Mapping[str, Any]:
        return {
            "text": f"The {'cat' if slot.number == 1 else 'dog'} sat on mat {slot.repeat}.",
            "usage": Usage(5, slot.repeat),
            "finish_reason": "length" if slot.repeat == 12 else "stop",
        }

    return filling.filled(store, "cats", "dogs", repeats=12, read=read)


def look(page: Page, app: App, run: str, **params: str) -> None:
    page.goto(f"{app.url}/responses?run={run}" + "".join(f"&{n}={v}" for n, v in params.items()))
    expect(samples(page)).to_be_visible(timeout=FIRST_MS)


def samples(page: Page) -> Locator:
    return page.get_by_role("listbox", name=re.compile("^Samples, page"))


def row(page: Page, name: str) -> Locator:
    return samples(page).get_by_role("option", name=re.compile(rf"^Sample {re.escape(name)},"))


def expect_open(page: Page, name: str) -> None:
    expect(page.get_by_text(re.compile(rf"^Sample {re.escape(name)}, "))).to_be_visible()
    expect(page).to_have_url(re.compile(rf"[?&]sample={re.escape(name)}(&|$)"))
    expect(row(page, name)).to_have_attribute("aria-selected", "true")


def choose_tab(page: Page, name: str) -> None:
    """Press until it is chosen: while the page is drawn anew, a press is lost."""
    tab = page.get_by_role("tab", name=name, exact=True)
    for _ in range(10):
        tab.click()
        with suppress(AssertionError):
            return expect(tab).to_have_attribute("aria-selected", "true", timeout=3_000)
    raise AssertionError(f"The tab {name} can't be chosen.")


def outside(page: Page, app: App) -> list[str]:
    """What is asked of any other address than the app's own, from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((app.url, app.url.replace("http", "ws"), "data:", "blob:")):
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_a_page_opened_directly_has_its_shell_and_asks_nobody_else(page: Page, app: App) -> None:
    asked = outside(page, app)

    page.goto(f"{app.url}/responses")

    expect(page.get_by_role("heading", name="Responses")).to_be_visible(timeout=FIRST_MS)
    expect(page).to_have_title("Responses · Sampling Lab")
    bar = page.get_by_test_id("stTopNav")
    expect(bar.get_by_role("link", name="Compare")).to_be_visible()
    assert asked == []


def test_a_click_opens_a_sample_and_back_returns_to_the_one_before(
    page: Page, app: App, run: str
) -> None:
    look(page, app, run)
    expect_open(page, "1.1")

    row(page, "1.3").click()
    expect_open(page, "1.3")
    expect(page.get_by_text("The cat sat on mat 3.").last).to_be_visible()
    row(page, "1.7").click()
    expect_open(page, "1.7")
    page.go_back()

    expect_open(page, "1.3")


def test_a_link_opens_its_sample_on_its_page_of_the_list(page: Page, app: App, run: str) -> None:
    look(page, app, run, sample="2.11")
    expect_open(page, "2.11")

    page.reload()

    expect_open(page, "2.11")


def test_keys_step_through_the_list_and_turn_its_pages(page: Page, app: App, run: str) -> None:
    look(page, app, run, sample="1.9")
    expect_open(page, "1.9")
    page.get_by_role("tab", name="Usage and timing").click()
    expect(page.get_by_role("table", name="Tokens, times and names")).to_be_visible()

    for expected in ("1.10", "1.11", "1.12"):
        page.keyboard.press("j")
        expect_open(page, expected)
    page.keyboard.press("k")

    expect_open(page, "1.11")
    # The tab stays, and is that of the sample that is open now.
    expect(page.get_by_role("row", name=re.compile("^output tokens 11 "))).to_be_visible()


def test_arrow_keys_step_while_the_list_has_the_focus(page: Page, app: App, run: str) -> None:
    look(page, app, run)
    expect_open(page, "1.1")
    samples(page).focus()

    page.keyboard.press("ArrowDown")
    expect_open(page, "1.2")
    page.keyboard.press("ArrowDown")
    expect_open(page, "1.3")
    page.keyboard.press("ArrowUp")
    expect_open(page, "1.2")


def test_filters_are_set_by_hand_and_cleared(page: Page, app: App, run: str) -> None:
    look(page, app, run)
    field = page.get_by_role("textbox", name="Text contains")
    field.fill("DOG SAT")
    field.press("Enter")
    expect(page.get_by_text("12 samples of 24 calls")).to_be_visible()
    expect_open(page, "2.1")

    page.get_by_role("combobox", name="Finish reason").click()
    page.get_by_role("option", name="length").click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("1 sample of 24 calls")).to_be_visible()
    expect_open(page, "2.12")
    field.fill("no such text")
    field.press("Enter")
    expect(page.get_by_text("No sample matches these filters.")).to_be_visible()
    page.get_by_role("button", name="Clear the filters").click()

    expect(page.get_by_text("24 calls", exact=True)).to_be_visible()
    expect(field).to_have_value("")


def test_a_note_survives_a_reload_and_letters_in_it_are_no_commands(
    new_context: Contexts, app: App, run: str
) -> None:
    page = new_context().new_page()
    look(page, app, run, sample="1.5")
    note = page.get_by_role("textbox", name="Note")
    note.fill("jjkk <b>odd</b>")
    note.press("Control+Enter")
    expect(row(page, "1.5")).to_have_attribute("aria-label", re.compile("with a note"))
    expect_open(page, "1.5")

    page.reload()
    expect(page.get_by_role("textbox", name="Note")).to_have_value("jjkk <b>odd</b>")
    page.keyboard.press("j")
    expect_open(page, "1.6")
    expect(page.get_by_role("textbox", name="Note")).to_have_value("")
    page.get_by_role("textbox", name="Note").fill("left by a click")
    row(page, "1.8").click()
    expect_open(page, "1.8")
    expect(row(page, "1.6")).to_have_attribute("aria-label", re.compile("with a note"))
    other = new_context().new_page()
    look(other, app, run, sample="1.5")

    expect(other.get_by_role("textbox", name="Note")).to_have_value("jjkk <b>odd</b>")


def test_two_samples_stand_side_by_side_and_their_differences_are_told_without_colour(
    page: Page, app: App, run: str
) -> None:
    look(page, app, run)
    page.get_by_role("tab", name="Compare").click()
    page.get_by_role("combobox", name="Compare with").click()
    page.get_by_role("option", name="the same repeat under 2").click()

    removed = page.get_by_role("deletion").filter(has_text="− cat")
    added = page.get_by_role("insertion").filter(has_text="+ dog")
    expect(removed).to_have_text("[only in 1.1, cats: − cat] ")
    expect(added).to_have_text("[only in 2.1, dogs: + dog] ")
    told = "− 1 word or mark only in 1.1, + 1 word or mark only in 2.1."
    expect(page.get_by_text(told)).to_be_visible()
    page.get_by_role("heading", name="Responses").click()  # out of the field of the choice
    page.keyboard.press("j")

    expect_open(page, "1.2")  # the choice goes along
    expect(page.get_by_role("heading", name="2.2, dogs")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_tab_has_a_serious_finding_for_those_who_see_or_hear_otherwise(
    new_context: Contexts, app: App, run: str, theme: str
) -> None:
    page = new_context(color_scheme=theme).new_page()
    look(page, app, run)
    for name in TABS:
        page.get_by_role("tab", name=name, exact=True).click()
        if name == "Compare":
            page.get_by_role("combobox", name="Compare with").click()
            page.get_by_role("option", name="the same repeat under 2").click()
            expect(page.get_by_role("insertion").first).to_be_visible()
        expect(page.get_by_role("textbox", name="Note")).to_be_visible()

        assert findings(page) == [], name


def test_text_of_models_and_users_is_seen_and_does_nothing(
    page: Page, app: App, faulty: FaultyServer
) -> None:
    document = asking(
        {"name": HOSTILE, "url": faulty.url("xss"), "model": HOSTILE},
        {"name": f"{HOSTILE} 2", "url": faulty.url("ansi"), "logprobs": 5},
        name=HOSTILE,
        messages=[{"role": "user", "content": HOSTILE}],
    )
    open_app(page, app, draft_with(app, document))
    page.get_by_role("button", name=RUN).click()
    run = run_of(page)
    expect(page.get_by_text("Answers side by side")).to_be_visible()
    asked = outside(page, app)

    look(page, app, run)
    for name in TABS:
        choose_tab(page, name)
    page.get_by_role("combobox", name="Compare with").click()
    page.get_by_role("option", name="the same repeat under 2").click()
    expect(page.get_by_role("insertion").first).to_be_visible()
    page.get_by_role("combobox", name="Configuration").click()
    page.get_by_role("option", name=re.compile("^1: ")).click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("3 samples of 6 calls")).to_be_visible()
    note = page.get_by_role("textbox", name="Note")
    note.fill(HOSTILE)
    note.press("Control+Enter")
    page.get_by_role("tab", name="Text", exact=True).click()
    expect(page.get_by_text("<script>window.__pwned=1</script>").first).to_be_visible()
    page.get_by_role("button", name="Other runs").click()
    expect(page.get_by_text("Choose a run.")).to_be_visible()

    assert page.evaluate("window.__pwned === undefined")
    assert page.evaluate("document.querySelectorAll('a[href^=\"javascript:\"]').length") == 0
    assert page.evaluate("document.querySelectorAll('img[src*=leak], img[src=x]').length") == 0
    assert asked == []


def test_a_click_on_a_first_token_shows_the_samples_that_it_counts(page: Page, app: App) -> None:
    open_app(page, app)
    set_repeats(page, 2)
    page.get_by_role("button", name=RUN).click()
    expect(page.get_by_text("Answers side by side")).to_be_visible(timeout=90_000)
    chart = page.get_by_role("figure", name=re.compile("^First tokens of “T = 0”"))
    bar = chart.locator(".bars .point path").first
    expect(bar).to_be_visible()
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box
    left = (box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)  # no mark lies over it
    page.mouse.move(*left)

    page.mouse.click(*left)

    expect(page.get_by_role("heading", name="Responses")).to_be_visible()
    expect(page.get_by_text("Only answers by “T = 0” that begin with the token")).to_be_visible()
    expect(page.get_by_text("2 samples of 6 calls")).to_be_visible()
    expect(samples(page).get_by_role("option")).to_have_count(2)


def test_a_run_that_goes_on_is_looked_into_without_losing_ones_place(page: Page, app: App) -> None:
    open_app(page, app)
    set_repeats(page, 30)
    page.get_by_role("button", name=RUN).click()
    run = run_of(page)
    expect(page.get_by_test_id("stProgress")).to_contain_text(re.compile(r"[1-9]\d* of 90 calls"))

    page.get_by_role("link", name="Responses").click()
    expect(samples(page)).to_be_visible()
    last = samples(page).get_by_role("option").last
    name = (last.get_attribute("aria-label") or "").split(",")[0].removeprefix("Sample ")
    last.click()
    expect_open(page, name)

    expect(page.get_by_text("90 of 90 planned calls answered.")).to_be_visible(timeout=90_000)
    expect_open(page, name)
    assert run in page.url


def test_on_a_phone_a_tap_turns_to_the_sample_below_the_list(
    new_context: Contexts, app: App, run: str
) -> None:
    page = new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    look(page, app, run)
    heading = page.get_by_text(re.compile(r"^Sample 1\.4, "))

    row(page, "1.4").tap()

    expect(heading).to_be_in_viewport()
    for name in TABS:
        choose_tab(page, name)
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, name
