"""What is drawn from in simulations, and the two that follow a whole plan: power, and looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lib.analysis import mover
from lib.analysis.contingency import fisher
from lib.analysis.power import agreement_calls, share_calls
from lib.analysis.sequential import levels
from lib.analysis.u_statistic import PairMean, agreement
from lib.domain.declared import Stop

Array = NDArray[np.float64]
ALPHA = 0.05
STOP = Stop(batch=10, most=100)


def _zipf(outputs: int) -> Array:
    shares = 1 / np.arange(1, outputs + 1)
    return np.asarray(shares / shares.sum())


DISTRIBUTIONS: Mapping[str, Array] = {
    "nearly one answer (0.95)": np.array([0.95, 0.03, 0.02]),
    "one answer of three (0.7)": np.array([0.7, 0.2, 0.1]),
    "two, equally often": np.array([0.5, 0.5]),
    "eight, equally often": np.full(8, 1 / 8),
    "Zipf over 200": _zipf(200),
    "one in two, rest rare": np.concatenate([[0.5], np.full(400, 0.5 / 400)]),
}


def draw(rng: np.random.Generator, shares: Array, n: int) -> list[str]:
    """The outputs of so many calls."""
    return [str(i) for i in rng.choice(len(shares), n, p=shares)]


def mean(outputs: Iterable[str]) -> PairMean:
    """How often two of them agree."""
    return agreement(np.array(list(Counter(outputs).values()), dtype=np.float64))


def power(runs: int) -> str:
    """Planned for 80 %: how often the difference is found with so many calls."""
    rows = []
    for row, (a, b) in enumerate(((0.5, 0.7), (0.9, 0.7), (0.1, 0.4))):
        rng, n = np.random.default_rng([31, row]), share_calls(a, b) or 0
        counts = zip(rng.binomial(n, a, runs), rng.binomial(n, b, runs), strict=True)
        found = sum(fisher(int(x), n, int(y), n) <= ALPHA for x, y in counts) / runs
        rows.append(f"| share of {a:g} against {b:g} | {n} | {found:.3f} |")
    for row, (a, b) in enumerate(((0.5, 0.2), (0.9, 0.6), (0.3, 0.1))):
        rng, n = np.random.default_rng([32, row]), agreement_calls(a, b) or 0
        found = sum(
            _apart(_one_and_rare(rng, a, n), _one_and_rare(rng, b, n), ALPHA) for _ in range(runs)
        )
        rows.append(f"| agreement of {a:g} against {b:g} | {n} | {found / runs:.3f} |")
    return "\n".join(
        [
            f"`plan-calls` was asked for a power of 0.8; {runs} runs with the calls that it named. "
            "For agreement the outputs are those it plans for: one frequent, all others rare.\n",
            "| difference | calls of each | found |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _one_and_rare(rng: np.random.Generator, agree: float, n: int) -> PairMean:
    often = int(rng.binomial(n, agree**0.5))
    counts = [often] * (often > 0) + [1] * (n - often)
    return agreement(np.array(counts, dtype=np.float64))


def sequential(runs: int) -> str:
    """How often runs with looks end in "different", without a difference and with one."""
    rows = []
    for row, (name, shares) in enumerate(DISTRIBUTIONS.items()):
        rng = np.random.default_rng([21, row])
        ours, naive, once = _looks(rng, shares, shares, runs)[:3]
        rows.append(f"| {name} | {ours:.3f} | {naive:.3f} | {once:.3f} |")
    rng = np.random.default_rng(22)
    pairs: Sequence[tuple[str, str]] = (
        ("one answer of three (0.7)", "eight, equally often"),
        ("nearly one answer (0.95)", "one answer of three (0.7)"),
        ("two, equally often", "one answer of three (0.7)"),
    )
    seen = []
    for a, b in pairs:
        ours, _, once, calls = _looks(rng, DISTRIBUTIONS[a], DISTRIBUTIONS[b], runs // 4)
        seen.append(f"| {a}; {b} | {ours:.3f} | {once:.3f} | {calls:.0f} |")
    return "\n".join(
        [
            f"A look after every {STOP.batch} calls of each, at most {STOP.most}; no difference; "
            f"{runs} runs a row. How often a run ends in “different”:\n",
            "| outputs of both | lab's looks | p <= 0.05 at any look | one look, at the end |",
            "|---|---|---|---|",
            *rows,
            "",
            f"With a difference, {runs // 4} runs a row:\n",
            "| outputs | found by the lab's looks | by one look at the end | mean calls of each |",
            "|---|---|---|---|",
            *seen,
        ]
    )


def _looks(
    rng: np.random.Generator, shares_a: Array, shares_b: Array, runs: int
) -> tuple[float, float, float, float]:
    """How often the lab's looks, naive looks and one look find something; calls that it took."""
    parts = levels(STOP, alpha=ALPHA)
    ours = naive = once = calls = 0
    for _ in range(runs):
        a, b = draw(rng, shares_a, STOP.most), draw(rng, shares_b, STOP.most)
        stopped, peeked, last = 0, False, False
        for n, part in zip(STOP.looks(), parts, strict=True):
            means = mean(a[:n]), mean(b[:n])
            last = _apart(*means, ALPHA)
            peeked |= last
            if not stopped and last and _apart(*means, part):
                stopped = n
        ours, naive, once = ours + bool(stopped), naive + peeked, once + last
        calls += stopped or STOP.most
    return ours / runs, naive / runs, once / runs, calls / runs


def _apart(a: PairMean, b: PairMean, alpha: float) -> bool:
    ends = mover.difference(a, b, alpha=alpha)
    return ends is not None and not ends[1] <= 0 <= ends[2]
