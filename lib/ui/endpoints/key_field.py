"""Where a key is typed. It goes into this session's memory, and from the page at once."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.domain.configuration import Endpoint
from lib.domain.errors import InputError
from lib.providers.secrets import checked_key
from lib.ui import credentials, inert

_TROUBLE = "endpoints.key_trouble"


def draw(group: Sequence[Endpoint], *, label: str, key: str) -> None:
    """Draw the field for endpoints that share a key, and say where the key in use is from.

    Args:
        group: at least one endpoint.
        label: of the field.
        key: of the widgets.
    """
    first = group[0]
    st.text_input(
        label,
        type="password",
        autocomplete="off",
        key=key,
        placeholder="Type or paste it, then press Enter",
        help="Kept in the memory of this browser session until it ends, sent to this address "
        "alone, and never shown again or stored.",
        on_change=_take,
        args=(group, key),
    )
    if trouble := st.session_state.get(_TROUBLE, {}).get(key):
        inert.text(trouble)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        try:
            st.caption(f"Key in use: {credentials.source(first)}.", width="content")
        except InputError as error:  # of a variable whose key may not go there, or is none
            inert.text(str(error))
        if credentials.typed(first):
            st.button(
                "Forget it",
                key=f"{key}.forget",
                type="tertiary",
                on_click=_forget,
                args=(group,),
            )


def _take(group: Sequence[Endpoint], key: str) -> None:
    troubles = st.session_state.setdefault(_TROUBLE, {})
    troubles.pop(key, None)
    typed, st.session_state[key] = st.session_state[key], ""
    try:
        found = checked_key(typed)
    except InputError as error:
        troubles[key] = str(error)
        return
    if found:
        for each in group:
            credentials.remember(each, found)


def _forget(group: Sequence[Endpoint]) -> None:
    for each in group:
        credentials.forget(each)
