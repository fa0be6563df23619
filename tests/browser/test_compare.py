"""Compare in a real browser, on the real embedded model: from a fresh start to a full response."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import App
from tests.browser.drafts import asking, draft_with
from tests.faulty import FaultyServer

Contexts = Callable[..., BrowserContext]
QUESTION = "Does a higher temperature change what the model says first"
RUN = re.compile(r"^Run \d+ × \d+")


def open_app(page: Page, app: App, path: str = "/") -> None:
    page.goto(f"{app.url}{path}")
    expect(page.get_by_role("button", name=RUN)).to_be_visible()


def set_repeats(page: Page, repeats: int) -> None:
    field = page.get_by_label("Calls for each", exact=True)
    field.fill(str(repeats))
    field.press("Tab")
    expect(page.get_by_role("button", name=re.compile(rf"× {repeats}\b"))).to_be_enabled()


def run_to_its_end(page: Page) -> None:
    page.get_by_role("button", name=RUN).click()
    expect(page.get_by_text("Answers side by side")).to_be_visible(timeout=90_000)


def run_of(page: Page) -> str:
    expect(page).to_have_url(re.compile("run=01"))
    found = re.search(r"run=(\w+)", page.url)
    assert found
    return found.group(1)


def test_a_newcomer_runs_an_example_without_a_key_and_opens_a_response(
    page: Page, app: App
) -> None:
    open_app(page, app)
    expect(page.get_by_text("Ready, and no key is needed")).to_be_visible()
    set_repeats(page, 5)

    run_to_its_end(page)

    charts = page.get_by_test_id("stPlotlyChart")
    expect(charts).to_have_count(8)  # the trend, and three of the first tokens among them
    expect(page.get_by_role("figure", name=re.compile(r"^Why answers ended\. .*“T = 0”: .* of 5")))
    page.get_by_role("button", name=re.compile(r"^5 ×")).first.click()
    expect(page).to_have_url(re.compile("/responses"))
    expect(page.get_by_text("Finish reason:")).to_be_visible()
    page.get_by_role("tab", name="Request as sent").click()
    expect(page.get_by_text('"max_tokens": 2')).to_be_visible()
    expect(page.get_by_text("What the lab added, and why")).to_be_visible()
    page.get_by_role("tab", name="Response", exact=True).click()
    expect(page.get_by_text("The answer came as a stream:")).to_be_visible()
    page.get_by_role("tab", name="Raw bytes and headers").click()
    expect(page.get_by_text("data: {").first).to_be_visible()


def test_a_run_is_stopped_and_what_is_there_is_shown(page: Page, app: App) -> None:
    open_app(page, app)
    set_repeats(page, 200)
    page.get_by_role("button", name=RUN).click()
    expect(page.get_by_test_id("stProgress")).to_contain_text(re.compile(r"[1-9]\d* of 600 calls"))

    page.get_by_role("button", name="Stop").click()

    expect(page.get_by_text(re.compile(r"Stopped at \d+ of 600 planned samples"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Ask for the missing"))).to_be_visible()


def test_a_run_goes_on_while_the_tab_is_reloaded_or_closed(new_context: Contexts, app: App) -> None:
    context = new_context()
    page = context.new_page()
    open_app(page, app)
    set_repeats(page, 15)
    page.get_by_role("button", name=RUN).click()
    run = run_of(page)
    expect(page.get_by_test_id("stProgress")).to_be_visible()

    page.reload()
    expect(page.get_by_test_id("stProgress").or_(page.get_by_text("Answers side by side")))
    page.close()
    other = context.new_page()
    other.goto(f"{app.url}/?run={run}")

    expect(other.get_by_text("All 45 planned calls have an answer")).to_be_visible(timeout=90_000)


def test_what_was_typed_survives_a_reload(page: Page, app: App) -> None:
    open_app(page, app)
    field = page.get_by_role("textbox", name="User")
    field.fill("Name a tree.")
    field.press("Tab")
    system = page.get_by_label("System", exact=True)
    system.fill("Be <b>brief</b>.")
    system.press("Tab")
    set_repeats(page, 7)

    page.reload()

    expect(page.get_by_role("textbox", name="User")).to_have_value("Name a tree.")
    expect(page.get_by_label("System", exact=True)).to_have_value("Be <b>brief</b>.")
    expect(page.get_by_role("button", name=re.compile("× 7"))).to_be_visible()


def test_ctrl_enter_in_a_text_runs_what_was_just_typed(page: Page, app: App) -> None:
    open_app(page, app)
    set_repeats(page, 1)
    field = page.get_by_label("Assistant prefill (optional)", exact=True)
    field.fill("The capital of France is")

    field.press("Control+Enter")

    expect(page.get_by_text("Answers side by side")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name=re.compile(r"^1 ×")).first.click()
    expect(page).to_have_url(re.compile("/responses"))
    prefill = page.get_by_text("The capital of France is", exact=True)
    expect(prefill.first).to_be_visible()


def test_an_example_is_loaded_and_taken_back(page: Page, app: App) -> None:
    open_app(page, app)
    page.get_by_role("button", name="Length limit: 5, 20, 60 tokens").click()
    user = page.get_by_role("textbox", name="User")
    expect(user).to_have_value("Name three fruits.")

    page.get_by_role("button", name="Undo").click()

    expect(user).to_have_value("Finish my sentence.")


def test_the_form_shows_and_edits_the_same_configurations(page: Page, app: App) -> None:
    open_app(page, app)
    page.get_by_role("radio", name="Form").click()
    expect(page.get_by_label("Name", exact=True).first).to_have_value("T = 0")
    temperature = page.get_by_label("temperature", exact=True).nth(1)
    expect(temperature).to_have_value("0.7")
    temperature.fill("3")
    temperature.press("Tab")

    expect(page.get_by_text("temperature is 3.0, but must be between 0 and 2.")).to_be_visible()
    expect(page.get_by_role("button", name="Run", exact=False).first).to_be_disabled()


def test_two_visitors_have_drafts_of_their_own(new_context: Contexts, app: App) -> None:
    one, two = new_context().new_page(), new_context().new_page()
    open_app(one, app)
    open_app(two, app)
    field = one.get_by_role("textbox", name="User")
    field.fill("Mine.")
    field.press("Tab")
    two.reload()

    expect(two.get_by_role("textbox", name="User")).to_have_value("Finish my sentence.")
    expect(one.get_by_role("textbox", name="User")).to_have_value("Mine.")


def test_more_of_each_pays_for_the_new_calls_only(page: Page, app: App) -> None:
    open_app(page, app)
    set_repeats(page, 2)
    run_to_its_end(page)
    expect(page.get_by_text("All 6 planned calls have an answer")).to_be_visible()

    page.get_by_role("button", name="2 more of each").click()

    expect(page.get_by_text("All 12 planned calls have an answer")).to_be_visible(timeout=90_000)
    expect(page.get_by_text("N was raised after results were seen")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_screen(new_context: Contexts, app: App, width: int) -> None:
    page = new_context(viewport={"width": width, "height": 844}).new_page()
    open_app(page, app)

    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    assert overflow <= 0


def test_a_page_opened_directly_has_its_shell(page: Page, app: App) -> None:
    page.goto(f"{app.url}/compare")

    expect(page.get_by_role("button", name=RUN)).to_be_visible()
    expect(page).to_have_title("Compare · Sampling Lab")


def test_a_click_on_a_bar_shows_its_samples_and_the_way_back_is_free(
    page: Page, app: App, faulty: FaultyServer
) -> None:
    path = draft_with(
        app,
        asking(
            {"name": "whole", "url": faulty.url("ok")},
            {"name": "cut", "url": faulty.url("ok"), "max_tokens": 1},
        ),
    )
    open_app(page, app, path)
    run_to_its_end(page)
    bar = page.locator(".js-plotly-plot").first.locator(".bars .point path").last
    expect(bar).to_be_visible()
    box = bar.bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)

    page.mouse.click(*middle)

    expect(page).to_have_url(re.compile("/responses"))
    expect(page.get_by_text(re.compile(r"^3 .*of 6 calls"))).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_text("Answers side by side")).to_be_visible()
    expect(page).to_have_url(re.compile(r"run=01"))


def test_the_bare_address_offers_what_was_left_off_to_this_browser_alone(
    new_context: Contexts, app: App
) -> None:
    context = new_context()
    page = context.new_page()
    open_app(page, app)
    name = page.get_by_label("Experiment name", exact=True)
    name.fill("Rivers")
    name.press("Tab")
    set_repeats(page, 3)
    page.close()

    again, stranger = context.new_page(), new_context().new_page()
    open_app(again, app)
    open_app(stranger, app)
    again.get_by_role("button", name="Continue where you left off").click()

    expect(again.get_by_role("button", name=re.compile("× 3"))).to_be_visible()
    expect(again.get_by_label("Experiment name", exact=True)).to_have_value("Rivers")
    expect(stranger.get_by_role("button", name="Continue where you left off")).to_have_count(0)


def test_the_sweep_menu_closes_once_it_has_made_its_configurations(page: Page, app: App) -> None:
    open_app(page, app)
    page.get_by_role("button", name="Sweep").click()
    page.get_by_label("Values of the first one", exact=True).fill("0, 1")

    page.get_by_role("button", name="Make these configurations").click()

    expect(page.get_by_role("button", name=re.compile(r"^Run 2 ×"))).to_be_visible()
    expect(page.get_by_role("button", name="Make these configurations")).to_have_count(0)


def test_no_field_is_made_anew_by_what_is_typed_in_another(page: Page, app: App) -> None:
    """One that is made anew takes away what somebody has begun to type in it."""
    open_app(page, app)
    page.get_by_role("radio", name="Form").click()
    temperatures = page.get_by_label("temperature", exact=True)
    expect(temperatures).to_have_count(3)
    expect(page.get_by_text(QUESTION)).to_be_visible()
    page.locator("input[type=text], input[type=number], textarea").evaluate_all(
        "fields => { window.kept = fields }"
    )

    def type_in(field: Locator, text: str) -> None:
        field.fill(text)
        field.press("Tab")

    type_in(temperatures.nth(1), "0.9")
    expect(page.get_by_label("Name", exact=True).nth(1)).to_have_value("T = 0.9")
    name = page.get_by_label("Experiment name", exact=True)
    expect(name).to_have_value("Temperature: 0, 0.9, 1.3")
    expect(page.get_by_text(QUESTION)).to_have_count(0)
    type_in(page.get_by_label("top_p", exact=True).first, "0.5")
    expect(page.get_by_text("temperature and top_p both differ")).to_be_visible()
    type_in(page.get_by_label("Assistant prefill (optional)", exact=True), "")
    expect(page.get_by_text("local continues the prefill")).to_have_count(0)
    type_in(page.get_by_label("User", exact=True), "Name a {{thing}}.")
    expect(page.get_by_text("Variables, filled into")).to_be_visible()
    expect(page.get_by_text("This can't be run yet.")).to_be_visible()

    assert page.evaluate("kept.filter(each => !each.isConnected).map(each => each.ariaLabel)") == []


def test_a_cell_keeps_the_keyboard_when_a_name_follows_it(page: Page, app: App) -> None:
    open_app(page, app)
    grid = page.get_by_test_id("stDataFrame").first
    grid.click(position={"x": 150, "y": 55})
    opened = page.locator("#portal input")
    for number, name in (("2", "Temperature: 2, 0.7, 1.3"), ("1", "Temperature: 2, 1, 1.3")):
        page.keyboard.press(number)
        expect(opened).to_have_value(number)
        page.keyboard.press("Enter")  # the cell below has the keyboard now, and keeps it
        expect(page.get_by_label("Experiment name", exact=True)).to_have_value(name)
