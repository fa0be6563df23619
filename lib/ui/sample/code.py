"""The same call as a program, to be copied."""

from __future__ import annotations

import streamlit as st

from lib.domain.errors import LabError
from lib.domain.vocabulary import Slot
from lib.providers.as_code import Form, as_code, forms
from lib.store.reading import Attempt
from lib.ui import inert

_NAMES: dict[Form, str] = {
    "openai": "Python: openai",
    "anthropic": "Python: anthropic",
    "gemini": "Python: google-genai",
    "curl": "curl",
}


def draw(slot: Slot, attempt: Attempt, *, key: str) -> None:
    """Show a program that sends this attempt's request again, in one of the forms that fit."""
    endpoint = slot.configuration.endpoint
    chosen = st.segmented_control(
        "Form",
        forms(endpoint),
        default=forms(endpoint)[0],
        format_func=_NAMES.__getitem__,
        required=True,
        key=f"{key}.form",
    )
    st.caption(
        "It sends the same JSON as this call. It needs no key, and a server that you start."
        if endpoint.embedded
        else "It sends the same JSON as this call. The key is not in it: it is read from the "
        "environment when the program runs."
    )
    try:
        program = as_code(attempt.request, endpoint, chosen)
    except LabError as error:
        inert.text(str(error))
        return
    inert.block(program, language="bash" if chosen == "curl" else "python")
