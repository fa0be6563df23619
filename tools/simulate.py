"""`python -m tools.simulate`: how often intervals cover and tests raise false alarms, as a table.

Writes docs/simulations.md anew. Seeds are fixed: the same figures come again on any machine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from lib.analysis import mover
from lib.analysis.brunner_munzel import brunner_munzel, longer
from lib.analysis.collision import collision_probability
from lib.analysis.contingency import fisher
from lib.analysis.energy import energy_test
from lib.analysis.entropy import entropy
from lib.analysis.proportions import newcombe, wilson
from lib.analysis.trend import change, contrast, p_value
from lib.analysis.u_statistic import pair_mean
from lib.analysis.unseen import unseen_mass
from lib.domain.vocabulary import Estimate
from tools.simulated import ALPHA, DISTRIBUTIONS, Array, draw, mean, power, sequential

CALLS = (5, 10, 20, 50)
PERMUTATIONS = 199
PAGE = Path(__file__).parents[1] / "docs" / "simulations.md"


def main() -> None:
    """Simulate, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tools.simulate", description=__doc__)
    parser.add_argument("--runs", type=int, default=2000, help="of each cell (default 2000)")
    parser.add_argument("--looks", type=int, default=2000, help="runs with looks (default 2000)")
    runs, looks = (given := parser.parse_args()).runs, given.looks
    parts = [
        _HEAD.format(runs=runs, looks=looks, error=f"{1.96 * (0.05 * 0.95 / runs) ** 0.5:.3f}"),
        "## Coverage of 95 % intervals\n",
        *_coverage(runs),
        "## False alarms at 0.05\n",
        *_alarms(runs),
        "## Power of planned calls\n",
        power(runs),
        "## Looking after every batch\n",
        sequential(looks),
    ]
    PAGE.write_text("\n".join(parts) + "\n", encoding="utf-8")
    sys.stdout.write(f"written: {PAGE}\n")


_HEAD = """# Simulations

What intervals and tests do on average where that can't be proved. Made by `make simulate`, that is
`python -m tools.simulate --runs {runs} --looks {looks}`, with fixed seeds; nothing here is typed by
hand. Each cell is {runs} runs, so a true 0.05 shows as 0.05 ± {error}. N is calls of each
configuration. A cell in which the method gives no interval is left out of its row's figures, and
marked: what isn't said can't be wrong.
"""


def _holds(e: Estimate, truth: float) -> bool | None:
    return None if e.low is None or e.high is None else e.low <= truth <= e.high


def _coverage(runs: int) -> Iterable[str]:
    def collision(rng: np.random.Generator, shares: Array, n: int) -> bool | None:
        return _holds(collision_probability(draw(rng, shares, n)), float(shares @ shares))

    def similar(rng: np.random.Generator, shares: Array, n: int) -> bool | None:
        places = np.arange(len(shares))
        kernel = np.exp(-np.abs(np.subtract.outer(places, places)) / 2)
        drawn = rng.multinomial(n, shares)
        seen = drawn > 0
        ends = pair_mean(kernel[np.ix_(seen, seen)], drawn[seen].astype(float)).interval(ALPHA)
        return None if ends is None else ends[0] <= float(shares @ kernel @ shares) <= ends[1]

    def unseen(rng: np.random.Generator, shares: Array, n: int) -> bool | None:
        found = draw(rng, shares, n)
        return _holds(unseen_mass(found), 1 - float(sum(shares[int(o)] for o in set(found))))

    def entropies(rng: np.random.Generator, shares: Array, n: int) -> bool | None:
        truth = float(-(shares * np.log(shares)).sum())
        return _holds(entropy(draw(rng, shares, n)), truth)

    def first_share(rng: np.random.Generator, shares: Array, n: int) -> bool | None:
        low, high = wilson(int(rng.binomial(n, shares[0])), n)
        return bool(low <= shares[0] <= high)

    def difference(rng: np.random.Generator, shares: Array, n: int) -> bool | None:
        other = DISTRIBUTIONS["eight, equally often"]
        ends = mover.difference(mean(draw(rng, shares, n)), mean(draw(rng, other, n)), alpha=ALPHA)
        truth = float(shares @ shares - other @ other)
        return None if ends is None else ends[1] <= truth <= ends[2]

    yield _grid("`collision_probability`: widened logit-t", collision, runs, seed=1)
    yield _grid("`mean_similarity`, neighbours alike: widened logit-t", similar, runs, seed=6)
    yield _grid("`unseen_mass`: Esty, Clopper-Pearson, birthdays", unseen, runs, seed=2)
    yield _grid("`entropy`, where it has an interval", entropies, runs, seed=3)
    yield _grid("share of the likeliest output: Wilson", first_share, runs, seed=4)
    yield _grid("difference of agreement from “eight, equally often”: MOVER", difference, runs, 5)


