"""The way to the Responses page from elsewhere: from a chart, a card, a table, a dialog."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

import streamlit as st

from lib.domain.vocabulary import FinishReason
from lib.ui import state
from lib.ui.responses import filters, opened
from lib.ui.responses.criteria import Criteria, Picked

PAGE = "pages/responses.py"


def show(
    run: str,
    *,
    sample: str | None = None,
    configurations: Iterable[int] = (),
    outcomes: Iterable[str] = (),
    finish_reasons: Iterable[FinishReason] = (),
    contains: str = "",
    distinct: bool = False,
    picked: Picked | None = None,
) -> NoReturn:
    """Turn to the Responses page with a run's samples, filtered, and one of them open.

    For a button or a chart: call it in the script. In a callback the pages aren't known yet.

    Args:
        run: its id.
        sample: `C.R` of the one that is opened; the first of the list if it isn't in there.
        configurations: only these, by number from 1.
        outcomes: only these, error codes among them.
        finish_reasons: only these.
        contains: only texts with this in them.
        distinct: one row for each distinct output.
        picked: only these, with what they have in common.
    """
    state.look_at(run)
    filters.put(
        run,
        Criteria(
            configurations=frozenset(configurations),
            outcomes=frozenset(outcomes),
            finish_reasons=frozenset(finish_reasons),
            contains=contains,
            distinct=distinct,
            picked=picked,
        ),
    )
    open_ = opened.of(run)
    open_.sample = open_.written = sample
    open_.follow = True
    named = {} if sample is None else {opened.PARAMETER: sample}
    st.switch_page(PAGE, query_params={"run": run, **named})
