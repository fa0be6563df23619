"""The Endpoints page: what it draws, from top to bottom."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from lib.domain.configuration import Endpoint
from lib.domain.errors import LabError
from lib.ui import inert, resources, trouble
from lib.ui.endpoints import adding, audit_panel, cards, choice, prices, using, what_it_takes


def render() -> None:
    """Draw who can be asked, and below it one of their models."""
    st.header("Endpoints")
    st.caption(
        "A key is typed for this browser session, or read from the server's environment. It is "
        "sent to its own endpoint, and to nobody else; it is never shown and never stored."
    )
    trouble.draw("endpoints.forget", "That was not done.")
    saved = _saved()
    cards.draw(saved)
    adding.draw()
    st.subheader("A model")
    endpoint, model = choice.draw(saved)
    if model is None:
        st.info("Choose a model, or type its name, to see what it takes and costs.")
        return
    try:
        _model(endpoint, model)
    except LabError as error:  # of a saved server whose profile this version doesn't know
        st.error("Nothing can be said of this model.", icon=":material/error:")
        inert.text(str(error))


def _model(endpoint: Endpoint, model: str) -> None:
    using.draw(endpoint, model)
    tabs: dict[str, Callable[[], None]] = {
        "What it takes": partial(what_it_takes.draw, endpoint, model),
        "Audit": partial(audit_panel.draw, endpoint, model),
        "Price": partial(prices.draw, endpoint, model),
    }
    for place, draw in zip(
        st.tabs(list(tabs), key="endpoints.tabs", on_change="rerun"), tabs.values(), strict=True
    ):
        with place:
            if place.open:
                draw()


def _saved() -> list[Endpoint]:
    try:
        return resources.engine().store.servers()
    except LabError as error:
        st.error("The saved servers can't be read.", icon=":material/error:")
        inert.text(str(error))
        return []
