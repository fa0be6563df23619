"""What all calls of the branch took: tokens by turn, the window filling, cost."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.charts.theme import Look
from lib.charts.turn_tokens import turn_tokens
from lib.charts.words import percent
from lib.conversation.ledger import Totals, totals
from lib.engine import costing
from lib.ui import inert, projector
from lib.ui.conversation import plotting, runs
from lib.ui.conversation.account import Told
from lib.ui.conversation.kept import Open
from lib.ui.conversation.limits import Limits


def draw(opened: Open, told: Sequence[Told], known: Limits) -> None:
    """Draw it, once a call was made."""
    if not told:
        return
    st.subheader("What it took")
    entries = [each.entry for each in told]
    whole = totals(entries)
    _numbers(opened, told, whole, known)
    largest = max(sum(each.shares.values()) for each in entries)
    far = known.window is not None and largest < known.window / 4
    shown = st.toggle(
        "Against the context window",
        value=not far,
        key="conversation.taken.window",
        help="Draws the window as a line. Off, short calls can be told apart.",
        disabled=known.window is None,
    )
    chart = turn_tokens(
        entries, window=known.window if shown else None, look=Look(projector.scale())
    )
    plotting.show(chart, "tokens")
    if not all(each.exact for each in entries):
        st.caption(
            "Totals are as the endpoint reports them; how they are shared out among the messages "
            "is about."
        )
    _costs(opened, told)


def _numbers(opened: Open, told: Sequence[Told], whole: Totals, known: Limits) -> None:
    with st.container(horizontal=True, gap="large"):
        _metric("Calls of this branch", f"{whole.calls:,}")
        _metric("Tokens sent", f"{whole.input_tokens:,}")
        share = whole.repeated_share
        if share is not None:
            _metric("Of these, sent before", percent(share))
        _metric("Tokens answered", f"{whole.output_tokens:,}")
        if known.window:
            last = told[-1].entry
            filled = (last.input_tokens or 0) + (last.output_tokens or 0)
            _metric("Window after the last call", percent(min(1.0, filled / known.window)))
    if whole.calls > 1:
        st.caption(
            "Each call sends the earlier turns again, so the tokens sent grow faster than the "
            "conversation. That is what a provider bills."
        )
    inert.text(_spent(opened))


def _spent(opened: Open) -> str:
    made = opened.document.runs
    cost = costing.told(runs.cost(made)) or "Cost: free."
    calls = runs.calls_made(made)
    return f"{cost} All {calls:,} calls of the conversation: every branch, summary and comparison."


def _metric(label: str, value: str) -> None:
    st.metric(label, value, width="content")


def _costs(opened: Open, told: Sequence[Told]) -> None:
    with st.expander("Cost, turn by turn", type="compact", key="conversation.costs"):
        rows = []
        so_far = runs.cost(())
        for each in told:
            mine = [c.run for c in opened.document.conversation.calls if c.at == each.turn.parent]
            own = runs.cost(mine or [each.turn.run or ""])
            so_far = so_far + own
            rows.append(
                {
                    "call": each.entry.call,
                    "cost": costing.amount(own),
                    "so far": costing.amount(so_far),
                    "input tokens": each.entry.input_tokens,
                    "output tokens": each.entry.output_tokens,
                    "calls for this turn": runs.calls_made(mine or [each.turn.run or ""]),
                }
            )
        st.dataframe(rows, hide_index=True, alt="Cost of each call of this branch, and so far")
        st.caption("With all that was asked for a turn: other answers, summaries, tries.")
