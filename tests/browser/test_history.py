"""History in a real browser: what no page test can show, dialogs and files."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from lib.store import Store
from tests.browser.conftest import App
from tests.pages import filling

CANARY = "medlar-5521 </pre><img src=http://127.0.0.1:9/leak>"


def test_a_run_is_saved_deleted_and_imported_and_its_report_opens_from_disk(
    app: App, page: Page, tmp_path: Path
) -> None:
    store = Store.open(app.home / "lab.sqlite")
    run = filling.filled(store, "Cold", "Warm", repeats=4, read=lambda s: {"text": CANARY})
    store.close()
    page.goto(f"{app.url}/history")
    line = page.locator(f".st-key-history-run-{run}")
    line.get_by_role("button", name="More", exact=True).click()

    with page.expect_download() as saved:
        line.get_by_role("button", name="JSON", exact=True).click()
    saved.value.save_as(tmp_path / "run.json")
    with page.expect_download() as reported:
        line.get_by_role("button", name="HTML report").click()
    reported.value.save_as(tmp_path / "run.html")

    line.get_by_role("button", name="Delete …").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("8 of 8 answered, stop 8")).to_be_visible()
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_have_count(0)
    expect(line).to_be_visible()
    line.get_by_role("button", name="Delete …").click()
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(line).to_have_count(0)
    for each in app.home.glob("lab.sqlite*"):
        assert not each.is_file() or b"medlar-5521" not in each.read_bytes()

    page.get_by_role("button", name="Import").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "run.json")
    expect(page.get_by_text("Imported.", exact=True)).to_be_visible()
    expect(line.get_by_text("imported")).to_be_visible()

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    address = (tmp_path / "run.html").as_uri()
    page.goto(address)
    expect(page.get_by_role("heading", name="Filled")).to_be_visible()
    expect(page.get_by_role("img", name="Why answers ended.")).to_be_visible()
    page.get_by_text("Cold: 4 samples").click()
    expect(page.get_by_text(CANARY).first).to_be_visible()
    assert (asked, blocked) == ([address], [])
    ink = page.locator("h1").evaluate("each => getComputedStyle(each).fontSize")
    assert ink == "28px"  # the style sheet is let through by its hash
