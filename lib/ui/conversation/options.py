"""How the next call is made: whom it asks, its system message, and what it remembers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from lib.conversation import memory as memories
from lib.conversation.document import Asking, Options
from lib.conversation.memory import Kind, Memory
from lib.domain.configuration import KNOWN_ENDPOINTS, Endpoint
from lib.ui import inert, resources
from lib.ui.compare import endpoints, setting_reference, system_parts, trust
from lib.ui.conversation import limits, measuring
from lib.ui.conversation.kept import Open
from lib.ui.endpoints import choice, described

_HISTORY_HELP = (
    "The API remembers nothing: what the model knows of earlier turns is what is sent again. Off: "
    "only the last message is sent, and it forgets."
)
_NUMBERS: tuple[tuple[str, float | int], ...] = (
    ("temperature", 0.1),
    ("top_p", 0.05),
    ("max_tokens", 1),
    ("seed", 1),
)


def memory(opened: Open) -> Memory:
    """Draw the switches of what is remembered; returns them as they are now."""
    before = opened.options.memory
    history = st.toggle(
        "Send the history",
        value=before.kind != "none",
        key=opened.key("memory.history"),
        help=_HISTORY_HELP,
    )
    kinds: list[Kind] = [each for each in memories.KINDS if each != "none"]
    kind = st.segmented_control(
        "When it grows",
        kinds,
        default=before.kind if before.kind in kinds else "all",
        format_func=memories.NAMES.__getitem__,
        required=True,
        key=opened.key("memory.kind"),
        disabled=not history,
    )
    chosen = replace(before, kind=kind or "all") if history else replace(before, kind="none")
    with st.container():
        if chosen.kind in ("window", "summarise"):
            kept = st.number_input(
                "Earlier exchanges sent as they are",
                value=before.exchanges,
                min_value=0,
                max_value=100,
                step=1,
                key=opened.key("memory.exchanges"),
                help="An exchange is a user's turn with its answer.",
            )
            chosen = replace(chosen, exchanges=int(kept))
        elif chosen.kind == "drop_oldest":
            limit = st.number_input(
                "Tokens for the messages",
                value=before.limit,
                min_value=1,
                step=50,
                key=opened.key("memory.limit"),
                placeholder="what the window has",
                help="Empty: the model's context window, less the longest answer. A smaller number "
                "shows in a few turns what a long conversation comes to.",
            )
            chosen = replace(chosen, limit=None if limit is None else int(limit))
    st.caption(memories.loses(chosen))
    return chosen


def system(opened: Open) -> Options:
    """Draw the system message, whole or in parts; returns the options with it as it is now."""
    options = opened.options
    in_parts = st.toggle(
        "System message in parts",
        value=opened.parts is not None,
        key=opened.key("system.in_parts"),
        help="Persona, scope, format, background and safety rails, each of which can be switched "
        "off, and measured.",
    )
    if in_parts:
        if opened.parts is None:
            opened.parts = system_parts.taken_apart(options.system)
        whole = system_parts.edit(opened)
        with st.container():
            measuring.buttons(opened)
        return replace(options, system=whole, parts=opened.parts)
    if opened.parts is not None:
        whole = system_parts.assembled(opened.parts)
        opened.later(partial(_as_one_text, opened, whole))
        return replace(options, system=whole, parts=None)
    said = st.text_area(
        "System message",
        value=options.system,
        key=opened.key("system"),
        height=68,
        placeholder="No system message",
        help="It is sent with every call again.",
    )
    return replace(options, system=said or "", parts=None)


def _as_one_text(opened: Open, whole: str) -> None:
    opened.put(replace(opened.options, system=whole, parts=None))


def asking(opened: Open) -> Asking:
    """Draw whom to ask, with which settings; returns them as they are now."""
    before = opened.options.asking
    known = _endpoints(before)
    name = st.selectbox(
        "endpoint",
        list(known),
        index=list(known).index(before.endpoint) if before.endpoint in known else 0,
        key=opened.key("asking.endpoint"),
    )
    endpoint = known[name or KNOWN_ENDPOINTS[0].name]
    server = None if endpoint in KNOWN_ENDPOINTS else described.entry(endpoint)
    model = _model(opened, before, endpoint.name)
    made = replace(
        before,
        endpoint=endpoint.name,
        server=server,
        model=model,
        settings=_settings(opened, before),
    )
    with st.container():
        _ready(made)
    return made


def _endpoints(before: Asking) -> dict[str, Endpoint]:
    """The known endpoints, the saved ones, and the conversation's own."""
    own = {before.endpoint: before.server} if before.server else {}
    return endpoints.named({"endpoints": own})


