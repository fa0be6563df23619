"""Drawing the Compare page with samples in its store, beside pages that show next to nothing.

By Streamlit's own test runner, which runs a page's script as the server does but draws nothing:
so it is the work of the server for each click, without the browser's.
"""

from __future__ import annotations

import logging
import os
import tempfile
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks.kept import finished_run
from benchmarks.report import Repeated, show, times

_APP = Path(__file__).parents[1] / "app.py"
_EMPTY = "import streamlit as st\n"
_TOY = """
import plotly.graph_objects as go
import streamlit as st

for place in range(3):
    st.plotly_chart(go.Figure(go.Bar(x=[1, 2, 3], y=[3, 1, 2])), key=f"toy.{place}")
"""
_LIMIT_S = 120.0
_WARNS = "streamlit.runtime.scriptrunner_utils.script_run_context"


def run(*, quick: bool, repeats: int | None = None) -> None:
    """Measure and print."""
    samples, often = (200, 3) if quick else (2_000, 15)
    repeats = repeats or often
    logging.getLogger(_WARNS).disabled = True  # of what a test runner has not
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        os.environ |= {"SAMPLING_LAB_HOME": folder, "SAMPLING_LAB_STORE": f"{home / 'lab.sqlite'}"}
        looked_at = finished_run(home / "lab.sqlite", home, samples=samples)
        pages = {
            "an empty page": AppTest.from_string(_EMPTY),
            "three toy charts": AppTest.from_string(_TOY),
            "Compare, no run": AppTest.from_file(_APP),
            f"Compare, {samples:,} samples": AppTest.from_file(_APP),
        }
        *_, compare = pages.values()
        compare.query_params["run"] = looked_at
        first = {name: _drawn(page) for name, page in pages.items()}
        again: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
        for _ in range(repeats):
            for name, page in pages.items():
                again[name].append(_drawn(page))
    _show(first, again, repeats)


def _drawn(page: AppTest) -> tuple[float, float]:
    """Milliseconds that one run of its script takes: on the clock, and of the processor."""
    began, began_cpu = time.perf_counter(), time.process_time()
    page.run(timeout=_LIMIT_S)
    taken, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    if page.exception:
        raise RuntimeError(page.exception[0].message)
    return taken * 1000, cpu * 1000


def _show(
    first: dict[str, tuple[float, float]],
    again: dict[str, list[tuple[float, float]]],
    repeats: int,
) -> None:
    wall = {name: Repeated.of(each for each, _ in taken) for name, taken in again.items()}
    cpu = {name: Repeated.of(each for _, each in taken) for name, taken in again.items()}
    empty, toy, *_ = cpu.values()
    show(
        f"page: one run of a page's script, median of {repeats} after the first",
        ["page", "first CPU ms", "again ms", "again CPU ms", "/ empty", "/ toy charts"],
        [
            [
                name,
                f"{first[name][1]:,.0f}",
                str(wall[name]),
                str(cpu[name]),
                times(cpu[name].ratio(empty)),
                times(cpu[name].ratio(toy)),
            ]
            for name in again
        ],
        "Ratios are of CPU. The first run of Compare opens the store; that with samples analyses "
        "them, too.",
    )
