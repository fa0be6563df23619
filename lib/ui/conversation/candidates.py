"""Calls whose answers wait for a choice, or that have none: what came, and what to do now."""

from __future__ import annotations

from collections import Counter
from functools import partial

import streamlit as st

from lib.conversation.room import Room, explained
from lib.conversation.turns import Call
from lib.engine.progress import Snapshot
from lib.ui import inert
from lib.ui.conversation import asking, limits, outlook, runs
from lib.ui.conversation.kept import Open
from lib.ui.responses import opening

MOST_SHOWN = 20


def draw(opened: Open) -> None:
    """Draw what waits at the end of the branch that is looked at."""
    if opened.head is None:
        return
    call = opened.document.conversation.open_call(opened.head)
    if call is None:
        return
    found = runs.snapshot(call.run)
    if found is None:
        st.warning("The run of the last call is not in the store any more.")
        _dismiss(opened, call, "Go on without it")
    elif not found.running:
        if found.samples and call.purpose == "answer":
            _choose(opened, call, found)
        if found.done < len(found.slots):
            _missing(opened, call, found)


def _choose(opened: Open, call: Call, found: Snapshot) -> None:
    brought = runs.answers(found)
    groups = Counter(each.text for each in brought)
    first = {each.text: each for each in reversed(brought)}
    st.markdown(
        f"**{len(brought)} answers to the same messages, {len(groups)} of them different. Which "
        "one goes on?**"
    )
    for place, (text, times) in enumerate(groups.most_common(MOST_SHOWN)):
        sample = first[text]
        with st.container(border=True, key=f"conversation-candidate-{call.run}-{place}"):
            inert.text(f"{call.prefill}{text}" or "(empty)")
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                if st.button(
                    "Carry on with this one",
                    icon=":material/arrow_forward:",
                    key=f"conversation.carry.{call.run}.{place}",
                ):
                    opened.later(partial(asking.carry_on, opened, call, text, sample.slot.name))
                inert.text(f"{times} of {len(brought)}, finish reason {sample.finish_reason}")
    if len(groups) > MOST_SHOWN:
        st.caption(f"{len(groups) - MOST_SHOWN} more are in Responses.")
    with st.container(horizontal=True, gap="small"):
        if st.button("See all in Responses", key=f"conversation.all.{call.run}"):
            opening.show(found.run)
        _dismiss(opened, call, "Carry on with none of them")


def _missing(opened: Open, call: Call, found: Snapshot) -> None:
    what = "summary" if call.purpose == "summary" else "answer"
    if found.state == "stopped":
        st.warning(f"Stopped before the {what} was there.", icon=":material/stop:")
    else:
        st.error(f"The call brought no {what}.", icon=":material/error:")
    errors = dict.fromkeys(
        (str(each), each.code) for each in (*found.failures.values(), *found.ended.values())
    )
    for sentence, code in errors:
        inert.text(f"{sentence} ({code})", most=400)
    if any(code == "context_too_long" for _, code in errors):
        _overflow(opened, found)
    for warning in found.warnings:
        inert.text(warning)
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "Try again",
            icon=":material/resume:",
            key=f"conversation.retry.{call.run}",
            help="The very same messages. What is there is kept, and not asked again.",
        ):
            opened.later(partial(asking.resume, opened, call))
        _dismiss(opened, call, "Go on without it")
        if st.button("Open in Responses", key=f"conversation.failed.{call.run}", type="tertiary"):
            opening.show(found.run)


def _overflow(opened: Open, found: Snapshot) -> None:
    messages = found.slots[0].messages
    known = limits.of(opened.options.asking)
    weighed = known.weigh(messages)
    room = Room(
        input_tokens=weighed.total,
        exact=weighed.exact,
        window=known.window,
        max_tokens=outlook.max_tokens(opened.options),
    )
    st.info(explained(room, refused=True), icon=":material/expand:")


def _dismiss(opened: Open, call: Call, label: str) -> None:
    if st.button(
        label,
        icon=":material/close:",
        key=f"conversation.dismiss.{call.run}",
        type="tertiary",
        help="The run stays in the store.",
    ):
        opened.later(partial(asking.dismiss, opened, call.run))
