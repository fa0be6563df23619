"""Endpoints that fail, and text that wants to act: each is a sentence, and nothing happens."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import App
from tests.browser.drafts import asking, draft_with
from tests.browser.test_compare import RUN, open_app
from tests.faulty import FaultyServer

HOSTILE = (
    "<img src=x onerror='window.__pwned=1'>![x](http://leak.example/a)"
    "[y](javascript:window.__pwned=1) **b** :material/delete: $x^2$"
)


def start(page: Page, app: App, path: str) -> None:
    open_app(page, app, path)
    page.get_by_role("button", name=RUN).click()


def test_a_configuration_that_fails_never_hides_the_others(
    page: Page, app: App, faulty: FaultyServer
) -> None:
    path = draft_with(
        app,
        asking(
            {"name": "good", "url": faulty.url("ok")},
            {"name": "refused", "url": faulty.url("401")},
        ),
    )

    start(page, app, path)

    expect(page.get_by_text("Answers side by side")).to_be_visible()
    expect(page.get_by_text("Calls failed in 1 of 2 configurations.")).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"^refused: The key for mine\d was refused"))
    ).to_be_visible()
    expect(page.get_by_text("3 of 3 calls answered, 1 distinct")).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)


def test_a_run_without_any_answer_says_so(page: Page, app: App, faulty: FaultyServer) -> None:
    path = draft_with(app, asking({"name": "broken", "url": faulty.url("html_200")}))

    start(page, app, path)

    expect(page.get_by_text("No call has brought an answer")).to_be_visible()
    expect(page.get_by_text("Calls failed in 1 of 1 configuration.")).to_be_visible()


def test_an_endpoint_that_is_not_there_is_told_by_its_address(page: Page, app: App) -> None:
    path = draft_with(app, asking({"name": "gone", "url": "http://127.0.0.1:1/v1"}))

    start(page, app, path)

    expect(page.get_by_text(re.compile(r"gone: .*127\.0\.0\.1:1"))).to_be_visible(timeout=40_000)


def test_text_of_models_and_users_is_seen_and_does_nothing(
    page: Page, app: App, faulty: FaultyServer
) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((app.url, app.url.replace("http", "ws"), "data:", "blob:")):
            asked.append(request.url)

    page.on("request", note)
    path = draft_with(
        app,
        asking(
            {"name": HOSTILE, "url": faulty.url("xss"), "model": HOSTILE},
            {"name": "ansi", "url": faulty.url("ansi"), "logprobs": 5},
            name=HOSTILE,
            messages=[{"role": "user", "content": HOSTILE}],
        ),
    )
    start(page, app, path)
    expect(page.get_by_text("Answers side by side")).to_be_visible()

    page.get_by_role("button", name=re.compile(r"^3 ×")).first.click()
    expect(page).to_have_url(re.compile("/responses"))
    expect(page.get_by_text("<script>window.__pwned=1</script>").first).to_be_visible()
    for tab in ("Request as sent", "Response", "Usage and timing", "Raw bytes and headers"):
        page.get_by_role("tab", name=tab, exact=True).click()

    assert page.evaluate("window.__pwned === undefined")
    assert page.evaluate("document.querySelectorAll('a[href^=\"javascript:\"]').length") == 0
    assert page.evaluate("document.querySelectorAll('img[src*=leak], img[src=x]').length") == 0
    assert asked == []


def test_a_hostile_run_stays_inert_when_it_is_listed_and_opened_again(
    page: Page, app: App, faulty: FaultyServer
) -> None:
    path = draft_with(app, asking({"name": "a", "url": faulty.url("xss")}, name=HOSTILE))
    start(page, app, path)
    expect(page.get_by_text("Answers side by side")).to_be_visible()

    page.goto(app.url)

    expect(page.get_by_text("Earlier runs")).to_be_visible()
    assert page.evaluate("window.__pwned === undefined")
    assert page.evaluate("document.querySelectorAll('img[src*=leak], img[src=x]').length") == 0


def test_a_run_that_is_not_there_is_a_sentence(page: Page, app: App) -> None:
    open_app(page, app, "/?run=01NOSUCHRUN")

    expect(page.get_by_text("There is no such run here.")).to_be_visible()


def test_a_typed_key_goes_to_its_endpoint_and_into_no_other_page(
    page: Page, app: App, faulty: FaultyServer
) -> None:
    path = draft_with(app, asking({"name": "a", "url": faulty.url("ok")}))
    open_app(page, app, path)
    key = "canary-4f9c2a7d81e64b0c9d5a"
    page.get_by_role("button", name="Endpoints").click()
    field = page.get_by_label("Key", exact=True)
    field.fill(key)
    page.get_by_role("heading", name="Compare").click()  # leaves the field, and closes the popover

    page.get_by_role("button", name=RUN).click()

    expect(page.get_by_text("Answers side by side")).to_be_visible()
    assert faulty.keys == {f"Bearer {key}"}
    written = b"".join(
        path.read_bytes()
        for path in app.home.rglob("*")
        if path.is_file() and "models" not in path.parts
    )
    assert key.encode() not in written
    page.reload()
    expect(page.get_by_role("button", name=RUN)).to_be_visible()
    page.get_by_text("Set up", exact=True).click()
    assert key not in page.content()
