"""Where this browser left off: offered when the bare address is opened again.

The browser itself remembers the draft and the run, for this address alone. The server has no list
of who edits what: on a shared one a draft belongs to whoever knows its name.
"""

from __future__ import annotations

import json
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.ui import inert, resources, state
from lib.ui.state import Draft

_ASKED = "state.left_off"
_BROWSER = st.components.v2.component(
    "lab_left_off",
    # An address is remembered once something was changed or run; until then it is asked for.
    js="""
    export default function ({ data, setStateValue }) {
      const place = "sampling-lab.left-off";
      try {
        if (data.draft) localStorage.setItem(place, JSON.stringify(data));
        else if (data.ask) setStateValue("left", localStorage.getItem(place) ?? "");
      } catch { /* a browser that keeps nothing has nothing to offer */ }
    }
    """,
)


def draw(draft: Draft, run: str | None, *, above: DeltaGenerator) -> None:
    """Let the browser remember this draft, or offer the one that it remembers.

    Args:
        draft: what is edited.
        run: what is looked at.
        above: where the offer goes. What asks the browser is drawn here, and can't be seen.
    """
    settled = not draft.fresh or run is not None
    ask = not settled and _ASKED not in st.session_state
    with st.container(height=1, border=False):  # while it loads, Streamlit shows a grey box
        told = _BROWSER(
            key="compare.left_off",
            data={"draft": draft.id, "run": run} if settled else {"ask": ask},
            on_left_change=lambda: None,
        )
    if ask:
        with above:
            offer(str(told.get("left") or ""))


def offer(remembered: str) -> None:
    """Offer to go on with what the browser remembers, if it is still here."""
    left = _read(remembered)
    whole = resources.drafts().load(str(left.get("draft") or "")) if left else None
    if whole is None or not isinstance(document := whole.get("document"), dict):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="compare.left_off_offer"):
        st.button(
            "Continue where you left off",
            icon=":material/history:",
            key="compare.continue",
            on_click=_go_on,
            args=(left,),
        )
        inert.text(str(document.get("name") or "Untitled"), most=80)
        st.space("stretch")
        st.button(
            "Begin anew",
            icon=":material/close:",
            key="compare.begin_anew",
            type="tertiary",
            help="What is in the editor now stays.",
            on_click=_dismiss,
        )


def _read(remembered: str) -> dict[str, Any]:
    try:
        left = json.loads(remembered)
    except ValueError:
        return {}
    return left if isinstance(left, dict) else {}


def _go_on(left: dict[str, Any]) -> None:
    _dismiss()
    state.go_on_with(str(left["draft"]))
    if left.get("run"):
        state.look_at(str(left["run"]))


def _dismiss() -> None:
    st.session_state[_ASKED] = True
