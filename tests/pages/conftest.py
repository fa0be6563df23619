"""Pages without a browser: Streamlit's own test harness, with the real engine behind them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.store.drafts import Drafts
from lib.ui import resources
from tests.app_test import components_looked_for_once
from tests.faulty import FaultyServer

__all__ = ["components_looked_for_once"]

APP = str(Path(__file__).resolve().parents[2] / "app.py")
RUN_S = 60.0

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _main_module() -> Iterator[None]:
    """Streamlit puts the page in place of `__main__`, which children of later tests would run."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of the test's own, without a model; and nothing that an earlier test has cached."""
    for name in ("SAMPLING_LAB_STORE", "SAMPLING_LAB_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SAMPLING_LAB_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    yield tmp_path / "home"
    resources.engine().close()
    resources.engine().store.close()
    st.cache_resource.clear()


@pytest.fixture
def open_page(home: Path) -> Open:
    """Opens the app, with a document in its editor if one is given."""

    def open_it(document: dict[str, Any] | None = None, **params: str) -> AppTest:
        page = AppTest.from_file(APP, default_timeout=30)
        if document is not None:
            drafts = Drafts(home / "drafts")
            params["draft"] = drafts.new_id()
            assert drafts.save(params["draft"], {"document": document})
        for name, value in params.items():
            page.query_params[name] = value
        return page.run()

    return open_it


@pytest.fixture
def faulty() -> Iterator[FaultyServer]:
    """A local endpoint that plays faults, and counts what it gets."""
    with FaultyServer() as server:
        yield server


@pytest.fixture
def no_vendor_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment has no key and no address of a vendor."""
    for vendor in ("OPENAI", "ANTHROPIC", "GEMINI"):
        for name in (f"{vendor}_API_KEY", f"{vendor}_BASE_URL", "GOOGLE_GEMINI_BASE_URL"):
            monkeypatch.delenv(name, raising=False)


def run_to_its_end(page: AppTest) -> AppTest:
    """Press Run, and look again until the run has ended."""
    button(page, "Run ").click().run()
    return until_ended(page)


def until_ended(page: AppTest) -> AppTest:
    """Look again until no run is under way."""
    ends = time.monotonic() + RUN_S
    while any(each.label == "Stop" for each in page.button):
        assert time.monotonic() < ends, "the run didn't end"
        page.run()
    return page.run()


def button(page: AppTest, beginning: str) -> Any:
    """The first button whose label begins like this."""
    return next(each for each in page.button if each.label.startswith(beginning))


def told(page: AppTest) -> str:
    """All that the page says, in every kind of element."""
    kinds = (page.text, page.markdown, page.caption, page.error, page.warning, page.info)
    return "\n".join(str(each.value) for kind in kinds for each in kind)
