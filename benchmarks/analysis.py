"""The numbers of a run, beside the edit distances that they can't do without."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import combinations

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from benchmarks.made import TEMPERATURES, texts
from benchmarks.report import Repeated, show, times
from lib.analysis import summary
from lib.analysis.groups import Group
from lib.analysis.similarity import MOST_DISTINCT, similarities, spelled
from lib.analysis.tokens import as_code_points, tokens
from lib.domain.configuration import Configuration
from lib.domain.vocabulary import Sample, Slot, Usage

_TOKENS = 60


def run(*, quick: bool, repeats: int | None = None) -> None:
    """Measure and print."""
    outputs, often = (60, 1) if quick else (500, 5)
    repeats = repeats or often
    columns = [
        texts(outputs, tokens=_TOKENS, seed=10 + number) for number in range(len(TEMPERATURES))
    ]
    points = as_code_points(tokens(text) for column in columns for text in column)
    parts = [points[first : first + outputs] for first in range(0, len(points), outputs)]
    capped = [part[:MOST_DISTINCT] for part in parts]
    groups = [_group(number, column) for number, column in enumerate(columns, start=1)]
    (many,) = spelled([texts(4 * outputs, tokens=_TOKENS, seed=9)])
    ways: dict[str, Callable[[], object]] = {
        f"cdist, {4 * outputs:,} outputs": lambda: _alone([many.texts]),
        "lab, their similarities": lambda: similarities(many, many),
        f"cdist, first {len(capped[0])} of each, alone": lambda: _alone(capped),
        "lab, metrics": lambda: summary.analyse(groups, final=False),
        f"cdist, first {len(capped[0])} of each, all pairs": lambda: _pairs(capped),
        "lab, metrics and comparisons": lambda: summary.analyse(groups),
        f"cdist, all {outputs} of each, alone": lambda: _alone(parts),
        f"cdist, all {outputs} of each, all pairs": lambda: _pairs(parts),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            began = time.process_time()
            way()
            taken[name].append(time.process_time() - began)
    _show({name: Repeated.of(each) for name, each in taken.items()}, outputs, repeats)
    _whole(quick=quick, repeats=repeats)


def _whole(*, quick: bool, repeats: int) -> None:
    """Eight configurations of 250 answers, and one of 2,000: what a reader waits for."""
    configurations, outputs, tokens_, many = (3, 40, 60, 200) if quick else (8, 250, 100, 2_000)
    columns = [texts(outputs, tokens=tokens_, seed=20 + number) for number in range(configurations)]
    points = as_code_points(tokens(text) for column in columns for text in column)
    parts = [points[first : first + outputs] for first in range(0, len(points), outputs)]
    groups = [_group(number, column) for number, column in enumerate(columns, start=1)]
    alone = [_group(1, texts(many, tokens=tokens_, seed=40))]
    ways: dict[str, Callable[[], object]] = {
        "cdist, all pairs": lambda: _pairs(parts),
        "lab, metrics and comparisons": lambda: summary.analyse(groups),
        f"lab, {many:,} outputs in one configuration": lambda: summary.analyse(alone),
    }
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    wall: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            began, began_cpu = time.perf_counter(), time.process_time()
            way()
            cpu[name].append(time.process_time() - began_cpu)
            wall[name].append(time.perf_counter() - began)
    found = {name: Repeated.of(each) for name, each in cpu.items()}
    floor = next(iter(found.values()))
    show(
        f"analysis: {configurations} configurations x {outputs} different outputs of {tokens_} "
        f"tokens, median of {repeats}",
        ["work", "CPU s, all threads", "/ cdist", "wall s"],
        [
            [name, str(each), times(each.ratio(floor)), str(Repeated.of(wall[name]))]
            for name, each in found.items()
        ],
        "Every pair of configurations differs, so no permutation test is settled early. All cores "
        "share the edit distances. rapidfuzz compares outputs of up to 64 tokens many at once, and "
        "longer ones one by one.",
    )


def _alone(parts: Sequence[Sequence[str]]) -> None:
    for part in parts:
        cdist(part, part, scorer=Levenshtein.distance)


def _pairs(parts: Sequence[Sequence[str]]) -> None:
    _alone(parts)
    for a, b in combinations(parts, 2):
        cdist(a, b, scorer=Levenshtein.distance)


def _group(number: int, column: Sequence[str]) -> Group:
    configuration = Configuration(name=f"configuration {number}")
    samples = tuple(
        Sample(
            slot=Slot(repeat, configuration, number, (), repeat),
            text=text,
            outcome="ok",
            finish_reason="stop",
            raw_finish_reason="stop",
            usage=Usage(19, _TOKENS + repeat % 7),
            seconds=0.2 + repeat / 1000,
        )
        for repeat, text in enumerate(column, start=1)
    )
    return Group(name=configuration.name, planned=len(samples), samples=samples)


def _show(taken: dict[str, Repeated], outputs: int, repeats: int) -> None:
    rows, floor = [], next(iter(taken.values()))
    for name, each in taken.items():
        floor = each if name.startswith("cdist") else floor
        rows.append([name, str(each), times(each.ratio(floor))])
    show(
        f"analysis: {len(TEMPERATURES)} configurations x {outputs} different outputs of {_TOKENS} "
        f"tokens, median of {repeats}",
        ["work", "CPU s", "/ cdist above"],
        rows,
        f"Of more than {MOST_DISTINCT} different outputs the lab compares the first "
        f"{MOST_DISTINCT} calls, and says so.",
    )
