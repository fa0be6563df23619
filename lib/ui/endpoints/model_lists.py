"""The models that endpoints have told in this session, and the button that asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from lib.domain import folders
from lib.domain.configuration import Endpoint
from lib.domain.errors import LabError
from lib.engine.listing_models import DEADLINE_S, models_of
from lib.ui import credentials, inert

_KEPT = "endpoints.model_lists"
_LIST_PX = 240


@dataclass(frozen=True, slots=True)
class Told:
    """What came of asking an endpoint for its models."""

    at: datetime
    models: tuple[str, ...] = ()
    trouble: str = ""
    """Why there are none."""


def told(endpoint: Endpoint) -> Told | None:
    """What this endpoint at this address said last, if it was asked in this session."""
    return _kept().get(_place(endpoint))


def draw(group: Sequence[Endpoint], *, label: str, key: str, disabled: bool = False) -> None:
    """Draw the button that asks, and what was told.

    Args:
        group: endpoints at one address with one key; the first is asked.
        label: of the button.
        key: of the widgets.
        disabled: whether it can't be asked.
    """
    first = group[0]
    if st.button(
        label,
        icon=":material/network_check:",
        key=key,
        disabled=disabled,
        help="Asks for its list of models: one call, which costs nothing.",
    ):
        answer = _ask(first)
        _kept().update({_place(each): answer for each in group})
    found = told(first)
    if found is None:
        return
    if found.trouble:
        st.caption(f":material/error: Asked at {found.at:%H:%M:%S}, without success:")
        inert.text(found.trouble)
        return
    count = f"{len(found.models):,} model{'s' * (len(found.models) != 1)}"
    st.caption(f":material/check_circle: It answers, and has {count} ({found.at:%H:%M:%S}).")
    with st.expander("Models"):
        _list(found.models, key=f"{key}.filter")


def _ask(endpoint: Endpoint) -> Told:
    with st.spinner(f"Asking for its models, {DEADLINE_S:.0f} seconds at most …"):
        try:
            models = models_of(endpoint, key=credentials.key_of(endpoint), home=folders.home())
        except LabError as error:
            return Told(_now(), trouble=str(error))
    if not models:
        return Told(_now(), trouble="It answers, and its list of models is empty.")
    return Told(_now(), models=tuple(models))


def _list(models: Sequence[str], *, key: str) -> None:
    wanted = st.text_input("Filter", key=key, placeholder="part of a name", live=True) or ""
    found = [each for each in models if wanted.strip().lower() in each.lower()]
    if not found:
        st.caption("No model has this in its name.")
        return
    if len(found) < len(models):
        st.caption(f"{len(found):,} of {len(models):,}")
    inert.block("\n".join(found), height=_LIST_PX if len(found) > 6 else None)


def _now() -> datetime:
    return datetime.now().astimezone()


def _place(endpoint: Endpoint) -> tuple[str, str | None]:
    return endpoint.name, endpoint.base_url


def _kept() -> dict[tuple[str, str | None], Told]:
    kept: dict[tuple[str, str | None], Told] = st.session_state.setdefault(_KEPT, {})
    return kept
