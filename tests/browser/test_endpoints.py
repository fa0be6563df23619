"""Endpoints in a real browser: opened directly, a key typed, by keyboard, and for everyone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Request, WebSocket, expect

from lib.domain.configuration import Endpoint
from lib.store import Store
from tests.browser.conftest import App
from tests.browser.test_access import findings
from tests.browser.test_troubles import HOSTILE
from tests.faulty import FaultyServer

FIRST_MS = 60_000
"""For a server that has imported nothing yet."""
KEY = "canary-7d1e5a90b3c84f62a1de"


@pytest.fixture
def store(app: App) -> Iterator[Store]:
    """The app's own store, opened by a second process, as a shell would."""
    opened = Store.open(app.home / "lab.sqlite")
    yield opened
    for each in opened.servers():
        opened.forget_server(each.name)
    opened.close()


def look(page: Page, app: App) -> None:
    page.goto(f"{app.url}/endpoints")
    expect(page.get_by_role("tab", name="What it takes")).to_be_visible(timeout=FIRST_MS)
    expect(page.get_by_role("table").first).to_be_visible()


def test_the_page_opens_directly_with_its_title_and_place_in_the_bar(page: Page, app: App) -> None:
    look(page, app)

    expect(page).to_have_title("Endpoints · Sampling Lab")
    expect(page.get_by_role("heading", name="Endpoints")).to_be_visible()
    expect(page.get_by_role("link", name="Endpoints")).to_be_visible()


def test_a_typed_key_goes_to_its_server_and_is_nowhere_else(
    page: Page, app: App, store: Store, faulty: FaultyServer
) -> None:
    store.save_server(Endpoint(name="mine", base_url=faulty.url("ok")))
    asked: list[Request] = []
    received: list[str | bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: received.append(frame))

    page.on("request", lambda request: asked.append(request))
    page.on("websocket", listen)
    look(page, app)
    field = page.get_by_role("textbox", name="Key of mine")
    field.fill(KEY)
    field.press("Enter")
    expect(page.get_by_text("Key in use: typed in this session.")).to_be_visible()
    expect(field).to_have_value("")

    page.get_by_role("button", name="Test mine").click()

    expect(page.get_by_text("It answers, and has 2 models")).to_be_visible()
    assert faulty.keys == {f"Bearer {KEY}"}
    assert KEY not in page.content()
    assert received
    for frame in received:
        assert KEY.encode() not in (frame.encode() if isinstance(frame, str) else frame)
    assert all(each.url.startswith((app.url, "data:", "blob:")) for each in asked)
    assert all(KEY not in f"{each.url}{each.post_data or ''}" for each in asked)
    written = b"".join(
        path.read_bytes()
        for path in app.home.rglob("*")
        if path.is_file() and "models" not in path.parts
    )
    assert KEY.encode() not in written

    page.reload()

    expect(page.get_by_role("button", name="Test mine")).to_be_visible()
    expect(page.get_by_text("Key in use: typed in this session.")).to_have_count(0)
    assert KEY not in page.content()


def test_another_visitor_has_no_key_of_the_first(
    new_context: Callable[..., BrowserContext], app: App, store: Store, faulty: FaultyServer
) -> None:
    store.save_server(Endpoint(name="mine", base_url=faulty.url("ok")))
    one, two = new_context().new_page(), new_context().new_page()
    look(one, app)
    field = one.get_by_role("textbox", name="Key of mine")
    field.fill(KEY)
    field.press("Enter")
    expect(one.get_by_text("Key in use: typed in this session.")).to_be_visible()

    look(two, app)
    two.get_by_role("button", name="Test mine").click()

    expect(two.get_by_text("It answers, and has 2 models")).to_be_visible()
    assert all(KEY not in each for each in faulty.keys)


def test_a_server_is_added_and_a_model_chosen_by_keyboard(
    page: Page, app: App, store: Store, faulty: FaultyServer
) -> None:
    look(page, app)
    page.locator("summary", has_text="Add a server").focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Name").focus()
    page.keyboard.type("lab")
    page.keyboard.press("Tab")
    page.keyboard.type(faulty.url("ok"))
    page.keyboard.press("Tab")
    save = page.get_by_role("button", name="Save server")
    expect(save).to_be_enabled()
    save.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved: lab")).to_be_visible()

    page.get_by_role("combobox", name="Endpoint").focus()
    page.keyboard.type("lab")
    page.keyboard.press("Enter")
    model = page.get_by_role("combobox", name="Model")
    expect(page.get_by_text("Choose a model, or type its name, to see")).to_be_visible()
    model.focus()
    page.keyboard.type("my-own-model")
    page.keyboard.press("Enter")

    expect(page.get_by_text("The lab knows nothing of this model")).to_be_visible()
    assert [each.name for each in store.servers()] == ["lab"]


def test_a_hostile_name_and_hostile_models_do_nothing(
    page: Page, app: App, store: Store, faulty: FaultyServer
) -> None:
    store.save_server(Endpoint(name=HOSTILE, base_url=faulty.url("ok")))

    look(page, app)

    expect(page.get_by_role("button", name="Test this server")).to_be_visible()
    assert page.evaluate("window.__pwned === undefined")
    assert page.evaluate("document.querySelectorAll('img[src*=leak], img[src=x]').length") == 0
    assert faulty.requests == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_has_no_serious_finding(
    new_context: Callable[..., BrowserContext],
    app: App,
    store: Store,
    faulty: FaultyServer,
    theme: str,
    width: int,
) -> None:
    store.save_server(Endpoint(name="mine", base_url=faulty.url("ok")))
    context = new_context(color_scheme=theme, viewport={"width": width, "height": 900})
    page = context.new_page()
    look(page, app)
    page.get_by_role("button", name="Test mine").click()
    expect(page.get_by_text("It answers, and has 2 models")).to_be_visible()
    assert findings(page) == []

    page.get_by_role("tab", name="Audit").click()
    expect(page.get_by_role("button", name=re.compile("^Start the audit"))).to_be_visible()

    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
