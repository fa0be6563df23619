"""What an endpoint's log probabilities describe: as its profile says, or as an audit has found."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lib import audit
from lib.analysis.entropy_bounds import VOCABULARY
from lib.analysis.groups import Describes
from lib.domain.configuration import BUNDLED_MODEL, Configuration
from lib.domain.errors import InputError, LabError
from lib.providers.capabilities import profile_of
from lib.ui import inert, resources

BUNDLED_VOCABULARY = 49_152


@dataclass(frozen=True, slots=True)
class Known:
    """Which distribution it is, and how that is known."""

    describes: Describes
    how: str


def known(configuration: Configuration) -> Known:
    """What is known of a configuration's endpoint and model. An audit goes before the table."""
    endpoint = configuration.endpoint
    try:
        standing = audit.standing(resources.engine().store, endpoint, configuration.model)
    except LabError:
        standing = None
    report = standing.describing if standing is not None else None
    if report is not None and report.logprobs_describe in ("before_sampling", "after_sampling"):
        return Known(report.logprobs_describe, f"by the audit of {report.made_at:%Y-%m-%d}")
    try:
        return Known(profile_of(endpoint).logprobs, "by the table of capabilities")
    except InputError:
        return Known("unknown", "")


def vocabulary(configuration: Configuration) -> int:
    """How many tokens the model has, at most."""
    bundled = configuration.endpoint.embedded and configuration.model == BUNDLED_MODEL
    return BUNDLED_VOCABULARY if bundled else VOCABULARY


def why_not(found: Known) -> str | None:
    """Why there can be no what-if on these probabilities; `None`: there can."""
    match found.describes:
        case "before_sampling":
            return None
        case "after_sampling":
            return (
                f"These probabilities are of what is left after the settings ({found.how}). "
                "What-if needs those before them."
            )
        case _:
            return (
                "It isn't known whether these probabilities are from before or after the sampling "
                "settings, so nothing can be computed from them."
            )


def told(found: Known) -> None:
    """Say why there is no what-if, and how to find out."""
    if (why := why_not(found)) is not None:
        st.info("What-if can't be known here.", icon=":material/help:")
        inert.text(why)
        if found.describes == "unknown":
            st.page_link(
                "pages/endpoints.py",
                label="An audit under Endpoints can find it out",
                icon=":material/dns:",
            )
