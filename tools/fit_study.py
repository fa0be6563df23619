"""`python -m tools.fit_study`: do the embedded model's draws follow the computed distribution?

For each prompt the whole next-token distribution is asked for once, and N real draws are made under
each of five settings. Writes docs/fit.md anew.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lib.analysis.first_position import first_position
from lib.analysis.groups import Group
from lib.analysis.next_token import NextToken
from lib.analysis.proportions import wilson
from lib.analysis.sampling import expected_under
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.domain.vocabulary import FirstToken
from lib.results.grouping import groups
from lib.results.next_token import asking, distribution, drawing
from tools.embedded import Bench, bench
from tools.prompts import PROMPTS, Prompt

PAGE = Path(__file__).parents[1] / "docs" / "fit.md"
ALPHA = 0.05
NEAR = 0.001
"""Tokens this close to a cut are left out of the count: rounding decides whether they are in."""
SETTINGS = {
    "T 1": Settings(temperature=1),
    "T 0.7": Settings(temperature=0.7),
    "top_k 10": Settings(temperature=1, top_k=10),
    "T 1.5, top_p 0.8": Settings(temperature=1.5, top_p=0.8),
    "all four": Settings(temperature=1.2, top_k=50, top_p=0.9, min_p=0.05),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Draws at one place under one setting."""

    n: int
    without: int
    """Answers whose first token came without a probability: parts of a character, ends of turn."""
    support: int
    """Tokens that the settings leave."""
    drawn: int
    """Different tokens among the draws."""
    near: int
    """Draws of tokens at a cut."""
    outside: int
    """Draws beyond the support, those at a cut left out."""
    p: float | None
    """`None`: one cell only, so nothing could contradict."""


