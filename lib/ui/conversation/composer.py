"""Where the next turn is written, and what would become of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.ui import inert
from lib.ui.compare import prefills
from lib.ui.conversation import asking, limits
from lib.ui.conversation.kept import Open

MOST_ANSWERS = 100


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields."""

    text: str
    prefill: str
    answers: int
    place: DeltaGenerator
    """Where it is told whether that fits."""


def draw(opened: Open, *, busy: bool) -> Typed:
    """Draw the fields and the buttons; returns what is typed."""
    version = st.session_state.setdefault("conversation.composer", 0)
    key = f"conversation.composer.{opened.id}.{version}"
    with st.container(border=True, key="conversation-composer"):
        text = st.text_area(
            "Your message",
            key=f"{key}.text",
            height=96,
            persist_state="session",
            placeholder="Say something to the model",
        )
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        prefill = left.text_input(
            "Begin the answer with (prefill)",
            key=f"{key}.prefill",
            persist_state="session",
            placeholder="The answer starts from nothing",
            help="Sent as a last, unfinished message of the assistant, which the model goes on "
            "from. It becomes a part of the turn.",
        )
        answers = right.number_input(
            "Answers",
            value=1,
            min_value=1,
            max_value=MOST_ANSWERS,
            step=1,
            key=f"{key}.answers",
            help="More than one: the same messages are sent so many times, and you choose which "
            "answer the conversation goes on with.",
        )
        typed = Typed(text or "", prefill or "", int(answers), st.container())
        with st.container():
            if prefill:
                whom = limits.endpoint_of(opened.options.asking)
                inert.text("\n".join(prefills.told([(whom, opened.options.asking.model)])))
        _buttons(opened, typed, busy=busy)
    return typed


def _buttons(opened: Open, typed: Typed, *, busy: bool) -> None:
    last = opened.branch[-1] if opened.branch else None
    unanswered = last is not None and last.role == "user"
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "Ask again" if unanswered and not typed.text.strip() else "Send",
            type="primary",
            icon=":material/send:",
            key="conversation.send",
            shortcut="Mod+Enter",
            disabled=busy,
            help="A call is under way." if busy else None,
        ):
            opened.later(partial(_send, opened, typed))
        if st.button(
            "Add it without asking",
            icon=":material/add_comment:",
            key="conversation.add_user",
            type="tertiary",
            help="Puts your message into the conversation; nothing is sent.",
        ):
            opened.later(partial(_add, opened, typed, "user"))
        if st.button(
            "Add it as the model's",
            icon=":material/edit_note:",
            key="conversation.add_assistant",
            type="tertiary",
            help="Puts it into the model's mouth: the history is whatever you send, not what was "
            "really said.",
        ):
            opened.later(partial(_add, opened, typed, "assistant"))


def _send(opened: Open, typed: Typed) -> None:
    if typed.text.strip():
        at = opened.say(lambda now: now.say("user", typed.text, after=opened.head))
        if at is None:
            return
        empty()
    elif opened.branch and opened.branch[-1].role == "user":
        at = opened.branch[-1].id
    else:
        opened.trouble = "There is nothing to send: write a message first."
        return
    asking.ask(opened, at, repeats=typed.answers, prefill=typed.prefill)


def _add(opened: Open, typed: Typed, role: str) -> None:
    if not typed.text.strip():
        opened.trouble = "There is nothing to add: write a message first."
        return
    said = opened.say(
        lambda now: now.say(
            "user" if role == "user" else "assistant", typed.text, after=opened.head
        )
    )
    if said is not None:
        empty()


def empty() -> None:
    """Empty the fields: they become new ones."""
    st.session_state["conversation.composer"] = 1 + int(
        st.session_state.get("conversation.composer", 0)
    )
