"""The form that saves a server, so that every draft is offered it."""

from __future__ import annotations

import streamlit as st

from lib.domain.configuration import DIALECTS, Dialect, Endpoint
from lib.ui import inert, resources, trouble
from lib.ui.compare import trust
from lib.ui.endpoints import described

_FIELDS = {name: f"endpoints.new.{name}" for name in ("name", "url", "dialect", "variable")}
_SAVING = "endpoints.new"
_DONE = "endpoints.new.done"


def draw() -> None:
    """Draw the form in an expander."""
    with st.expander("Add a server", icon=":material/add:"):
        st.caption(
            "vLLM, llama.cpp, Ollama, a router, a proxy: whatever speaks one of these dialects. It "
            "is saved on this installation, without a key, and offered in every draft."
        )
        grid = st.grid("auto", min_column_width=260, vertical_alignment="bottom")
        with grid.cell():
            name = st.text_input(
                "Name", key=_FIELDS["name"], placeholder="mine", on_change=_forget_what_was_said
            )
        with grid.cell():
            url = st.text_input(
                "Base URL",
                key=_FIELDS["url"],
                placeholder="http://127.0.0.1:8000/v1",
                on_change=_forget_what_was_said,
            )
        with grid.cell():
            dialect = st.selectbox(
                "Dialect",
                DIALECTS,
                format_func=described.DIALECT_WORDS.__getitem__,
                key=_FIELDS["dialect"],
                help="How it is spoken to.",
            )
        with grid.cell():
            st.selectbox(
                "Kind of server",
                list(described.kinds(dialect)),
                key=_kind_key(dialect),
                help="What is known of it: which settings it takes, and what becomes of a prefill.",
            )
        with grid.cell():
            st.text_input(
                "Variable with its key",
                key=_FIELDS["variable"],
                placeholder="MY_KEY, or empty",
                help="An environment variable of the server. On these pages it is used for "
                "addresses on this machine only; the shell uses it for any.",
            )
        with st.container():
            _warn(url or "", dialect)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Save server",
                icon=":material/save:",
                key="endpoints.new.save",
                on_click=_save,
                disabled=not (name and url),
            )
            if done := st.session_state.get(_DONE):
                inert.text(f"Saved: {done}")
        trouble.draw(_SAVING, "It was not saved.")


def _warn(url: str, dialect: Dialect) -> None:
    typed = Endpoint(name="It", dialect=dialect, base_url=url.strip() or None)
    if url.strip() and described.in_the_open(typed, {}):
        st.warning(
            "This address is plain http, and not on this machine: whoever is on the way can read "
            "messages and answers. A key is never sent there. Use https if you can.",
            icon=":material/lock_open:",
        )


def _kind_key(dialect: str) -> str:
    return f"endpoints.new.kind.{dialect}"


def _forget_what_was_said() -> None:
    st.session_state.pop(_DONE, None)
    trouble.forget(_SAVING)


def _save() -> None:
    """Read the fields here: what was typed last arrives with the press itself."""
    _forget_what_was_said()
    typed = {name: st.session_state.get(key) or "" for name, key in _FIELDS.items()}
    dialect: Dialect = st.session_state[_FIELDS["dialect"]]
    kind = st.session_state.get(_kind_key(dialect)) or ""
    with trouble.kept(_SAVING):
        server = described.endpoint(
            typed["name"],
            base_url=typed["url"],
            dialect=dialect,
            profile=described.kinds(dialect).get(kind),
            api_key_env=typed["variable"],
        )
        resources.engine().store.save_server(server)
        trust.add(server.base_url or "")  # whoever types an address means it
        st.session_state[_DONE] = server.name
        for field in ("name", "url", "variable"):
            st.session_state[_FIELDS[field]] = ""
