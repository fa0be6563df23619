"""What one visitor has: a draft, the run that is looked at, and keys. Typed; in one place.

A reload starts a new session, so what must survive it has its name in the address: `?draft=` and
`?run=`. Keys must not survive it, and have none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from lib.domain import experiment_file
from lib.ui import resources
from lib.ui.compare import examples

MOST_UNDO = 20


@dataclass(slots=True)
class Draft:
    """What is being edited, as a document of the experiment file's shape."""

    id: str
    document: dict[str, Any]
    """As it is on the screen now."""
    base: dict[str, Any]
    """As it was when its widgets were made: a widget's first value must not change under it."""
    version: int = 0
    """Part of every widget's key: raised when the document is replaced, not edited."""
    undo: list[dict[str, Any]] = field(default_factory=list)
    saved: str = ""

    def key(self, name: str) -> str:
        """The key of a widget that edits this version."""
        return f"compare.{self.version}.{name}"

    def replace(self, document: dict[str, Any]) -> None:
        """Put another document in its place; `take_back` returns to this one."""
        if document != self.document:
            self.undo = [*self.undo[-MOST_UNDO + 1 :], self.document]
        self._show(document)

    def take_back(self) -> None:
        """Return to the document before the last replacement."""
        if self.undo:
            self._show(self.undo.pop())

    def refresh(self) -> None:
        """Make the widgets anew from what is on the screen now."""
        self._show(self.document)

    def edit(self, document: dict[str, Any]) -> None:
        """What the widgets say now. Kept on disk if it changed."""
        self.document = document
        written = json.dumps(document, sort_keys=True)
        if written != self.saved:
            resources.drafts().save(self.id, document)
            self.saved = written

    def _show(self, document: dict[str, Any]) -> None:
        self.document = self.base = document
        self.version += 1


def draft() -> Draft:
    """This visitor's draft: the one in the address, else a new one that starts as an example."""
    kept: Draft | None = st.session_state.get("state.draft")
    if kept is None:
        named = st.query_params.get("draft", "")
        document = (resources.drafts().load(named) if named else None) or _of_run()
        kept = Draft(
            id=named if named and document else resources.drafts().new_id(),
            document=document or examples.first(),
            base={},
        )
        kept.base = kept.document
        st.session_state["state.draft"] = kept
    # A page switch drops the address's parameters: put back what a reload needs.
    if st.query_params.get("draft") != kept.id:
        st.query_params["draft"] = kept.id
    return kept


def _of_run() -> dict[str, Any] | None:
    """What a run in the address asked, so that a link to a run opens its experiment too."""
    run = st.query_params.get("run")
    snapshot = resources.engine().snapshot(run) if run else None
    return None if snapshot is None else experiment_file.document(snapshot.experiment)


def run_id() -> str | None:
    """The run that this visitor looks at."""
    run: str | None = st.session_state.get("state.run") or st.query_params.get("run")
    if run and st.query_params.get("run") != run:
        st.query_params["run"] = run
    return run


def look_at(run: str | None) -> None:
    """Turn to another run, or to none."""
    st.session_state["state.run"] = run
    if run is None:
        st.query_params.pop("run", None)
    else:
        st.query_params["run"] = run
