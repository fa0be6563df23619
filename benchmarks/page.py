"""Drawing the lab's pages with many samples in the store, beside pages that show next to nothing.

By Streamlit's own test runner, which runs a page's script as the server does but draws nothing:
so it is the work of the server for each click, without the browser's.
"""

from __future__ import annotations

import logging
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks.kept import finished_run, running_run
from benchmarks.report import Repeated, show, times

_APP = Path(__file__).parents[1] / "app.py"
_RESPONSES = "pages/responses.py"
_EMPTY = "import streamlit as st\n"
_TOY = """
import plotly.graph_objects as go
import streamlit as st

for place in range(3):
    st.plotly_chart(go.Figure(go.Bar(x=[1, 2, 3], y=[3, 1, 2])), key=f"toy.{place}")
"""
_POLL = """
import streamlit as st

from lib.ui import resources
from lib.ui.compare import progress, results

snapshot = resources.engine().snapshot(st.session_state["looked_at"])
progress.running(snapshot)
results.live(snapshot)
"""
"""What Compare draws every half second while a run goes on."""
_LIMIT_S = 300.0
_WARNS = "streamlit.runtime.scriptrunner_utils.script_run_context"


@dataclass(slots=True)
class _Page:
    page: AppTest
    click: Callable[[AppTest], object] | None = None
    """What is done before it is drawn again."""
    first: tuple[float, float] = (0.0, 0.0)
    again: list[tuple[float, float]] = field(default_factory=list)
    sent: int = 0


def run(*, quick: bool, repeats: int | None = None) -> None:
    """Measure and print."""
    samples, many, often = (200, 1_000, 3) if quick else (2_000, 10_000, 15)
    repeats = repeats or often
    logging.getLogger(_WARNS).disabled = True  # of what a test runner has not
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home, store = Path(folder), Path(folder) / "lab.sqlite"
        os.environ |= {"SAMPLING_LAB_HOME": folder, "SAMPLING_LAB_STORE": f"{store}"}
        small, large = (finished_run(store, home, samples=n) for n in (samples, many))
        with running_run(store, home, samples=samples) as going_on:
            pages = {
                "an empty page": _Page(AppTest.from_string(_EMPTY)),
                "three toy charts": _Page(AppTest.from_string(_TOY)),
                "Compare, no run": _Page(AppTest.from_file(_APP)),
                f"Compare, {samples:,} samples": _Page(_compare(small)),
                f"Compare, {many:,} samples": _Page(_compare(large)),
                f"a live poll, {samples:,} samples": _Page(_poll(going_on)),
                f"Responses, {many:,} samples, Next": _Page(_responses(large), _next),
            }
            for each in pages.values():
                each.first = _drawn(each.page)
                _settle(each.page)
            for _ in range(repeats):
                for each in pages.values():
                    if each.click is not None:
                        each.click(each.page)
                    each.again.append(_drawn(each.page))
                    each.sent = _bytes(each.page)
    _show(pages, repeats)


def _compare(looked_at: str) -> AppTest:
    page = AppTest.from_file(_APP)
    page.query_params["run"] = looked_at
    return page


def _responses(looked_at: str) -> AppTest:
    page = AppTest.from_file(_APP).run(timeout=_LIMIT_S)
    page.query_params["run"] = looked_at
    return page.switch_page(_RESPONSES)


def _next(page: AppTest) -> None:
    page.button(key="responses.next").click()


def _poll(looked_at: str) -> AppTest:
    page = AppTest.from_string(_POLL)
    page.session_state["looked_at"] = looked_at
    return page


def _drawn(page: AppTest) -> tuple[float, float]:
    """Milliseconds that one run of its script takes: on the clock, and of the processor."""
    began, began_cpu = time.perf_counter(), time.process_time()
    page.run(timeout=_LIMIT_S)
    taken, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    if page.exception:
        raise RuntimeError(page.exception[0].message)
    return taken * 1000, cpu * 1000


def _settle(page: AppTest) -> None:
    """Draw it again until its comparisons are done, which go on behind it."""
    ends = time.monotonic() + _LIMIT_S
    while any("Testing whether" in bar.proto.text for bar in page.get("progress")):
        if time.monotonic() > ends:
            raise RuntimeError("the comparisons didn't end")
        time.sleep(0.2)
        page.run(timeout=_LIMIT_S)


def _bytes(page: AppTest) -> int:
    """Of all elements on the page, as the protocol writes them: what a browser gets to see it."""
    return sum(each.proto.ByteSize() for each in page.main if hasattr(each.proto, "ByteSize"))


def _show(pages: dict[str, _Page], repeats: int) -> None:
    wall = {name: Repeated.of(each for each, _ in page.again) for name, page in pages.items()}
    cpu = {name: Repeated.of(each for _, each in page.again) for name, page in pages.items()}
    empty, toy, *_ = cpu.values()
    show(
        f"page: one run of a page's script, median of {repeats} after the first",
        ["page", "first ms", "again ms", "again CPU ms", "/ empty", "/ toy charts", "kB"],
        [
            [
                name,
                f"{page.first[0]:,.0f}",
                str(wall[name]),
                str(cpu[name]),
                times(cpu[name].ratio(empty)),
                times(cpu[name].ratio(toy)),
                f"{page.sent / 1000:,.1f}",
            ]
            for name, page in pages.items()
        ],
        "Ratios are of CPU. The first run of Compare opens the store and counts answers. It does "
        "not wait for comparisons.",
        "kB: all elements of the page. A run sends those that have changed.",
    )
