"""Make the pictures of the README anew: a real run on the embedded model, in a real browser.

Run by `make screenshots`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from playwright.sync_api import Page, expect, sync_playwright

from lib.providers.embedded import model
from tools.find_browser import find

ROOT = Path(__file__).parents[1]
PORT = 8611
CHARTS = 7
"""Of the example's three configurations: one each for its first tokens, and four of them all."""
URL = f"http://127.0.0.1:{PORT}"


def main() -> None:
    """Run the first example with 40 calls for each configuration, and picture what comes out."""
    browser = os.environ.get("SAMPLING_LAB_BROWSER") or find()
    if browser is None:
        sys.exit("No browser was found: python tools/find_browser.py --install gets one.")
    with tempfile.TemporaryDirectory() as home, _app(Path(home)), sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = launched.new_page(viewport={"width": 1440, "height": 1440})
        _compare(page)
        page.screenshot(path=ROOT / "docs" / "compare.png")
        page.set_viewport_size({"width": 1440, "height": 1060})
        _responses(page)
        page.screenshot(path=ROOT / "docs" / "responses.png")
        launched.close()


def _compare(page: Page) -> None:
    page.goto(URL)
    field = page.get_by_label("Calls for each", exact=True)
    field.fill("40")
    field.press("Tab")
    page.get_by_role("button", name="Run 3 × 40").click(timeout=60_000)
    expect(page.get_by_text("Answers side by side")).to_be_visible(timeout=300_000)
    expect(page.locator(".js-plotly-plot")).to_have_count(CHARTS, timeout=60_000)
    page.mouse.move(0, 0)
    page.wait_for_timeout(2000)  # the charts fade in


def _responses(page: Page) -> None:
    """The samples of an answer that came often, and of the first of them the request as sent."""
    page.get_by_role("button", name=re.compile(r"^40 ×")).first.click()
    expect(page.get_by_role("heading", name="Responses")).to_be_visible(timeout=60_000)
    page.get_by_role("tab", name="Request as sent").click()
    expect(page.get_by_text("What the lab added, and why")).to_be_visible(timeout=60_000)
    page.mouse.move(0, 0)
    page.wait_for_timeout(1000)


@contextmanager
def _app(home: Path) -> Iterator[None]:
    model.setup(home, progress=print)
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(PORT)],
        cwd=ROOT,
        env={**os.environ, "SAMPLING_LAB_HOME": str(home), "STREAMLIT_SERVER_HEADLESS": "true"},
    )
    try:
        _wait()
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait() -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            if httpx2.get(f"{URL}/_stcore/health").status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.2)
    sys.exit("The app didn't start.")


if __name__ == "__main__":
    main()
