"""Widgets of the Compare page's editor, and a document to edit."""

from __future__ import annotations

import tomllib
from typing import Any

from streamlit.testing.v1 import AppTest

from tests.browser.drafts import asking
from tests.faulty import FaultyServer


def field(page: AppTest, label: str) -> Any:
    kinds = (page.text_area, page.text_input, page.number_input, page.selectbox, page.toggle)
    return next(each for kind in kinds for each in kind if each.label == label)


def choice(page: AppTest, label: str, place: int = 0) -> Any:
    return [each for each in page.segmented_control if each.label == label][place]


def one(faulty: FaultyServer, **more: Any) -> dict[str, Any]:
    return asking({"name": "one", "url": faulty.url("ok"), "max_tokens": 3}, repeats=1, **more)


def shared(page: AppTest) -> dict[str, Any]:
    """The experiment as the page offers it for download."""
    (toml,) = [each.value for each in page.code if each.language == "toml"]
    return tomllib.loads(toml)


def bodies(faulty: FaultyServer) -> list[Any]:
    return [each.json for each in faulty.requests]


def openai(**more: Any) -> dict[str, Any]:
    document = asking({"name": "a", "url": "http://127.0.0.1:1/v1"}, **more)
    document["configurations"] = [{"name": "a", "endpoint": "openai", "model": "m"}]
    return document


def grid(page: AppTest, *, version: str = "0.0", **edits: Any) -> None:
    page.session_state[f"compare.{version}.grid"] = {
        "edited_rows": {},
        "added_rows": [],
        "deleted_rows": [],
        **edits,
    }
