"""The answer as text: what was asked, what came, how it ended, and what to do."""

from __future__ import annotations

import streamlit as st

from lib.domain.vocabulary import Sample, Slot
from lib.store.reading import Attempt
from lib.ui import inert
from lib.ui.sample import advice, conversation


def draw(slot: Slot, sample: Sample | None, last: Attempt | None) -> None:
    """Show the text of a sample, or why there is none."""
    if sample is None:
        _missing(last)
    else:
        _answer(slot, sample)
    _asked(slot)


def _missing(last: Attempt | None) -> None:
    if last is None:
        st.info("This call has not been made: there is nothing to show yet.")
    elif last.failure is not None:
        st.error("The call gave no answer.", icon=":material/error:")
        inert.text(f"{last.failure.code}: {advice.failed(last.failure)}")
    else:
        st.info(
            "The call is under way, or was cut off: no answer is known.",
            icon=":material/hourglass_empty:",
        )


def _answer(slot: Slot, sample: Sample) -> None:
    if conversation.is_prefilled(slot.messages):
        st.caption("Prefill, as sent. The answer goes on from it.")
        inert.block(slot.messages[-1].content)
        st.caption("Answer")
    if sample.text:
        inert.block(sample.text)
        if inert.visible(sample.text) != sample.text:
            st.caption(
                "Characters that can't be seen, or turn text around, are written out as \\u…. "
                "The bytes as they came are under Raw."
            )
    else:
        st.info(advice.no_text(sample))
    inert.text(advice.said(sample))
    st.caption(advice.advice(sample))
    for flag in sample.flags:
        inert.text(f"Note: {flag}")
    if sample.reasoning:
        st.caption("Reasoning, as far as the endpoint shows it")
        inert.block(sample.reasoning)


def _asked(slot: Slot) -> None:
    title = f"What was asked: {conversation.counted(slot.messages)}"
    with st.expander(title, icon=":material/forum:", type="compact"):
        for role, content in conversation.turns(slot.messages):
            st.caption(role)
            inert.block(content or "(empty)")
