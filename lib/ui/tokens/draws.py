"""Real draws of the next token beside its computed distribution, with a test of their fit."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lib.analysis.after import with_whole
from lib.analysis.first_token import FirstTokens, first_token
from lib.analysis.next_token import NextToken
from lib.charts.first_token import first_tokens, marks
from lib.charts.theme import Look
from lib.domain.settings import Settings
from lib.engine.progress import Snapshot
from lib.results.grouping import groups
from lib.ui import inert, projector
from lib.ui.responses import opening
from lib.ui.tokens import plotting
from lib.ui.tokens.context import Context, snapshot_of
from lib.ui.tokens.knobs import Knobs

DRAWS = (20, 50, 100, 200, 500)
POLL_S = 0.5


def draw(lab: Context, run: str, found: NextToken, turned: Knobs) -> None:
    """Draw the button that makes them, and what they say."""
    st.markdown("**Check it with real draws**")
    if turned.name != "embedded":
        st.caption("The embedded model draws in its own order only. Choose it to draw.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        many = st.selectbox("Draws", DRAWS, index=1, key="tokens.draws.n", width=120)
        if st.button(
            f"Draw {many} with the model",
            icon=":material/casino:",
            key="tokens.draws.start",
            disabled=turned.name != "embedded",
            help="A run of one-token calls under these settings, kept like any other.",
        ):
            lab.draw(turned.settings, many)
            st.rerun(scope="fragment")
    snapshot = snapshot_of(lab.draws)
    if snapshot is None:
        return
    if snapshot.running:
        _wait(snapshot.run)
        return
    _result(snapshot, run, found, lab.drawn_with, turned.settings)


@st.fragment(run_every=POLL_S)
def _wait(run: str) -> None:
    snapshot = snapshot_of(run)
    if snapshot is None or not snapshot.running:
        st.rerun()
        return
    planned = len(snapshot.slots)
    st.progress(snapshot.done / planned, f"{snapshot.done:,} of {planned:,} draws")


def _result(
    snapshot: Snapshot, run: str, found: NextToken, asked: Settings | None, now: Settings
) -> None:
    if asked != now:
        st.caption("These draws were made with other settings than the sliders have now.")
    table = _table(snapshot.run, run, snapshot, found)
    if table is None:
        st.error("No draw came.", icon=":material/error:")
        return
    st.caption(marks({"draws": table}))
    (chart,) = first_tokens({"draws": table}, most=12, look=Look(projector.scale())).values()
    plotting.show(chart, "draws")
    inert.text(chart.alt)
    if st.button("See these draws in Responses", key="tokens.draws.open", type="tertiary"):
        opening.show(snapshot.run)


@st.cache_resource(max_entries=8, show_spinner=False)
def _table(draws: str, run: str, _snapshot: Snapshot, _found: NextToken) -> FirstTokens | None:
    """The draws with the whole distribution in place of the little that was asked with each."""
    del draws, run
    (group,) = groups(_snapshot)
    # The prompt cache, which is all that `extra` holds, changes no more than the last digits.
    settings = replace(group.settings, extra={})
    return first_token(replace(with_whole(group, _found), settings=settings))
