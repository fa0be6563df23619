"""From an endpoint to the draft on Compare: a copy goes into the document, which needs no more."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.domain.configuration import KNOWN_ENDPOINTS, Endpoint
from lib.domain.errors import InputError
from lib.ui import inert, state
from lib.ui.endpoints import described

_SAID = "endpoints.used"


def draw(endpoint: Endpoint, model: str) -> None:
    """Draw the button that puts an endpoint and a model into all configurations of the draft."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Use it in the draft",
            icon=":material/input:",
            key="endpoints.use",
            on_click=_use,
            args=(endpoint, model),
            help="Puts this endpoint and model into all configurations on Compare. Undo there "
            "takes it back.",
        )
        of, said = st.session_state.get(_SAID, (None, ""))
        if of == (endpoint, model):
            inert.text(said)


def _use(endpoint: Endpoint, model: str) -> None:
    draft = state.draft()
    try:
        document = used(draft.document, endpoint, model)
    except InputError as error:
        st.session_state[_SAID] = (endpoint, model), str(error)
        return
    draft.replace(document)
    said = f"All configurations on Compare ask {endpoint.name} now."
    st.session_state[_SAID] = (endpoint, model), said


def used(document: dict[str, Any], endpoint: Endpoint, model: str) -> dict[str, Any]:
    """The document with this endpoint and model in all of its configurations.

    Raises:
        InputError: if it has another endpoint of the same name.
    """
    columns = [
        {**each, "endpoint": endpoint.name, "model": model}
        for each in document.get("configurations") or [{"name": "Defaults"}]
    ]
    return {**with_server(document, endpoint), "configurations": columns}


def with_server(document: dict[str, Any], server: Endpoint) -> dict[str, Any]:
    """The document with a copy of a server in it.

    Raises:
        InputError: if it has another endpoint of the same name.
    """
    if server in KNOWN_ENDPOINTS:
        return document
    own = document.get("endpoints", {})
    copy = described.entry(server)
    if own.get(server.name, copy) != copy:
        raise InputError(
            f"The draft has another endpoint that is called {server.name}.",
            "Remove that one on Compare, under Endpoints, first.",
        )
    return {**document, "endpoints": {**own, server.name: copy}}
