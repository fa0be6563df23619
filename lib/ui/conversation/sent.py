"""What was sent for a turn: the exact messages, what is new in them, and the stream that came."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from lib.conversation.repetition import Difference, News
from lib.conversation.sending import Piece
from lib.conversation.turns import Turn
from lib.domain.message import Message
from lib.ui import inert
from lib.ui.conversation import account, runs, stream
from lib.ui.conversation.kept import Open
from lib.ui.sample import values, whole

_BADGES: dict[str, tuple[str, str]] = {
    "repeated": ("repeated", "gray"),
    "answer": ("the last answer, sent for the first time", "blue"),
    "new": ("new", "green"),
}


def draw(opened: Open, turn: Turn) -> None:
    """Draw what was sent for a model's turn."""
    found = runs.snapshot(turn.run)
    slot = runs.slot_of(found, turn.sample) if found is not None else None
    if found is None or slot is None:
        st.info("The run of this turn is not in the store any more, so what was sent is not known.")
        return
    told = account.of_turn(opened, turn)
    if told is None:
        return
    views = ["Messages", "As JSON", "Stream", "Whole response"]
    view = st.segmented_control(
        "Show",
        views,
        default=views[0],
        required=True,
        key=f"conversation.details.view.{turn.id}",
        label_visibility="collapsed",
    )
    if view == "Messages":
        messages(told.pieces, told.difference, told.weights, exact=told.exact)
        _not_sent(opened, turn, told.pieces, told.difference)
        return
    one = whole.load(found, slot)
    if one is None or one.attempt is None:
        return
    if view == "As JSON":
        _as_json(one.attempt.request.body)
    elif view == "Stream":
        stream.draw(slot, one.attempt.reply)
    else:
        whole.draw(one, key=f"conversation.whole.{turn.id}")


def messages(
    sent: Sequence[Piece], difference: Difference, weights: Sequence[int], *, exact: bool
) -> None:
    """Draw an array of messages, each with what is new about it and what it takes."""
    for piece, news, tokens in zip(sent, difference.news, weights, strict=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"`{piece.message.role}`", width="content")
            _badge(piece, news)
            st.caption(f"{'' if exact else 'about '}{tokens:,} tokens", width="content")
        inert.block(piece.message.content or "(empty)")


def _badge(piece: Piece, news: News) -> None:
    if piece.part == "prefill":
        st.badge("prefill: the answer goes on from it", color="violet")
        return
    label, colour = _BADGES[news]
    st.badge(label, color=colour)  # type: ignore[arg-type]  # one of the four above


def _not_sent(opened: Open, turn: Turn, sent: Sequence[Piece], difference: Difference) -> None:
    before = opened.document.conversation.branch(turn.parent)
    there = [each.message for each in sent]
    gone = [each for each in before if Message(each.role, each.text) not in there]
    if gone:
        st.markdown(f"**Not in this call: the model doesn't see {_turns(len(gone))}**")
        for each in gone:
            st.caption(each.role)
            inert.block(each.text or "(empty)")
    shared = difference.shared_prefix
    if shared:
        st.caption(
            f"The first {shared} message{'s' * (shared != 1)} are those that the call before began "
            "with: that is what an endpoint's prompt cache can use again."
        )


def _turns(number: int) -> str:
    return f"{number} earlier turn{'s' * (number != 1)}"


def _as_json(body: bytes) -> None:
    parsed = values.parsed(body)
    array = parsed.get("messages") or parsed.get("input") or parsed.get("contents")
    st.caption("The messages array, out of the body as it was sent.")
    if array is None:
        inert.block(values.in_lines(body), height=320)
    else:
        inert.block(values.encodable(json.dumps(array, indent=2, ensure_ascii=False)), height=320)
    st.caption("The whole body is under Whole response, Request as sent.")
