"""The Conversation page: turns, the next call, what all calls took."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lib.domain.configuration import LOCAL
from lib.ui import inert, projector
from lib.ui.conversation import (
    account,
    asking,
    candidates,
    changing,
    composer,
    earlier,
    kept,
    lanes,
    limits,
    measuring,
    next_call,
    options,
    taken,
    transcript,
    waiting,
    warm,
    welcome,
)
from lib.ui.conversation.kept import Open


def render() -> None:
    """Draw the page."""
    changing.closed()
    opened = kept.conversation()
    asking.take_up(opened)
    _heading(opened)
    calls = opened.document.conversation.calls
    busy = waiting.under_way(calls)
    if opened.options.asking.endpoint == LOCAL.name and opened.branch:
        warm.touch()
    known = limits.of(opened.options.asking)
    told = account.of_branch(opened, known)
    if told:
        last = told[-1]
        known = known.measured(
            [each.message for each in last.pieces],
            last.entry.input_tokens if last.entry.reported else None,
        )
    left, right = st.columns([3, 2], gap="medium")
    with right:
        above = st.container()
        _options(opened)
    with left:
        turns = st.container()
        with st.container():
            _trouble(opened)
        with st.container():
            for call in busy[-1:]:
                waiting.draw(call.run, call.purpose)
        with st.container():
            candidates.draw(opened)
        typed = composer.draw(opened, busy=bool(busy))
    look = next_call.look(opened, known, typed)
    next_call.beside(look, typed)
    with turns:
        if not opened.branch:
            welcome.draw(opened)
        transcript.draw(
            opened,
            fate=next_call.fates(look),
            entries={each.turn.id: each.entry for each in told},
            known=known,
        )
    with above:
        next_call.draw(look, known, told)
    taken.draw(opened, told, known)
    lanes.draw(opened)
    if opened.settle():
        measuring.follow()
        st.rerun()
    measuring.follow()


def _heading(opened: Open) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Conversation", width="content")
        st.space("stretch")
        st.button(
            "Undo",
            icon=":material/undo:",
            key="conversation.undo",
            type="tertiary",
            disabled=not opened.undo,
            on_click=opened.take_back,
            help="Takes back the last change of turns. Calls that were made stay.",
        )
        earlier.draw(opened)
        st.button(
            "New conversation",
            icon=":material/add:",
            key="conversation.new",
            on_click=kept.begin,
            help="This one stays under its address, and among the earlier ones.",
        )
        projector.switch()


def _options(opened: Open) -> None:
    with st.container(border=True, key="conversation-memory"):
        st.markdown("**What the model remembers**")
        memory = options.memory(opened)
    now = replace(opened.options, memory=memory)
    with st.expander("System message", expanded=not projector.on(), key="conversation.system"):
        said = options.system(opened)
        now = replace(now, system=said.system, parts=said.parts)
    with st.expander("Who is asked, and how", key="conversation.asking"):
        now = replace(now, asking=options.asking(opened))
        limit = options.budget(opened)
        now = replace(now, budget_calls=limit.budget_calls, budget_usd=limit.budget_usd)
    opened.choose(now)


def _trouble(opened: Open) -> None:
    if opened.trouble:
        st.error("That was not done.", icon=":material/error:")
        inert.text(opened.trouble)
