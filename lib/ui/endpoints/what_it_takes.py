"""The table of what a model takes, with where that is from, and what was learnt from refusals."""

from __future__ import annotations

import json

import streamlit as st

from lib import audit
from lib.domain.configuration import Endpoint
from lib.domain.errors import LabError
from lib.engine import learnt
from lib.engine.costing import today
from lib.providers.known_models import family_of
from lib.ui import inert, resources
from lib.ui.endpoints import audit_words, takes
from lib.ui.sample.plain_table import plain_table


def draw(endpoint: Endpoint, model: str) -> None:
    """Draw all that is known of the settings of a model at an endpoint."""
    family = family_of(endpoint, model)
    if family is not None:
        for line in takes.known_as(family, today()):
            inert.text(line)
    elif not endpoint.embedded:
        st.info(
            "The lab knows nothing of this model at this address, and assumes nothing: what you "
            "set is sent. What it refuses, one call tells; what it ignores, an audit can tell.",
            icon=":material/help:",
        )
    standing = _standing(endpoint, model)
    rows, headings, widths = takes.rows(endpoint, model), takes.HEADINGS, [4, 5, 5, 9, 8]
    if standing is not None:
        rows = [[*row, audit_words.found(standing, row[0])] for row in rows]
        headings, widths = (*headings, audit_words.dated(standing)), [*widths, 3]
    plain_table(
        headings,
        rows,
        key="endpoints.takes",
        alt="What this model takes, by setting",
        code=[True, True],
        widths=widths,
        labelled=True,
    )
    st.markdown("**Besides**")
    plain_table(
        ("what", "how it is there"),
        [*takes.besides(endpoint, model), *(audit_words.besides(standing) if standing else [])],
        key="endpoints.besides",
        alt="Prefill, log probabilities and roles",
        widths=[2, 7],
    )
    _learnt(endpoint, model)
    _added(endpoint)


def _standing(endpoint: Endpoint, model: str) -> audit.Standing | None:
    try:
        return audit.standing(resources.engine().store, endpoint, model)
    except LabError as error:
        inert.text(f"The reports of audits can't be read. {error}")
        return None


def _learnt(endpoint: Endpoint, model: str) -> None:
    st.markdown("**Learnt from refusals**")
    try:
        found = learnt.learnt(resources.engine().store, endpoint, model)
    except LabError as error:
        inert.text(f"The store can't be read. {error}")
        return
    if not found:
        st.caption("No call in the store was refused by this model because of a setting.")
        return
    plain_table(
        ("setting", "was set to", "what it said", "when"),
        [
            [
                each.setting,
                inert.shortened(json.dumps(each.value, ensure_ascii=False, default=str), 80),
                each.says,
                f"{each.at.astimezone():%Y-%m-%d %H:%M}",
            ]
            for each in found
        ],
        key="endpoints.learnt",
        alt="Settings that this model has refused",
        code=[True, True],
        widths=[4, 4, 15, 4],
        labelled=True,
    )


def _added(endpoint: Endpoint) -> None:
    rows = takes.added(endpoint)
    if not rows:
        return
    with st.expander(f"What the lab sends although nobody set it ({len(rows)})"):
        plain_table(
            ("field", "value", "why"),
            rows,
            key="endpoints.added",
            alt="Fields that the lab sends although nobody set them",
            code=[True, True],
            widths=[3, 3, 8],
            labelled=True,
        )
