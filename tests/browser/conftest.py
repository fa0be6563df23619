"""A real server, a real browser: the app as its users have it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.faulty import FaultyServer
from tests.homes import home_with_model
from tools.find_browser import find

ROOT = Path(__file__).resolve().parents[2]
READY_S = 60.0
expect.set_options(timeout=30_000)  # a browser, a server and a model share two cores


class App:
    """A running app: its address, its home, and what it printed."""

    def __init__(self, home: Path, *, embedded: bool) -> None:
        self.home, self.log = home, home / "app.log"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if "API_KEY" not in name},
            "SAMPLING_LAB_HOME": str(home),
            "STREAMLIT_SERVER_HEADLESS": "true",
        }
        self.environment.pop("SAMPLING_LAB_STORE", None)
        self.embedded = embedded
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "streamlit",
                    "run",
                    "app.py",
                    "--server.port",
                    str(self.port),
                ],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        ends = time.monotonic() + READY_S
        while not self._answers():
            if time.monotonic() > ends or self.process.poll() is not None:
                raise RuntimeError(self.log.read_text())
            time.sleep(0.1)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End the server."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        self.process.wait(timeout=20)

    def _answers(self) -> bool:
        with suppress(httpx2.HTTPError):
            answer = httpx2.get(f"{self.url}/_stcore/health", timeout=2)
            return answer.status_code == 200
        return False


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One server with the embedded model for all tests of a worker."""
    running = App(home_with_model(tmp_path_factory.mktemp("app")), embedded=True)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser that `make test` found, or one on this machine."""
    path = os.environ.get("SAMPLING_LAB_BROWSER") or find()
    assert path, "No browser was found: `python tools/find_browser.py --install` gets one."
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield launched
        launched.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts, each like a visitor of its own, and closes them."""
    made: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        wanted = {"viewport": {"width": 1440, "height": 900}, **options}
        made.append(browser.new_context(**wanted))  # type: ignore[arg-type]
        made[-1].set_default_timeout(30_000)
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page of a new visitor."""
    return new_context().new_page()


@pytest.fixture
def faulty() -> Iterator[FaultyServer]:
    """A local endpoint that plays faults, and counts what it gets."""
    with FaultyServer() as server:
        yield server
