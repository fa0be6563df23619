"""Other endpoints than the embedded model: a key for OpenAI, and servers that speak its dialect."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from lib.domain.configuration import KNOWN_ENDPOINTS, OPENAI, Endpoint
from lib.domain.errors import InputError
from lib.domain.experiment_file import parse
from lib.ui import credentials, inert
from lib.ui.compare import trust
from lib.ui.state import Draft


def named(document: dict[str, Any]) -> list[str]:
    """The endpoints that a configuration can name, in order."""
    return [*(each.name for each in KNOWN_ENDPOINTS), *document.get("endpoints", {})]


def edit(draft: Draft) -> dict[str, Any]:
    """Draw the endpoints in a popover; returns the draft's own ones as they are now."""
    own: dict[str, Any] = dict(draft.document.get("endpoints", {}))
    with st.popover("Endpoints", icon=":material/dns:"):
        st.markdown("**The embedded model** needs nothing: it runs on this machine.")
        _key(OPENAI, "OpenAI", draft)
        for name, given in own.items():
            endpoint = Endpoint(name=name, **given)
            st.divider()
            inert.text(f"{name}: {endpoint.base_url}")
            _key(endpoint, None, draft)
            if st.button("Remove this server", key=draft.key(f"endpoint.{name}.remove")):
                draft.later(partial(_remove, draft, name))
        st.divider()
        _add(draft, own)
    return own


def _key(endpoint: Endpoint, title: str | None, draft: Draft) -> None:
    typed = st.text_input(
        f"{title} key" if title else "Key",
        type="password",
        autocomplete="off",
        key=draft.key(f"endpoint.{endpoint.name}.key"),
        placeholder="Only for this browser session, never stored",
        help="Kept in memory until this session ends, and sent to this endpoint alone.",
    )
    if typed:
        credentials.remember(endpoint, typed)
    with st.container(horizontal=True, vertical_alignment="center"):
        try:
            st.caption(f"Key in use: {credentials.source(endpoint)}.", width="content")
        except InputError as error:
            inert.text(str(error))
        if credentials.typed(endpoint) and st.button(
            "Forget it", key=draft.key(f"endpoint.{endpoint.name}.forget"), type="tertiary"
        ):
            credentials.forget(endpoint)
            draft.later(draft.refresh)


def _add(draft: Draft, own: dict[str, Any]) -> None:
    st.markdown("**Another OpenAI-compatible server** (vLLM, llama.cpp, Ollama, …)")
    name = st.text_input("Name", key=draft.key("endpoint.new.name"), placeholder="mine")
    url = st.text_input(
        "Base URL", key=draft.key("endpoint.new.url"), placeholder="http://127.0.0.1:8000/v1"
    )
    if not st.button("Add server", key=draft.key("endpoint.new.add"), disabled=not (name and url)):
        return
    added = {**own, name.strip(): {"base_url": url.strip()}}
    try:
        # A whole document, so that an address is judged by the one place that judges it.
        parse({"messages": [{"role": "user", "content": "x"}], "endpoints": added})
    except InputError as error:
        inert.text(str(error))
        return
    trust.add(url.strip())  # whoever types an address means it
    draft.later(lambda: draft.replace({**draft.document, "endpoints": added}))


def _remove(draft: Draft, name: str) -> None:
    own = draft.document.get("endpoints", {})
    kept = {other: each for other, each in own.items() if other != name}
    draft.replace({**draft.document, "endpoints": kept})
