"""`python -m tools.repetition_study`: one comparison, made a hundred times on the embedded model.

How often is the same temperature called different from itself, and what is said of 0.9 against 1.0?
Writes docs/repetitions.md anew.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lib.analysis.groups import Group
from lib.analysis.proportions import wilson
from lib.analysis.summary import analyse, headline
from lib.analysis.verdict import Verdict
from lib.domain.configuration import Configuration
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.results.grouping import groups
from tools.embedded import Bench, bench

PAGE = Path(__file__).parents[1] / "docs" / "repetitions.md"
MESSAGES = (Message("user", "Finish my sentence."),)
PREFILL = "My favourite fruit is the"
CALLS = 50
MOST_TOKENS = 4
STOP = (".", ",", "\n")
WITH_ZERO = 10
"""Repetitions in which temperature 0 is asked too: its answers are always the same."""
TEMPERATURES: Mapping[str, float] = {"1": 1, "1 again": 1, "0.9": 0.9, "0": 0}
PAIRS = (("1", "1 again"), ("0.9", "1"), ("0", "1"))
DIFFERENT = ("different", "different_but_small")
CLAIM = re.compile(r"\b(are|is|were|be) (the same|equal|identical)\b|no difference(?! larger than)")
"""What must never be said of two configurations. That all answers of one are the same may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the lab said of one pair."""

    verdict: Verdict
    """On the primary question: how often two calls agree."""
    calls_needed: int | None
    exploratory: tuple[str, ...]
    """Other metrics whose verdict is that they differ."""
    words: str
    """Headline and sentence."""


def main() -> None:
    """Ask, compare, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tools.repetition_study", description=__doc__)
    parser.add_argument("--repetitions", type=int, default=100, help="how many (default 100)")
    parser.add_argument("--seed", type=int, default=70_000, help="of the first one's plan")
    given = parser.parse_args()
    found: dict[tuple[str, str], list[Said]] = {pair: [] for pair in PAIRS}
    agree: dict[str, list[float]] = {}
    began = time.monotonic()
    with bench() as there:
        for place in range(given.repetitions):
            asked = _asked(there, with_zero=place < WITH_ZERO)
            columns = {g.name: g for g in groups(there.ask(asked, seed=given.seed + place))}
            told = []
            for a, b in PAIRS:
                if a in columns:
                    said = _said(columns[a], columns[b], agree)
                    found[a, b].append(said)
                    told.append(f"{a} against {b}: {said.verdict}")
            taken = time.monotonic() - began
            sys.stdout.write(f"{taken:6.0f} s  seed {given.seed + place}  {'; '.join(told)}\n")
            sys.stdout.flush()
    PAGE.write_text(_page(found, agree, given.repetitions, given.seed), encoding="utf-8")
    sys.stdout.write(f"written: {PAGE}\n")


def _asked(there: Bench, *, with_zero: bool) -> Experiment:
    names = [name for name, temperature in TEMPERATURES.items() if temperature or with_zero]
    return Experiment(
        name="Repetitions",
        messages=MESSAGES,
        prefill=PREFILL,
        repeats=CALLS,
        configurations=tuple(
            Configuration(
                name=name,
                model=there.model,
                settings=Settings(
                    temperature=TEMPERATURES[name],
                    max_tokens=MOST_TOKENS,
                    stop=STOP,
                    # Several times as fast. No draw depends on it but by the last digits.
                    extra={"cache_prompt": True},
                ),
            )
            for name in names
        ),
    )


def _said(a: Group, b: Group, agree: dict[str, list[float]]) -> Said:
    """The analysis of these two alone, as a run of two configurations gets it."""
    found = analyse([a, b])
    for summary in found.configurations:
        value = summary.metrics["collision_probability"].value
        agree.setdefault(summary.name, []).append(0.0 if value is None else value)
    (primary,) = (c for c in found.comparisons if c.family == "primary")
    return Said(
        verdict=primary.verdict,
        calls_needed=primary.calls_needed,
        exploratory=tuple(
            c.metric for c in found.comparisons if c is not primary and c.verdict in DIFFERENT
        ),
        words=f"{headline(found)} {primary.says}",
    )


def _page(
    found: Mapping[tuple[str, str], Sequence[Said]],
    agree: Mapping[str, Sequence[float]],
    repetitions: int,
    seed: int,
) -> str:
    rows = []
    for (a, b), said in found.items():
        verdicts = Counter(each.verdict for each in said)
        with_number = sum(
            each.verdict == "inconclusive" and each.calls_needed is not None for each in said
        )
        different = verdicts["different"] + verdicts["different_but_small"]
        low, high = wilson(different, len(said))
        rows.append(
            f"| {a} against {b} | {len(said)} | {different} ({low:.0%} to {high:.0%}) | "
            f"{verdicts['equivalent']} | {with_number} of {verdicts['inconclusive']} | "
            f"{sum(bool(CLAIM.search(each.words)) for each in said)} |"
        )
    others = [
        f"| {a} against {b} | "
        + ", ".join(
            f"{metric} {count}"
            for metric, count in Counter(m for each in said for m in each.exploratory).most_common()
        )
        + " |"
        for (a, b), said in found.items()
    ]
    means = ", ".join(
        f"{sum(agree[name]) / len(agree[name]):.3f} at temperature {name}"
        for name in sorted(agree)
        if "again" not in name
    )
    return _TEXT.format(
        repetitions=repetitions,
        seed=seed,
        last=seed + repetitions - 1,
        calls=CALLS,
        tokens=MOST_TOKENS,
        prefill=PREFILL,
        means=means,
        rows="\n".join(rows),
        others="\n".join(others),
        example=found[PAIRS[1]][0].words,
    )


_TEXT = """# The same comparison, again and again

What does the lab say of a setting that does nothing, and of one that does little? Made by
`make study`, that is `python -m tools.repetition_study --repetitions {repetitions} --seed {seed}`;
nothing here is typed by hand. Seeds: the plan of each repetition has its own, {seed} to {last},
which fixes the order of its calls and the seed of each.

"Finish my sentence.", the answer begun with "{prefill}", N = {calls} calls of each
configuration, at most {tokens} tokens up to a full stop, a comma or a line end. All calls go
through plan, engine, provider and store, as the app makes them (with the server's prompt cache,
on which no draw depends but by the last digits), and each pair through the whole analysis, as a run
of two configurations. Two calls agree, on average:
{means}.

| temperature | repetitions | "different" | "equivalent" | "inconclusive" | "the same" |
|---|---|---|---|---|---|
{rows}

"Different" has its 95 % interval, and counts real but small differences too. Of the "inconclusive"
it is told how many name the calls that would tell. The last column counts sentences that call two
configurations the same.

How often another metric (exploratory, Benjamini-Hochberg) differed:

| temperature | metric, repetitions |
|---|---|
{others}

What is said of 0.9 against 1, the first time: {example}
"""


if __name__ == "__main__":
    main()
