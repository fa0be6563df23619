"""The upper half of Compare: what is asked, how often, and the button that asks it."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.domain.declared import Declared
from lib.ui import inert, projector, resources, state
from lib.ui.compare import (
    as_run,
    checks,
    configurations,
    endpoints,
    examples,
    followed_field,
    how_many,
    judging,
    learning,
    leaving_off,
    messages,
    naming,
    run_button,
    sharing,
    trust,
    variables,
    welcome,
)
from lib.ui.compare.readiness import Readiness, judged
from lib.ui.state import Draft

_MOST_TOLD = 12
"""Problems that are told one by one: a long sweep can have one in each configuration."""


@st.fragment
def draw() -> None:
    """Draw the editor and the Run button. Typing here redraws nothing else of the page."""
    draft = state.draft()
    if draft.drawn and draft.key("repeats") not in st.session_state:
        draft.refresh()  # its widgets were on no page for a while, and have forgotten
    run = state.run_id()
    header = st.container(horizontal=True, vertical_alignment="center", key="compare.header")
    with header:
        st.header("Compare", width="content")
        name = _name(draft)
    problems = st.container()
    # Open or folded is part of the key: an expander that is there already keeps its state.
    editing = st.session_state.get("state.editing") == run
    open_ = not projector.on() and (run is None or editing)
    with st.expander("Set up", expanded=open_, icon=":material/tune:", key=f"setup.{run}.{open_}"):
        numbers, share, calls = _set_up(draft, name)
        if draft.settle():
            st.rerun()
        ready = judged(
            draft.document,
            at_once=numbers.at_once,
            budget=numbers.budget,
            budget_usd=numbers.budget_usd,
            keyless=endpoints.without_key,
        )
        with calls:
            _how_many(draft, ready)
        with share:
            sharing.draw(draft, ready.experiment)
            if draft.settle():
                st.rerun()
    with problems:
        _tell(draft, ready)
        if draft.settle():
            st.rerun()
        trusted = trust.asked(ready.experiment)
        if trusted:
            run_button.tell(ready.experiment)
    with header:
        st.space("stretch")
        projector.switch()
        run_button.draw(ready.experiment if trusted else None, numbers)
    as_run.draw(draft, ready.experiment, run)
    leaving_off.draw(draft, run, above=problems)
    if run is None:
        welcome.draw(ready.experiment if trusted else None)


def _name(draft: Draft) -> str:
    return followed_field.draw(
        st,
        "Experiment name",
        str(draft.base.get("name", "")) if draft.title is None else draft.title,
        key=draft.key("name"),
        label_visibility="collapsed",
        placeholder="Name of the experiment",
        width=320,
        help="What its runs are called in lists, in the file and in a link.",
    )


def _set_up(draft: Draft, name: str) -> tuple[run_button.Numbers, DeltaGenerator, DeltaGenerator]:
    """Draw all that is edited, and put it together as the draft's document."""
    _examples(draft, name)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        asked = messages.edit(draft)
        with st.container():
            values = variables.edit(draft, asked)
        checked = checks.edit(draft)
        analysis = judging.edit(draft)
    with right:
        with st.container():
            columns = configurations.edit(draft)
        numbers = run_button.numbers(draft)
        with st.container(horizontal=True):
            calls = st.container(width="content")
            own = endpoints.edit(draft)
            share = st.container(width="content")
    draft.edit(
        {
            **draft.document,
            "name": _followed(draft, name, columns),
            **asked,
            "variables": values,
            "configurations": columns,
            "repeats": numbers.repeats,
            "endpoints": endpoints.with_saved(own, columns),
            "checks": checked,
            "analysis": analysis,
        }
    )
    return numbers, share, calls


def _followed(draft: Draft, name: str, columns: list[dict[str, Any]]) -> str:
    """The experiment's name: one that the lab made follows what varies."""
    given = str(draft.base.get("name", ""))
    if name not in {given, draft.title}:
        return name  # somebody typed it
    followed = naming.experiment_name(given, draft.base.get("configurations", []), columns)
    if followed != name:
        draft.title = followed
        draft.redraw()
    return followed


def _how_many(draft: Draft, ready: Readiness) -> None:
    menu = st.popover(
        "How many calls?",
        icon=":material/calculate:",
        key=draft.key("how_many"),
        on_change="rerun",
    )
    if menu.open:  # its table is work
        with menu:
            how_many.draw(ready.asked.declared if ready.asked else Declared())


def _examples(draft: Draft, name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.caption("Start from", width="content")
        for stem, title in examples.titles().items():
            help_ = examples.questions()[stem]
            if st.button(title, key=f"compare.example.{stem}", help=help_):
                draft.later(partial(_load, draft, stem))
    with st.container():
        if question := examples.question_of(name):
            st.caption(question)


def _load(draft: Draft, stem: str) -> None:
    draft.replace(examples.load(stem, model=resources.embedded_model()))


def _tell(draft: Draft, ready: Readiness) -> None:
    if ready.problems:
        st.warning("This can't be run yet.", icon=":material/edit:")
        more = len(ready.problems) - _MOST_TOLD
        rest = [f"… and {more:,} more."] if more > 0 else []
        inert.text("\n".join([*ready.problems[:_MOST_TOLD], *rest]))
        _mend(draft, ready)
    for effect in ready.effects:
        inert.text(effect)
    if ready.asked is not None and not ready.fixes:  # what is known to be refused isn't asked
        learning.draw(ready.asked)
    for note in ready.notes:
        st.caption(f":material/info: {note}")


def _mend(draft: Draft, ready: Readiness) -> None:
    """Buttons for what can be mended by one. Undo takes it back."""
    with st.container(horizontal=True, gap="small"):
        for fix in ready.fixes:
            if st.button(
                fix.label,
                icon=":material/build:",
                key=draft.key(f"fix.{fix.label}"),
                help="Undo takes it back.",
            ):
                draft.later(partial(draft.replace, fix.document))
