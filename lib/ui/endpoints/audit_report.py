"""What the newest audit of a model found, with its evidence."""

from __future__ import annotations

import json

import streamlit as st

from lib import audit
from lib.domain.configuration import Endpoint
from lib.domain.errors import LabError
from lib.ui import inert, resources, state
from lib.ui.endpoints import audit_words
from lib.ui.sample.plain_table import plain_table

_RESPONSES = "pages/responses.py"
_EVIDENCE_PX = 360


def draw(endpoint: Endpoint, model: str) -> None:
    """Draw the newest report, or say that there is none."""
    try:
        report = audit.latest(resources.engine().store, endpoint, model)
    except LabError as error:
        st.error("The reports can't be read.", icon=":material/error:")
        inert.text(str(error))
        return
    if report is None:
        st.caption("It has not been audited yet.")
        return
    inert.text(audit_words.made(report))
    plain_table(
        audit_words.HEADINGS,
        audit_words.rows(report),
        key="endpoints.audit.report",
        alt="What the audit found, by setting",
        code=[True],
        widths=[4, 3, 14, 2],
        labelled=True,
    )
    with st.expander("What the verdicts mean"):
        plain_table(
            ("verdict", "means"),
            [[audit_words.word(verdict), means] for verdict, means in audit_words.MEANS.items()],
            key="endpoints.audit.verdicts",
            alt="What the verdicts mean",
            widths=[1, 5],
        )
    with st.expander("Evidence"):
        _evidence(report)


def _evidence(report: audit.AuditReport) -> None:
    name = st.selectbox("Setting", list(report.settings), key="endpoints.audit.evidence")
    found = report.settings.get(name or "")
    if found is None:
        return
    inert.block(
        json.dumps(found.evidence, indent=2, ensure_ascii=False, default=str),
        language="json",
        height=_EVIDENCE_PX,
    )
    if not found.runs:
        st.caption("No call was made for it.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Its responses:", width="content")
        for number, run in enumerate(found.runs, start=1):
            if st.button(f"Run {number}", key=f"endpoints.audit.run.{number}", help=run):
                state.look_at(run)
                st.switch_page(_RESPONSES, query_params={"run": run})
