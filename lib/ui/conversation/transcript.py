"""The turns of the branch that is looked at: what was said, by whom, and what to do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from lib.conversation.ledger import Entry
from lib.conversation.room import Room, explained
from lib.conversation.turns import Turn
from lib.domain.vocabulary import Sample
from lib.engine import costing
from lib.ui import inert
from lib.ui.conversation import changing, runs, sent
from lib.ui.conversation.kept import Open
from lib.ui.conversation.limits import Limits

MOST_CHARACTERS = 600
"""Of a turn that is shown at once: a long one is folded."""
_NAMES = {"user": "You", "assistant": "Model"}


def draw(
    opened: Open, *, fate: Mapping[int, str], entries: Mapping[int, Entry], known: Limits
) -> None:
    """Draw the turns.

    Args:
        opened: the conversation.
        fate: by turn, what becomes of it in the next call: sent, left out, summarised.
        entries: by turn of the model, what its call took.
        known: the window of the model.
    """
    for number, turn in enumerate(opened.branch, start=1):
        with st.container(border=True, gap="xsmall", key=f"conversation-turn-{turn.id}"):
            _heading(opened, turn, number, fate.get(turn.id, ""))
            _text(turn)
            with st.container():
                _foot(opened, turn, entries.get(turn.id), known)


def _heading(opened: Open, turn: Turn, number: int, fate: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{number}. {_NAMES[turn.role]}**", width="content")
        if turn.edited:
            st.badge("edited", color="gray", icon=":material/edit:")
        elif turn.role == "assistant" and turn.run is None:
            st.badge("written by you", color="gray", icon=":material/edit_note:")
        if turn.prefill:
            st.badge("prefilled", color="gray", icon=":material/start:")
        if fate == "left_out":
            st.badge("not seen in the next call", color="orange", icon=":material/visibility_off:")
        elif fate == "summarised":
            st.badge("only summarised", color="violet", icon=":material/short_text:")
        _pager(opened, turn)
        st.space("stretch")
        changing.menu(opened, turn)


def _text(turn: Turn) -> None:
    inert.text(turn.text or "(empty)", most=MOST_CHARACTERS)
    if len(turn.text) > MOST_CHARACTERS:
        with st.expander(
            f"The whole turn: {len(turn.text):,} characters",
            type="compact",
            key=f"conversation.text.{turn.id}",
        ):
            inert.block(turn.text)


def _pager(opened: Open, turn: Turn) -> None:
    there = opened.document.conversation.siblings(turn.id)
    if len(there) < 2:
        return
    place = [each.id for each in there].index(turn.id)
    for label, icon, by in (
        ("Earlier branch", ":material/chevron_left:", -1),
        ("Later branch", ":material/chevron_right:", 1),
    ):
        to = place + by
        st.button(
            "",
            icon=icon,
            key=f"conversation.branch.{turn.id}.{by}",
            help=label,
            type="tertiary",
            disabled=not 0 <= to < len(there),
            on_click=partial(_turn_to, opened, there, to),
        )
        if by < 0:
            st.caption(f"branch {place + 1} of {len(there)}", width="content")


def _turn_to(opened: Open, there: Sequence[Turn], to: int) -> None:
    opened.turn_to(opened.document.conversation.tip(there[to].id))


def _foot(opened: Open, turn: Turn, entry: Entry | None, known: Limits) -> None:
    if turn.role == "assistant" and turn.run is not None:
        sample = runs.sample_of(turn)
        with st.container():
            if sample is not None and entry is not None:
                _cut(sample, entry, known)
        told = []
        if entry is not None and entry.input_tokens is not None:
            told.append(f"{entry.input_tokens:,} tokens in")
        if entry is not None and entry.output_tokens is not None:
            told.append(f"{entry.output_tokens:,} out")
        if sample is not None:
            told.append(f"finish reason {sample.finish_reason}")
        found = runs.snapshot(turn.run)
        if found is not None:
            told.append(f"cost {costing.amount(found.cost)}")
        else:
            told.append("its run is not in the store any more")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            inert.text(", ".join(told))
            _details_button(turn)
        if st.session_state.get(_SHOWN) == turn.id:
            sent.draw(opened, turn)


def _cut(sample: Sample, entry: Entry, known: Limits) -> None:
    """Explain an answer that ends because the window is full, not by its own limit."""
    limit = sample.slot.configuration.settings.max_tokens
    used = (entry.input_tokens or 0) + (entry.output_tokens or 0)
    full = known.window is not None and used >= known.window
    by_window = sample.finish_reason == "length" and full and entry.output_tokens != limit
    if by_window or sample.finish_reason == "context_window":
        room = Room(
            input_tokens=entry.input_tokens or 0,
            exact=entry.reported,
            window=known.window,
            max_tokens=limit,
        )
        st.warning(explained(room, refused=False), icon=":material/content_cut:")


_SHOWN = "conversation.details"


def _details_button(turn: Turn) -> None:
    shown = st.session_state.get(_SHOWN) == turn.id
    st.button(
        "Close" if shown else "What was sent",
        icon=":material/expand_less:" if shown else ":material/data_array:",
        key=f"conversation.details.{turn.id}",
        type="tertiary",
        on_click=_show,
        args=(None if shown else turn.id,),
    )


def _show(id_: int | None) -> None:
    st.session_state[_SHOWN] = id_
