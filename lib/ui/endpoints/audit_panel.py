"""The audit of a model: the plan first, then how far it is, then what it found."""

from __future__ import annotations

import os
from decimal import Decimal

import streamlit as st

from lib import audit
from lib.audit.background import Audits, Look
from lib.audit.spending import check_budget
from lib.domain import folders
from lib.domain.configuration import Configuration, Endpoint
from lib.domain.cost import NOTHING
from lib.domain.errors import InputError
from lib.engine import costing
from lib.engine.costing import today
from lib.providers import registry
from lib.providers.prices import price_of
from lib.store.store import Store
from lib.ui import credentials, inert, resources, trouble
from lib.ui.compare import trust
from lib.ui.compare.endpoints import without_key
from lib.ui.compare.run_button import in_money
from lib.ui.endpoints import audit_report, audit_words

POLL_S = 0.5
CALLS = "endpoints.audit.calls"
SETTINGS = "endpoints.audit.settings"
BUDGET = "endpoints.audit.budget"


def _close(running: Audits) -> None:
    running.close()


@st.cache_resource(on_release=_close, show_spinner=False)
def _audits(url: str, home: str, _store: Store) -> Audits:
    del url, home  # they are the key: another store, or another home, has other audits
    return Audits(_store, folders.home())


def audits() -> Audits:
    """All audits that this process carries out."""
    store = resources.engine().store
    return _audits(store.url, str(folders.home()), store)


def draw(endpoint: Endpoint, model: str) -> None:
    """Draw the audit of a model at an endpoint, in whatever state it is."""
    st.caption(
        "An audit asks the endpoint itself: it sends calls whose answers must differ if a setting "
        "works, and says only what they show. It does not read the table of what is known. Every "
        "response is kept, as of any run."
    )
    look = audits().at(endpoint, model)
    if look is not None and look.running:
        _running(endpoint, model)
    else:
        if look is not None and look.trouble:
            st.warning("The last audit ended early.", icon=":material/warning:")
            inert.text(look.trouble)
        _plan(endpoint, model)
    audit_report.draw(endpoint, model)


@st.fragment(run_every=POLL_S)
def _running(endpoint: Endpoint, model: str) -> None:
    look = audits().at(endpoint, model)
    if look is None or not look.running:
        st.rerun()
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.progress(min(1.0, look.done / max(1, look.total)), _words(look))
        st.button(
            "Stop",
            icon=":material/stop:",
            key="endpoints.audit.stop",
            on_click=audits().stop,
            args=(endpoint, model),
            disabled=look.stopping,
            help="Calls under way may still finish, for five seconds. Settings that were looked at "
            "by then are reported.",
        )


def _words(look: Look) -> str:
    trying = f", trying {look.what}" if look.what else ""
    spent = f", cost so far {costing.amount(look.cost)}" if look.cost != NOTHING else ""
    now = ", stopping" if look.stopping else trying
    return f"{look.done:,} of {look.total:,} calls{now}{spent}"


def _plan(endpoint: Endpoint, model: str) -> None:
    left, middle, right = st.columns([4, 1, 1])
    with left:
        chosen = st.multiselect(
            "Settings to look at", audit.SETTINGS, default=audit.SETTINGS, key=SETTINGS
        )
    with middle:
        calls = st.number_input(
            "Calls for each, at most",
            min_value=10,
            max_value=2000,
            value=40,
            step=10,
            key=CALLS,
            help="More calls can show smaller effects, and leave less that can't be told.",
        )
    with right:
        budget = st.number_input(
            "Budget in USD",
            min_value=0.0,
            value=None,
            step=0.5,
            format="%g",
            placeholder="none",
            key=BUDGET,
            help="The most that the audit may cost in all. A call's worst case is set aside before "
            "it is sent, so the budget can't be passed.",
        )
    try:
        planned = audit.plan(endpoint, model, settings=chosen, calls=int(calls))
        most = in_money(budget)
        check_budget(planned, most)
    except InputError as error:
        st.warning("This can't be audited yet.", icon=":material/edit:")
        inert.text(str(error))
        return
    inert.text(audit_words.size(planned))
    asked = Configuration(name="asked", endpoint=endpoint, model=model)
    inert.text(audit_words.cost(planned, price_of(asked, day=today())))
    problem = _problem(endpoint)
    if problem:
        inert.text(problem)
    st.button(
        f"Start the audit: {planned.calls:,} calls",
        icon=":material/fact_check:",
        key="endpoints.audit.start",
        type="primary",
        on_click=_start,
        args=(endpoint, planned, most),
        disabled=bool(problem),
    )
    trouble.draw(_starting(endpoint, model), "The audit was not started. Nothing was sent.")


def _problem(endpoint: Endpoint) -> str:
    if not trust.is_trusted(endpoint):
        return "Its address was not saved in this session: say above that you trust it."
    if without_key([endpoint]):
        return f"{endpoint.name} has no key: type one above."
    return ""


def _start(endpoint: Endpoint, planned: audit.AuditPlan, most: Decimal | None) -> None:
    with trouble.kept(_starting(endpoint, planned.model)):
        key = credentials.key_of(endpoint)
        if not endpoint.embedded:
            registry.address_and_key(endpoint, key, os.environ)
        audits().start(endpoint, planned, key=key, max_cost_usd=most)


def _starting(endpoint: Endpoint, model: str) -> str:
    return f"endpoints.audit.{endpoint.name}.{model}"
