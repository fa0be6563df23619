"""Drafts put into an app's home: a page that opens one starts with any experiment."""

from __future__ import annotations

from typing import Any

from lib.store.drafts import Drafts
from tests.browser.conftest import App


def draft_with(app: App, document: dict[str, Any]) -> str:
    """The path that opens the app with this document in its editor."""
    drafts = Drafts(app.home / "drafts")
    name = drafts.new_id()
    assert drafts.save(name, {"document": document})
    return f"/?draft={name}"


def asking(*columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A document that asks endpoints of its own; each column names one by its URL."""
    urls = {column["url"] for column in columns}
    names = {url: f"mine{number}" for number, url in enumerate(sorted(urls))}
    return {
        "name": "Asking",
        "repeats": 3,
        "messages": [{"role": "user", "content": "Hi"}],
        "configurations": [
            {
                "model": "some-model",
                **{key: value for key, value in column.items() if key != "url"},
                "endpoint": names[column["url"]],
            }
            for column in columns
        ],
        "endpoints": {name: {"base_url": url} for url, name in names.items()},
        **more,
    }
