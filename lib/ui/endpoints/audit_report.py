"""What audits of a model found: of each setting the newest finding, with its evidence."""

from __future__ import annotations

import json
from collections.abc import Sequence

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
    """Draw what stands, or say that there is nothing."""
    try:
        standing = audit.standing(resources.engine().store, endpoint, model)
    except LabError as error:
        st.error("The reports can't be read.", icon=":material/error:")
        inert.text(str(error))
        return
    if standing is None:
        st.caption("It has not been audited yet.")
        return
    inert.text(audit_words.made(standing.newest))
    _table(standing.newest, None, key="endpoints.audit.report")
    for number, report in enumerate(standing.reports[1:], start=1):
        names = standing.settings_of(report)
        inert.text(audit_words.earlier(report, names))
        _table(report, names, key=f"endpoints.audit.report.{number}")
    with st.expander("What the verdicts mean"):
        plain_table(
            ("verdict", "means"),
            [[audit_words.word(verdict), means] for verdict, means in audit_words.MEANS.items()],
            key="endpoints.audit.verdicts",
            alt="What the verdicts mean",
            widths=[1, 5],
        )
    with st.expander("Evidence"):
        _evidence(standing)


def _table(report: audit.AuditReport, names: Sequence[str] | None, *, key: str) -> None:
    plain_table(
        audit_words.HEADINGS,
        audit_words.rows(report, names),
        key=key,
        alt="What the audit found, by setting" if names is None else "What an earlier audit found",
        code=[True],
        widths=[4, 3, 14, 2],
        labelled=True,
    )


def _evidence(standing: audit.Standing) -> None:
    names = [name for report in standing.reports for name in standing.settings_of(report)]
    name = st.selectbox("Setting", names, key="endpoints.audit.evidence")
    report = standing.about(name or "")
    if report is None:
        return
    found = report.settings[name]
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
