"""The Run button, the plan beside it, and the numbers that it takes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from lib.domain import folders
from lib.domain.errors import LabError
from lib.domain.experiment import Experiment
from lib.domain.plan import Size
from lib.domain.vocabulary import Sample
from lib.engine.carrying import AT_ONCE
from lib.engine.costing import size
from lib.results import pace
from lib.ui import credentials, inert, resources, state, trouble
from lib.ui.compare.durations import duration
from lib.ui.state import Draft

RECENT_RUNS, MOST_PLANNED = 3, 600
"""Runs that a rough time is measured from: the newest few, and none that is long to read."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How often, how many together, and how many at most."""

    repeats: int
    at_once: int | None
    budget: int | None
    budget_usd: Decimal | None


def numbers(draft: Draft) -> Numbers:
    """Draw the numbers, editable. No widget has bounds: what is typed is judged in a sentence."""
    grid = st.grid("auto", min_column_width=150)
    repeats = grid.number_input(
        "Calls for each",
        value=int(draft.base.get("repeats", 20)),
        key=draft.key("repeats"),
        help="How often each configuration is asked, 1 to 100,000. 20 show the shape; to tell two "
        "settings apart it can take 50 or more.",
    )
    at_once = grid.number_input(
        "At once",
        value=AT_ONCE,
        key="compare.at_once",
        persist_state="session",
        help="Calls under way together, 1 to 500. The embedded model works on 8.",
    )
    budget = grid.number_input(
        "Budget in calls",
        value=None,
        key="compare.budget",
        step=1,
        persist_state="session",
        placeholder="none",
        help="The run ends when this many calls were made in all, retries included. Empty: "
        "whatever the plan needs.",
    )
    budget_usd = grid.number_input(
        "Budget in USD",
        value=None,
        key="compare.budget_usd",
        step=0.01,
        format="%g",
        persist_state="session",
        placeholder="none",
        help="The most that the run may cost in all. A call's worst case is set aside before it is "
        "sent, so this can't be passed. Empty: no limit.",
    )
    return Numbers(int(repeats), _whole(at_once), _whole(budget), in_money(budget_usd))


def in_money(typed: float | None) -> Decimal | None:
    """The amount that was typed, to the digit."""
    return None if typed is None else Decimal(repr(typed))


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def tell(experiment: Experiment | None) -> None:
    """Draw what the plan beside the button has no room for."""
    if experiment is not None and (why := size(experiment).why_no_cost):
        # Not as a help text, which is Markdown: a model's name may come with somebody's link.
        inert.text(f"The cost is not known: {why}.")


def draw(experiment: Experiment | None, chosen: Numbers) -> None:
    """Draw the plan and the button that carries it out; `None`: there is nothing to run yet."""
    running = state.run_id() in resources.engine().running()
    if experiment is not None:
        st.caption(_plan(size(experiment), _rough_time(experiment, chosen)), width="content")
    pressed = st.button(
        _label(experiment),
        key="compare.run",
        type="primary",
        icon=":material/play_arrow:",
        shortcut="Mod+Enter",
        disabled=experiment is None or running,
        help="A run is under way." if running else None,
    )
    if pressed and experiment is not None:
        _start(experiment, chosen)


def _start(experiment: Experiment, chosen: Numbers) -> None:
    with trouble.kept(state.STARTING):
        run = resources.engine().start(
            experiment,
            keys=credentials.keys_of({each.endpoint for each in experiment.configurations}),
            at_once=chosen.at_once or AT_ONCE,
            max_calls=chosen.budget,
            max_cost_usd=chosen.budget_usd,
        )
        state.look_at(run)
    st.rerun()


def _label(experiment: Experiment | None) -> str:
    if experiment is None:
        return "Run"
    return f"Run {len(experiment.configurations)} × {experiment.repeats}"


def _plan(planned: Size, seconds: float | None) -> str:
    tokens = (
        "no limit on tokens"
        if planned.output_tokens is None
        else f"up to {planned.output_tokens:,} output tokens"
    )
    cost = "cost not known" if planned.cost_usd is None else planned.cost_in_words
    told = [f"{planned.calls:,} call{'s' * (planned.calls != 1)}", tokens, cost]
    if seconds is not None:
        told.append(f"about {duration(seconds)}, from the last runs here")
    return ", ".join(told).replace("$", "\\$")  # a pair of them would be read as a formula


def _rough_time(experiment: Experiment, chosen: Numbers) -> float | None:
    run = state.run_id()
    running = bool(resources.engine().running())
    measured = _recent(folders.store_url(), run, running)
    return pace.about_s(experiment, measured, at_once=chosen.at_once or AT_ONCE)


@st.cache_resource(ttl=60, max_entries=4, show_spinner=False)
def _recent(url: str, run: str | None, running: bool) -> tuple[Sample, ...]:
    """The samples of the newest runs, read once for each run that is looked at."""
    del url, run, running  # the key: something may have been measured since
    samples: list[Sample] = []
    try:
        for each in resources.engine().store.runs(limit=RECENT_RUNS):
            if each.samples and each.planned <= MOST_PLANNED:
                snapshot = resources.engine().snapshot(each.id)
                samples += snapshot.samples.values() if snapshot else ()
    except LabError:
        return ()  # a store in trouble is told where its runs are shown
    return tuple(samples)
