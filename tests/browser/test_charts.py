"""What Plotly itself makes of a label: in a real browser, as the library may change its mind."""

from pathlib import Path

import plotly
from playwright.sync_api import Page

from lib.charts.inert import label, plain_label
from lib.charts.theme import DESK

SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
HOSTILE = [
    "<b>bold</b>",
    "<a href='javascript:x'>link</a>",
    "one<br>line",
    "&lt;b&gt; &amp; &#36;",
    "$x^2$",
    "<img src=x onerror=alert(1)>",
    "<span style='font-size:90px'>big</span>",
    "<sub>low</sub>",
    "%{x}",
    "\u202eturned",
]


def test_labels_show_literally_in_ticks_bars_legends_and_hover_boxes(page: Page) -> None:
    labels = [label(text) for text in HOSTILE]
    chart = DESK.figure(height=600, legend=True)
    for row, text in enumerate(labels):
        chart.add_bar(
            orientation="h",
            x=[1],
            y=[row],
            name=text,
            text=[text],
            hovertext=[text],
            hoverinfo="text",
        )
    chart.update_layout(xaxis=DESK.axis(), yaxis=DESK.names_axis(labels))
    html = chart.to_html(include_plotlyjs=False, full_html=False)
    page.set_content(f"<script>{SCRIPT.read_text(encoding='utf-8')}</script>{html}")
    page.wait_for_selector(".legendtext")

    shown = [plain_label(text) for text in HOSTILE]
    for place in (".ytick text", ".legendtext", ".bartext"):
        texts = page.eval_on_selector_all(place, "all => all.map(each => each.textContent)")
        assert sorted(texts) == sorted(shown), place
    page.mouse.move(*middle(page, ".barlayer .point"))
    page.wait_for_selector(".hoverlayer text")
    assert page.locator(".hoverlayer text").first.text_content() in shown
    assert page.locator("svg a, svg image, svg sub").count() == 0


def middle(page: Page, place: str) -> tuple[float, float]:
    box = page.locator(place).nth(2).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