def _alarms(runs: int) -> Iterable[str]:
    def more_variable(rng: np.random.Generator, shares: Array, n: int) -> bool | None:
        ends = mover.difference(mean(draw(rng, shares, n)), mean(draw(rng, shares, n)), alpha=ALPHA)
        return None if ends is None else not ends[1] <= 0 <= ends[2]

    def content(rng: np.random.Generator, shares: Array, n: int) -> bool | None:
        a, b = (rng.multinomial(n, shares).astype(float) for _ in "ab")
        seen = (a + b) > 0
        found = energy_test(
            np.eye(int(seen.sum())), a[seen], b[seen], permutations=PERMUTATIONS, seed=_seed(rng)
        )
        return found.p <= ALPHA

    def shares_differ(rng: np.random.Generator, shares: Array, n: int) -> bool | None:
        a, b = (int(rng.binomial(n, shares[0])) for _ in "ab")
        _, low, high = newcombe(a, n, b, n)
        return fisher(a, n, b, n) <= ALPHA and not low <= 0 <= high

    def lengths(rng: np.random.Generator, shares: Array, n: int) -> bool | None:
        # The number of the output stands for its length; b has another spread, the same middle.
        a = rng.choice(len(shares), n, p=shares).astype(float)
        b = rng.choice(len(shares), n, p=shares).astype(float)
        found = brunner_munzel(a.tolist(), b.tolist(), permutations=PERMUTATIONS, seed=_seed(rng))
        low, high = longer(a.tolist(), b.tolist()).interval(ALPHA)
        return found.p <= ALPHA and not low <= 0 <= high

    def ladder(rng: np.random.Generator, shares: Array, n: int) -> bool | None:
        columns = [draw(rng, shares, n) for _ in range(4)]
        weights = contrast([0, 0.5, 1, 1.5])
        ends = change([mean(column) for column in columns], weights, alpha=ALPHA)
        if ends is None or ends.low <= 0 <= ends.high:
            return False  # a verdict takes both, so p needn't be known
        p = p_value(columns, weights, permutations=PERMUTATIONS, seed=_seed(rng))
        return p <= ALPHA

    yield _grid("whose answers repeat more often: MOVER", more_variable, runs, seed=11)
    yield _grid(
        f"same distribution: energy test, {PERMUTATIONS} permutations", content, runs // 2, seed=12
    )
    yield _grid("share of one output: Fisher with Newcombe", shares_differ, runs, seed=13)
    yield _grid("lengths: Brunner-Munzel with its interval", lengths, runs // 2, seed=14)
    yield _grid("trend over four temperatures", ladder, runs // 2, seed=15)


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


Cell = Callable[[np.random.Generator, Array, int], bool | None]


def _grid(title: str, cell: Cell, runs: int, seed: int) -> str:
    rows, every = [], []
    for row, (name, shares) in enumerate(DISTRIBUTIONS.items()):
        cells = []
        for column, n in enumerate(CALLS):
            rng = np.random.default_rng([seed, row, column])
            found = [cell(rng, shares, n) for _ in range(runs)]
            known = [each for each in found if each is not None]
            share = sum(known) / len(known) if len(known) >= runs / 10 else None
            every += [] if share is None else [share]
            cells.append(_shown(share, len(known) / runs))
        rows.append(f"| {name} | {' | '.join(cells)} |")
    heads = " | ".join(f"N = {n}" for n in CALLS)
    spread = (
        f"Mean {np.mean(every):.3f}, lowest {min(every):.3f}, highest {max(every):.3f}; "
        f"{runs} runs a cell."
    )
    lines = [f"**{title}.** {spread}\n", f"| outputs | {heads} |", "|---" * 5 + "|", *rows, ""]
    return "\n".join(lines)


def _shown(share: float | None, said: float) -> str:
    if share is None:
        return "–"
    return f"{share:.3f}" if said > 0.999 else f"{share:.3f} ({said:.0%} of runs)"


if __name__ == "__main__":
    main()
