"""The request as it was sent, and who wanted each of its fields."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from lib.domain.vocabulary import Added, Notes, Slot
from lib.store.reading import Attempt
from lib.ui import inert
from lib.ui.sample import fields, values
from lib.ui.sample.plain_table import plain_table


def draw(slot: Slot, attempt: Attempt, *, key: str) -> None:
    """Show the body of a request, laid out in lines, and its fields by who set them."""
    endpoint = slot.configuration.endpoint
    where = "the embedded model" if endpoint.embedded else endpoint.base_url or endpoint.name
    inert.text(f"POST {attempt.request.path} to {where}")
    st.caption(
        "The body as it was sent, laid out in lines. The key is not in it: it travels in a header, "
        "which is never kept."
    )
    # As plain text: on white, the colours of JSON are too pale to be read by everyone.
    inert.block(values.in_lines(attempt.request.body), height=320)
    _fields(slot, attempt, key)


def _fields(slot: Slot, attempt: Attempt, key: str) -> None:
    notes = attempt.request.notes
    meaning = partial(fields.meaning, "request", dialect=slot.configuration.endpoint.dialect)
    experiment = [
        ("model", slot.configuration.model, meaning("model")),
        ("messages", _messages(slot), meaning("messages")),
    ]
    st.markdown("**What you set**")
    plain_table(
        ("Field", "Value", "What it means"),
        [*experiment, *_set(notes, meaning)],
        key=f"{key}.user_set",
        alt="Fields of the request that you set",
        code=(True, True),
        widths=(6, 6, 9),
    )
    if notes.added:
        st.markdown("**What the lab added, and why**")
        plain_table(
            ("Field", "Value", "Why the lab sends it", "What it means"),
            [_added(each, meaning) for each in notes.added],
            key=f"{key}.added",
            alt="Fields of the request that the lab added",
            code=(True, True),
            widths=(9, 7, 10, 12),
        )
    st.markdown("**What was not sent**")
    st.caption("For these the endpoint's own default holds, which it need not tell.")
    if not notes.not_sent:
        st.text("nothing")
        return
    plain_table(
        ("Field", "What it means"),
        [(name, meaning(name)) for name in notes.not_sent],
        key=f"{key}.not_sent",
        alt="Settings that were not sent",
        code=(True,),
        widths=(6, 15),
    )


def _messages(slot: Slot) -> str:
    return ", ".join(message.role for message in slot.messages)


def _set(notes: Notes, meaning: Callable[[str], str]) -> list[tuple[str, str, str]]:
    return [(name, values.cell(value), meaning(name)) for name, value in notes.user_set.items()]


def _added(added: Added, meaning: Callable[[str], str]) -> tuple[str, str, str, str]:
    return added.field, values.cell(added.value), added.why, meaning(added.field)