def _model(opened: Open, before: Asking, endpoint: str) -> str:
    if endpoint == KNOWN_ENDPOINTS[0].name:
        served = resources.embedded_model()
        st.selectbox("model", [served], key=opened.key("asking.model.local"))
        return served
    names = choice.models(_endpoints(before)[endpoint])
    mine = before.model if before.endpoint == endpoint else ""
    options = [mine, *(each for each in names if each != mine)] if mine else names
    chosen = st.selectbox(
        "model",
        options,
        index=0 if mine else None,
        key=opened.key(f"asking.model.{endpoint}"),
        accept_new_options=True,
        placeholder="Choose one, or type its name",
    )
    return str(chosen or "").strip()


def _settings(opened: Open, before: Asking) -> dict[str, Any]:
    given = dict(before.settings)
    grid = st.grid("auto", min_column_width=110)
    for name, step in _NUMBERS:
        typed = _number(opened, grid, name, step, given.pop(name, None))
        if typed is not None:
            given[name] = typed
    streams = bool(given.pop("stream", False))
    # The embedded model always streams: only so can a call of it be stopped at once.
    if before.endpoint != KNOWN_ENDPOINTS[0].name and st.toggle(
        "stream", value=streams, key=opened.key("stream")
    ):
        given["stream"] = True
    return given


def _number(opened: Open, grid: Any, name: str, step: float | int, now: Any) -> float | int | None:
    whole = isinstance(step, int)
    key = opened.key(f"asking.{name}")
    # Not as the widget's own default: a number that has one can't be cleared.
    if now is not None and key not in st.session_state:
        st.session_state[key] = int(now) if whole else float(now)
    typed = grid.number_input(
        name,
        value=None,
        step=step,
        key=key,
        format="%d" if whole else "%g",
        placeholder="default",
        help=setting_reference.DOES[name],
    )
    if typed is None:
        return None
    return int(typed) if whole else float(typed)


def _ready(made: Asking) -> None:
    endpoint = limits.endpoint_of(made)
    if endpoint.embedded and (trouble := resources.embedded_trouble()):
        st.warning("The embedded model can't be used.", icon=":material/warning:")
        inert.text(trouble)
    elif endpoints.without_key([endpoint]):
        st.warning("This endpoint needs a key: type one under Endpoints.", icon=":material/key:")
    elif not trust.is_trusted(endpoint):
        st.warning("Calls would leave this machine. Your messages go to:", icon=":material/public:")
        inert.text(str(endpoint.base_url))
        st.button("I trust this address", on_click=trust.add, args=(str(endpoint.base_url),))


def budget(opened: Open) -> Options:
    """Draw the limits of what the conversation may take; returns the options with them."""
    options = opened.options
    grid = st.grid("auto", min_column_width=140)
    calls = grid.number_input(
        "Budget in calls",
        value=options.budget_calls,
        min_value=1,
        step=1,
        key=opened.key("budget.calls"),
        placeholder="none",
        help="For the whole conversation: all branches, summaries and comparisons, retries too.",
    )
    usd = grid.number_input(
        "Budget in USD",
        value=options.budget_usd,
        min_value=0.0,
        step=0.01,
        format="%g",
        key=opened.key("budget.usd"),
        placeholder="none",
        help="A call's worst case is set aside before it is sent, so this can't be passed.",
    )
    return replace(options, budget_calls=None if calls is None else int(calls), budget_usd=usd)
