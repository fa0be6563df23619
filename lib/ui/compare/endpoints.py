"""Whom the draft asks: keys for the known endpoints, and servers of its own. Endpoints has more."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from lib.domain.configuration import KNOWN_ENDPOINTS, Endpoint
from lib.domain.errors import InputError, LabError
from lib.providers import capabilities, registry
from lib.providers.addresses import is_loopback
from lib.ui import credentials, inert, resources
from lib.ui.compare import trust
from lib.ui.endpoints import choice, described, key_field, model_lists
from lib.ui.state import Draft


def named(document: Mapping[str, Any]) -> dict[str, Endpoint]:
    """The endpoints that a configuration can name: known ones, the draft's own, and saved ones.

    In an order that stays when a saved one becomes the draft's own: a grid whose choices change
    forgets what was typed.
    """
    found: dict[str, Endpoint] = {}
    for name, given in dict(document.get("endpoints", {})).items():
        try:
            found[name] = Endpoint(name=name, **given)
        except TypeError:
            continue  # the validation tells
    for each in _saved():
        found.setdefault(each.name, each)
    others = {name: found[name] for name in sorted(found)}
    return {**{each.name: each for each in KNOWN_ENDPOINTS}, **others}


def _saved() -> list[Endpoint]:
    try:
        return resources.engine().store.servers()
    except LabError:
        return []  # the Endpoints page tells


def with_saved(
    own: Mapping[str, Any], configurations: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The draft's own endpoints, and a copy of each saved one that a configuration names."""
    asked = {each.get("endpoint") for each in configurations}
    missing = asked - own.keys() - {each.name for each in KNOWN_ENDPOINTS} - {None}
    if not missing:
        return dict(own)
    copies = {each.name: described.entry(each) for each in _saved() if each.name in missing}
    return {**own, **copies}


def without_key(endpoints: Sequence[Endpoint]) -> list[str]:
    """The names of known endpoints that can't be asked without a key, and have none."""
    return [each.name for each in endpoints if each in KNOWN_ENDPOINTS and _lacks_key(each)]


def _lacks_key(endpoint: Endpoint) -> bool:
    if endpoint.embedded or not endpoint.api_key_env:
        return False
    try:
        if credentials.key_of(endpoint):
            return False
        return not is_loopback(registry.address_and_key(endpoint, None, os.environ)[0])
    except LabError:
        return False  # told when it is started, with what is wrong


def models_of(endpoint: Endpoint | None) -> list[str]:
    """The models to choose from, where the endpoint was asked or its vendor's are known."""
    return [] if endpoint is None or endpoint.embedded else choice.models(endpoint)


def edit(draft: Draft) -> dict[str, Any]:
    """Draw the endpoints in a popover; returns the draft's own ones as they are now."""
    own: dict[str, Any] = dict(draft.document.get("endpoints", {}))
    with st.popover("Endpoints", icon=":material/dns:"):
        st.markdown("**The embedded model** needs nothing: it runs on this machine.")
        for group in credentials.by_key():
            title = capabilities.capital(capabilities.profile_of(group[0]).says)
            _one(group, f"{title} key", draft)
        for name, given in own.items():
            _own(name, given, draft)
        st.divider()
        _add(draft, own)
        st.page_link(
            "pages/endpoints.py",
            label="All endpoints: what their models take, and what they cost",
            icon=":material/dns:",
        )
    return own


def _own(name: str, given: dict[str, Any], draft: Draft) -> None:
    try:
        endpoint = Endpoint(name=name, **given)
    except TypeError:
        return  # the validation tells
    st.divider()
    inert.text(f"{name}: {endpoint.base_url}")
    _one([endpoint], "Key", draft)
    if st.button(
        "Remove this server", icon=":material/delete:", key=draft.key(f"endpoint.{name}.remove")
    ):
        draft.later(partial(_remove, draft, name))


def _one(group: Sequence[Endpoint], title: str, draft: Draft) -> None:
    first = group[0]
    key_field.draw(group, label=title, key=f"compare.key.{first.name}")
    if without_key([first]):
        return
    if not trust.is_trusted(first):
        st.caption("It is tested once you have said, above, that you trust its address.")
        return
    model_lists.draw(group, label="Test connection", key=f"compare.test.{first.name}")
    if model_lists.told(first) and (told := models_of(first)):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            model = st.selectbox("Model", told, key=draft.key(f"endpoint.{first.name}.model"))
            if st.button(
                "Use it",
                key=draft.key(f"endpoint.{first.name}.use"),
                help="Puts this endpoint and model into all configurations. Undo takes it back.",
            ):
                draft.later(partial(_use, draft, first.name, str(model)))


def _use(draft: Draft, name: str, model: str) -> None:
    columns = [
        {**each, "endpoint": name, "model": model}
        for each in draft.document.get("configurations", [])
    ]
    draft.replace({**draft.document, "configurations": columns})


def _add(draft: Draft, own: dict[str, Any]) -> None:
    st.markdown("**A server of your own** (vLLM, llama.cpp, Ollama, …)")
    name = st.text_input("Name", key=draft.key("endpoint.new.name"), placeholder="mine")
    url = st.text_input(
        "Base URL", key=draft.key("endpoint.new.url"), placeholder="http://127.0.0.1:8000/v1"
    )
    kinds = described.kinds("openai")
    kind = st.selectbox(
        "Kind of server",
        list(kinds),
        key=draft.key("endpoint.new.kind"),
        help="What is known of it: which settings it takes, and what becomes of a prefill. Other "
        "dialects than OpenAI's are added on Endpoints.",
    )
    if not st.button(
        "Add server",
        icon=":material/add:",
        key=draft.key("endpoint.new.add"),
        disabled=not (name and url),
    ):
        return
    try:
        server = described.endpoint(name, base_url=url, profile=kinds.get(kind or ""))
    except InputError as error:
        inert.text(str(error))
        return
    trust.add(server.base_url or "")  # whoever types an address means it
    added = {**own, server.name: described.entry(server)}
    draft.later(lambda: draft.replace({**draft.document, "endpoints": added}))


def _remove(draft: Draft, name: str) -> None:
    own = draft.document.get("endpoints", {})
    kept = {other: each for other, each in own.items() if other != name}
    draft.replace({**draft.document, "endpoints": kept})
