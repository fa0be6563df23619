"""Addresses off this machine: whoever opens a link or a draft vouches for them before Run.

An experiment that comes from somebody else names the address where messages go. The shell asks
for `--trust-endpoint`; this is the same on the page.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx2
import streamlit as st

from lib.domain.configuration import KNOWN_ENDPOINTS, Endpoint
from lib.domain.experiment import Experiment
from lib.providers.addresses import is_loopback
from lib.ui import inert

_TRUSTED = "state.trusted"


def add(*base_urls: str) -> None:
    """This visitor vouches for these addresses, until the session ends."""
    kept = st.session_state.get(_TRUSTED, ())
    st.session_state[_TRUSTED] = {*kept, *(url.rstrip("/") for url in base_urls)}


def is_trusted(endpoint: Endpoint) -> bool:
    """Whether calls to this endpoint need nobody's word, or have it."""
    url = endpoint.base_url
    if endpoint in KNOWN_ENDPOINTS or not url:
        return True
    try:
        return is_loopback(httpx2.URL(url)) or url.rstrip("/") in st.session_state.get(_TRUSTED, ())
    except httpx2.InvalidURL:
        return False


def asked(experiment: Experiment | None) -> bool:
    """Ask for what nobody has vouched for yet; returns whether all is trusted."""
    foreign = sorted(
        {
            each.endpoint.base_url
            for each in (experiment.configurations if experiment else ())
            if each.endpoint.base_url and not is_trusted(each.endpoint)
        }
    )
    if not foreign:
        return True
    st.warning("Calls would leave this machine. Your messages go there:", icon=":material/public:")
    inert.text("\n".join(f"{urlsplit(url).hostname}   {url}" for url in foreign))
    st.button("I trust these addresses", on_click=add, args=tuple(foreign))
    return False
