"""Which endpoint and which of its models the lower half of the page is about."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.domain.configuration import KNOWN_ENDPOINTS, Endpoint
from lib.domain.errors import InputError
from lib.providers import capabilities, known_models
from lib.ui import resources
from lib.ui.endpoints import model_lists

_LONGEST = 300
"""Characters of a model's name: as many as an experiment takes."""


def draw(saved: Sequence[Endpoint]) -> tuple[Endpoint, str | None]:
    """Draw the two choices; returns the endpoint, and the model if one is chosen."""
    endpoints = {each.name: each for each in (*KNOWN_ENDPOINTS, *saved)}
    left, right = st.columns(2)
    with left:
        name = st.selectbox(
            "Endpoint",
            list(endpoints),
            key="endpoints.chosen",
            persist_state="session",
        )
    endpoint = endpoints.get(name, KNOWN_ENDPOINTS[0])
    with right:
        model = st.selectbox(
            "Model",
            models(endpoint),
            index=0 if endpoint.embedded else None,
            key=f"endpoints.model.{endpoint.name}",
            placeholder="Choose one, or type its name",
            accept_new_options=True,
            persist_state="session",
            help="What this endpoint told when it was tested, and what the lab knows of its kind.",
        )
    return endpoint, (model or "").strip()[:_LONGEST] or None


def models(endpoint: Endpoint) -> list[str]:
    """What the endpoint told, and then the models that the lab has data about."""
    if endpoint.embedded:
        return [resources.embedded_model()]
    told = model_lists.told(endpoint)
    return list(dict.fromkeys([*(told.models if told else ()), *_known(endpoint)]))


def _known(endpoint: Endpoint) -> list[str]:
    """Names that stand in the data of this endpoint's own vendor."""
    try:
        kind = capabilities.profile_of(endpoint).name
    except InputError:
        return []
    return [
        name
        for family in known_models.families()
        if kind in known_models.vendors()[family.vendor]
        for name in family.models
        if not set(name) & set("*?[")  # a pattern is no name
    ]
