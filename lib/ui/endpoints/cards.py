"""A card for each endpoint: where it is, its key, and whether it answers."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

import streamlit as st

from lib.domain.configuration import LOCAL, Endpoint
from lib.domain.errors import LabError
from lib.providers import capabilities
from lib.ui import credentials, inert, resources, trouble
from lib.ui.compare import trust
from lib.ui.compare.endpoints import without_key
from lib.ui.endpoints import described, key_field, model_lists

_IN_THE_OPEN = (
    "Plain http, and not on this machine: whoever is on the way can read messages and answers. "
    "A key is never sent there."
)


def draw(saved: Sequence[Endpoint]) -> None:
    """Draw all that can be asked: the embedded model, the vendors, and the saved servers."""
    grid = st.grid("auto", min_column_width=280, border=True)
    with grid.cell():
        _embedded()
    for group in credentials.by_key():
        with grid.cell():
            _vendor(group)
    for server in saved:
        with grid.cell():
            _server(server)


def _embedded() -> None:
    st.markdown("**The embedded model**")
    st.caption("Endpoint local. It runs on this machine, and needs no key and no network.")
    if unusable := resources.embedded_trouble():
        st.warning("It can't be used.", icon=":material/warning:")
        inert.text(unusable)
    model_lists.draw([LOCAL], label="Test the embedded model", key="endpoints.local.test")


def _vendor(group: Sequence[Endpoint]) -> None:
    first = group[0]
    says = capabilities.capital(capabilities.profile_of(first).says)
    names = " and ".join(each.name for each in group)
    st.markdown(f"**{says}**")
    st.caption(f"Endpoint{'s' * (len(group) != 1)} {names}. Variable {first.api_key_env}.")
    _address(first)
    key_field.draw(group, label=f"{says} key", key=f"endpoints.{first.name}.key")
    model_lists.draw(
        group,
        label=f"Test {says}",
        key=f"endpoints.{first.name}.test",
        disabled=bool(without_key([first])),
    )


def _server(server: Endpoint) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        inert.text(server.name)
        st.space("stretch")
        st.button(
            f"Remove {_name(server)}",
            icon=":material/delete:",
            key=f"endpoints.saved.{server.name}.remove",
            type="tertiary",
            on_click=_forget,
            args=(server.name,),
            help="From the servers that are offered. Drafts and runs that have it keep it.",
        )
    st.caption(f"{_kind(server)}. Saved on this installation.")
    _address(server)
    if not trust.is_trusted(server):
        st.caption(
            ":material/public: It isn't on this machine, and was not saved in this session. Read "
            "its address before you send anything there."
        )
        st.button(
            "I trust this address",
            key=f"endpoints.saved.{server.name}.trust",
            on_click=trust.add,
            args=(server.base_url,),
        )
        return
    key_field.draw(
        [server], label=f"Key of {_name(server)}", key=f"endpoints.saved.{server.name}.key"
    )
    model_lists.draw(
        [server], label=f"Test {_name(server)}", key=f"endpoints.saved.{server.name}.test"
    )


def _name(server: Endpoint) -> str:
    """A server's name, for a label, unless Streamlit could read Markdown in it."""
    return server.name if re.fullmatch(r"[A-Za-z][A-Za-z0-9 -]*", server.name) else "this server"


def _kind(server: Endpoint) -> str:
    try:
        return capabilities.capital(capabilities.profile_of(server).says)
    except LabError:
        return "Of a kind that this version doesn't know"


def _address(endpoint: Endpoint) -> None:
    url = described.address(endpoint, os.environ)
    inert.text(str(url or endpoint.base_url), most=200)
    if described.in_the_open(endpoint, os.environ):
        st.warning(_IN_THE_OPEN, icon=":material/lock_open:")


def _forget(name: str) -> None:
    with trouble.kept("endpoints.forget"):
        resources.engine().store.forget_server(name)
