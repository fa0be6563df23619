"""The Endpoints page: its widgets, its tables, and servers that are saved for it."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from lib.domain.configuration import Endpoint
from lib.store import Store
from lib.ui import resources
from tests.faulty import FaultyServer
from tests.pages.conftest import Open, button

PAGE = "pages/endpoints.py"
KEY = "sk-canary-0123456789abcdef"


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
