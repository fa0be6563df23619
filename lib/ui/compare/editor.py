"""The upper half of Compare: what is asked, how often, and the button that asks it."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from lib.domain.errors import InputError, LabError
from lib.domain.experiment import MOST_REPEATS, Experiment
from lib.domain.experiment_file import parse
from lib.domain.plan import size
from lib.engine import starting
from lib.engine.carrying import AT_ONCE, MOST_AT_ONCE
from lib.ui import credentials, inert, resources, state
from lib.ui.compare import configurations, endpoints, examples, messages, sharing, trust, variables
from lib.ui.state import Draft


@st.fragment
def draw() -> None:
    """Draw the editor and the Run button. Typing here redraws nothing else of the page."""
    draft = state.draft()
    if draft.drawn and draft.key("repeats") not in st.session_state:
        draft.refresh()  # its widgets were on no page for a while, and have forgotten
    run = state.run_id()
    running = run in resources.engine().running()
    header = st.container(horizontal=True, vertical_alignment="center", key="compare.header")
    open_ = run is None or st.session_state.get("state.editing") == run
    problems = st.container()
    # Open or folded is part of the key: an expander that is there already keeps its state.
    with st.expander("Set up", expanded=open_, icon=":material/tune:", key=f"setup.{run}.{open_}"):
        _examples(draft)
        left, right = st.columns([2, 3], gap="medium")
        with left:
            asked = messages.edit(draft)
            values = variables.edit(draft, asked)
        with right:
            columns = configurations.edit(draft, endpoints.named(draft.document))
            repeats, at_once, budget = _numbers(draft)
            with st.container(horizontal=True):
                own = endpoints.edit(draft)
                share = st.container(width="content")
        document = {
            **draft.document,
            **asked,
            "variables": values,
            "configurations": columns,
            "repeats": repeats,
            "endpoints": own,
        }
        draft.edit(document)
        if draft.settle():
            st.rerun()
        with problems:
            experiment = _checked(document)
        with share:
            sharing.draw(draft, experiment)
            if draft.settle():
                st.rerun()
    trusted = trust.asked(experiment)
    with header:
        st.header("Compare", width="content")
        _run(experiment if trusted else None, at_once, budget, running=running)


def _examples(draft: Draft) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.caption("Start from", width="content")
        for stem, title in examples.titles().items():
            if st.button(title, key=f"compare.example.{stem}", type="tertiary"):
                draft.later(partial(_load, draft, stem))


def _load(draft: Draft, stem: str) -> None:
    draft.replace(examples.load(stem, model=resources.embedded_model()))


def _numbers(draft: Draft) -> tuple[int, int, int | None]:
    grid = st.grid("auto", min_column_width=150)
    repeats = grid.number_input(
        "Calls for each",
        min_value=1,
        max_value=MOST_REPEATS,
        value=int(draft.base.get("repeats", 20)),
        key=draft.key("repeats"),
        help="How often each configuration is asked. 20 show the shape; to tell two settings "
        "apart it can take 50 or more.",
    )
    at_once = grid.number_input(
        "At once",
        min_value=1,
        max_value=MOST_AT_ONCE,
        value=AT_ONCE,
        key="compare.at_once",
        persist_state="session",
        help="Calls under way together. The embedded model works on 8.",
    )
    budget = grid.number_input(
        "Budget in calls",
        min_value=1,
        value=None,
        key="compare.budget",
        persist_state="session",
        placeholder="none",
        help="The run ends when this many calls were made, retries included.",
    )
    return int(repeats), int(at_once), None if budget is None else int(budget)


def _checked(document: dict[str, Any]) -> Experiment | None:
    """The experiment on the screen, or `None` and what is wrong with it."""
    try:
        experiment = parse({key: value for key, value in document.items() if value != ""})
        starting.requests(experiment)
    except InputError as error:
        st.warning("This can't be run yet.", icon=":material/edit:")
        for line in str(error).splitlines():
            inert.text(line)
        return None
    return experiment


def _run(experiment: Experiment | None, at_once: int, budget: int | None, *, running: bool) -> None:
    st.space("stretch")
    if experiment is not None:
        st.caption(_plan(experiment), width="content")
    pressed = st.button(
        _label(experiment),
        key="compare.run",
        type="primary",
        icon=":material/play_arrow:",
        shortcut="Mod+Enter",
        disabled=experiment is None or running,
        help="A run is under way." if running else None,
    )
    if not pressed or experiment is None:
        return
    try:
        run = resources.engine().start(
            experiment,
            keys=credentials.keys_of({each.endpoint for each in experiment.configurations}),
            at_once=at_once,
            max_calls=budget,
        )
    except LabError as error:
        st.session_state["state.trouble"] = str(error)
    else:
        st.session_state.pop("state.trouble", None)
        state.look_at(run)
    st.rerun()


def _label(experiment: Experiment | None) -> str:
    if experiment is None:
        return "Run"
    return f"Run {len(experiment.configurations)} × {experiment.repeats}"


def _plan(experiment: Experiment) -> str:
    planned = size(experiment)
    tokens = (
        "no limit on tokens"
        if planned.output_tokens is None
        else f"up to {planned.output_tokens:,} output tokens"
    )
    cost = "free" if planned.cost_usd == 0 else "cost not known"
    return f"{planned.calls:,} call{'s' * (planned.calls != 1)}, {tokens}, {cost}"