def main() -> None:
    """Ask, test, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tools.fit_study", description=__doc__)
    parser.add_argument("--draws", type=int, default=200, help="of each cell (default 200)")
    parser.add_argument("--prompts", type=int, default=len(PROMPTS), help="the first so many")
    parser.add_argument("--seed", type=int, default=61_000, help="of the first prompt's plan")
    given = parser.parse_args()
    rows, began = [], time.monotonic()
    with bench() as there:
        for place, prompt in enumerate(PROMPTS[: given.prompts]):
            seed = given.seed + place
            rows.append(_cells(there, prompt, seed=seed, draws=given.draws))
            told = " ".join(_p(cell) for cell in rows[-1])
            taken = time.monotonic() - began
            sys.stdout.write(f"{taken:6.0f} s  seed {seed}  {told}  {prompt.words}\n")
            sys.stdout.flush()
    PAGE.write_text(_page(rows, given.draws, given.seed), encoding="utf-8")
    sys.stdout.write(f"written: {PAGE}\n")


def _cells(there: Bench, prompt: Prompt, *, seed: int, draws: int) -> list[Cell]:
    messages = (Message("user", prompt.message),)
    asked = asking(messages, prompt.prefill, model=there.model)
    whole = distribution(there.ask(asked, seed=seed))
    if whole is None or not whole.whole:
        raise RuntimeError("The whole distribution was not reported.")
    found = groups(there.ask(_drawing(there, prompt, draws), seed=seed))
    return [
        _cell(group, whole, settings, seed=seed)
        for group, settings in zip(found, SETTINGS.values(), strict=True)
    ]


def _drawing(there: Bench, prompt: Prompt, draws: int) -> Experiment:
    """All five settings in one experiment, in turn."""
    messages = (Message("user", prompt.message),)
    made = [
        drawing(messages, prompt.prefill, settings, model=there.model, draws=draws)
        for settings in SETTINGS.values()
    ]
    columns = (
        replace(each.configurations[0], name=name)
        for name, each in zip(SETTINGS, made, strict=True)
    )
    return replace(made[0], configurations=tuple(columns))


def _cell(group: Group, whole: NextToken, settings: Settings, *, seed: int) -> Cell:
    """The draws beside the whole distribution, tested as the Tokens page tests them."""
    drawn = [s.first_token.drawn.key for s in group.texts if s.first_token is not None]
    samples = tuple(
        sample
        if sample.first_token is None
        else replace(sample, first_token=FirstToken(sample.first_token.drawn, whole.tokens))
        for sample in group.samples
    )
    position = first_position(
        replace(group, samples=samples, settings=settings), permutations=9_999, seed=seed
    )
    inside = expected_under(settings, whole.tokens) or {}
    at_cut = (expected_under(_looser(settings, whole), whole.tokens) or {}).keys() - inside
    return Cell(
        n=len(drawn),
        without=len(group.samples) - len(drawn),
        support=len(inside),
        drawn=len(set(drawn)),
        near=sum(key in at_cut for key in drawn),
        outside=sum(key not in inside and key not in at_cut for key in drawn),
        p=None if position is None or position.fit is None else position.fit.p,
    )


def _looser(settings: Settings, whole: NextToken) -> Settings:
    """The settings with every cut moved by `NEAR`: of top_k in logarithms, of min_p by its part."""
    top_k = settings.top_k
    if top_k is not None:
        top_k = int((whole.logs >= whole.logs[min(top_k, len(whole.logs)) - 1] - NEAR).sum())
    return replace(
        settings,
        top_k=top_k,
        top_p=None if settings.top_p is None else min(1.0, settings.top_p + NEAR),
        min_p=None if settings.min_p is None else settings.min_p * (1 - NEAR),
    )


def _p(cell: Cell) -> str:
    return "–" if cell.p is None else f"{cell.p:.3f}"


def _page(rows: Sequence[Sequence[Cell]], draws: int, seed: int) -> str:
    cells = [cell for row in rows for cell in row]
    tested = [cell.p for cell in cells if cell.p is not None]
    rejected = sum(p <= ALPHA for p in tested)
    low, high = wilson(rejected, len(tested))
    table = [
        f"| {prompt.words} | {' | '.join(_p(cell) for cell in row)} |"
        for prompt, row in zip(PROMPTS, rows, strict=False)
    ]
    columns = zip(*rows, strict=True)
    per_setting = [
        f"| {name} | {min(c.support for c in column):,} to {max(c.support for c in column):,} | "
        f"{sum(c.n for c in column):,} | {sum(c.without for c in column):,} | "
        f"{sum(c.near for c in column)} | {sum(c.outside for c in column)} | "
        f"{sum(c.p is not None and c.p <= ALPHA for c in column)} of "
        f"{sum(c.p is not None for c in column)} |"
        for name, column in zip(SETTINGS, columns, strict=True)
    ]
    return _TEXT.format(
        prompts=len(rows),
        draws=draws,
        seed=seed,
        last=seed + len(rows) - 1,
        calls=sum(cell.n + cell.without for cell in cells),
        outside=sum(cell.outside for cell in cells),
        rejected=rejected,
        tested=len(tested),
        share=rejected / len(tested),
        low=low,
        high=high,
        untested=len(cells) - len(tested),
        settings="\n".join(per_setting),
        heads=" | ".join(SETTINGS),
        rules="---|" * (len(SETTINGS) + 1),
        table="\n".join(table),
    )


_TEXT = """# Do draws follow the distribution?

What-if, the next-token lab and the test of first tokens compute what settings make of the embedded
model's distribution. Here that is held against real draws. Made by `make study`, that is
`python -m tools.fit_study --draws {draws} --prompts {prompts} --seed {seed}`; nothing here is
typed by hand. Seeds: the plan of each prompt has its own, {seed} to {last}, which fixes the seed of
every call.

For each of {prompts} prompts the whole distribution of the next token is asked for once (all 49,152
tokens). Then {draws} calls of one token are made under each of five settings, in turn: {calls:,}
calls through plan, engine, provider and store, as the app makes them. "all four" is temperature
1.2, top_k 50, top_p 0.9, min_p 0.05, in this order.

- **Support:** {outside} of the draws are tokens that the computed distribution makes impossible.
  Tokens within 0.001 of a cut are left out, and counted.
- **Fit:** the G test by simulated samples rejects at 0.05 in {rejected} of {tested} cells:
  {share:.1%} (95 % interval {low:.1%} to {high:.1%}; 5 % is what it says). {untested} cells have
  one outcome only, and no test.

A draw of a part of a character, or of the end of the turn, comes without a probability: it is
counted, and the same tokens are taken out of the distribution.

| settings | tokens left | draws | without a probability | at a cut | outside | rejected |
|---|---|---|---|---|---|---|
{settings}

p of each cell:

| prompt | {heads} |
|{rules}
{table}
"""


if __name__ == "__main__":
    main()
