"""What one visitor has: a draft, the run that is looked at, and keys. Typed; in one place.

A reload starts a new session, so what must survive it has its name in the address: `?draft=` and
`?run=`. Keys must not survive it, and have none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from lib.domain import experiment_file, share_link
from lib.domain.errors import InputError, StoreError
from lib.domain.file_problems import keys_in
from lib.ui import resources, trouble
from lib.ui.compare import examples
from lib.ui.pending import Pending

MOST_UNDO = 20
STARTING = "compare.starting"
"""Of a run: its trouble is said under this name."""


@dataclass(slots=True)
class Draft(Pending):
    """What is being edited, as a document of the experiment file's shape."""

    id: str
    document: dict[str, Any]
    """As it is on the screen now."""
    base: dict[str, Any]
    """As it was when its widgets were made: a widget's first value must not change under it."""
    version: int = 0
    """Part of every widget's key: raised when the document is replaced, not edited."""
    undo: list[dict[str, Any]] = field(default_factory=list)
    parts: dict[str, dict[str, Any]] | None = None
    """The system message in parts, or `None` while it is one text: see `system_parts`."""
    drawn: bool = False
    """Whether its widgets have been on the page."""
    fresh: bool = False
    """Whether it began as the page's first example, and nobody has changed it yet."""
    columns_version: int = 0
    """The same as `version`, for the widgets of the configurations alone."""
    title: str | None = None
    """The experiment's name as the lab wrote it last; `None`: as the base has it."""
    names: list[str] | None = None
    """The same of the configurations."""
    saved: str = ""

    def key(self, name: str) -> str:
        """The key of a widget that edits this version."""
        return f"compare.{self.version}.{name}"

    def column_key(self, name: str) -> str:
        """The key of a widget that edits the configurations of this version."""
        return self.key(f"{self.columns_version}.{name}")

    def replace(self, document: dict[str, Any]) -> None:
        """Put another document in its place; `take_back` returns to this one."""
        self.fresh = False
        if document != self.document:
            self.undo = [*self.undo[-MOST_UNDO + 1 :], self.document]
        if _system(document) != _system(self.document):
            self.parts = None
        self._show(document)

    def take_back(self) -> None:
        """Return to the document before the last replacement."""
        if self.undo:
            self._show(self.undo.pop())

    def refresh(self) -> None:
        """Make the widgets anew from what is on the screen now."""
        self._show(self.document)

    def refresh_columns(self) -> None:
        """The same for the configurations alone: a text that is being typed elsewhere stays."""
        self.base = {**self.base, "configurations": self.document.get("configurations", [])}
        self.columns_version += 1
        self.names = None

    def edit(self, document: dict[str, Any]) -> None:
        """What the widgets say now. Kept on disk if it changed."""
        self.fresh = self.fresh and _said(document) == _said(self.document)
        self.document, self.drawn = document, True
        whole = {"document": document, "system_parts": self.parts}
        written = json.dumps(whole, sort_keys=True)
        if written != self.saved and not any(keys_in(whole)):  # a key is never written
            resources.drafts().save(self.id, whole)
            self.saved = written

    def _show(self, document: dict[str, Any]) -> None:
        self.document = self.base = document
        self.title = self.names = None
        self.version += 1


def _said(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value not in ("", [], {})}


def _system(document: dict[str, Any]) -> str:
    messages = document.get("messages") or [{}]
    return str(messages[0].get("content")) if messages[0].get("role") == "system" else ""


def draft() -> Draft:
    """This visitor's draft: the one in the address, else a new one that starts as an example."""
    kept: Draft | None = st.session_state.get("state.draft")
    if kept is None:
        kept = _kept() or _shared() or _first()
        kept.base = kept.document
        st.session_state["state.draft"] = kept
    # A page switch drops the address's parameters: put back what a reload needs.
    if st.query_params.get("draft") != kept.id:
        st.query_params["draft"] = kept.id
    return kept


def _first() -> Draft:
    """What a newcomer finds on the page."""
    first = examples.load(examples.ORDER[0], model=resources.embedded_model())
    return Draft(resources.drafts().new_id(), first, {}, fresh=True)


def go_on_with(named: str) -> None:
    """Put an earlier draft in place of the one that is edited; nothing, if it isn't there."""
    if (earlier := _named(named)) is not None:
        earlier.base = earlier.document
        # Widgets of this version have values of the draft that they were made for.
        earlier.version = draft().version + 1
        st.session_state["state.draft"] = earlier
        st.query_params["draft"] = earlier.id


def _kept() -> Draft | None:
    """The draft that the address names, as it was left."""
    return _named(st.query_params.get("draft", ""))


def _named(named: str) -> Draft | None:
    whole = resources.drafts().load(named) if named else None
    document = (whole or {}).get("document")
    if whole is None or not isinstance(document, dict):
        return None
    parts = whole.get("system_parts")
    return Draft(named, document, {}, parts=parts if isinstance(parts, dict) else None)


def _shared() -> Draft | None:
    """What a link brought along, or what the run in the address asked."""
    if blob := st.query_params.get("s"):
        del st.query_params["s"]
        try:
            document = share_link.document(blob)
        except InputError as error:
            st.session_state["state.bad_link"] = str(error)
            return None
        return Draft(resources.drafts().new_id(), document, {})
    run = st.query_params.get("run")
    try:
        snapshot = resources.engine().snapshot(run) if run else None
    except StoreError:
        return None  # the page says so where it shows the run
    if snapshot is None:
        return None
    document = experiment_file.document(snapshot.experiment)
    return Draft(resources.drafts().new_id(), document, {})


def run_id() -> str | None:
    """The run that this visitor looks at."""
    run: str | None = st.session_state.get("state.run") or st.query_params.get("run")
    if run:
        # Kept beside the address: the links of the bar lead to addresses without parameters.
        st.session_state["state.run"] = run
        if st.query_params.get("run") != run:
            st.query_params["run"] = run
    return run


def look_at(run: str | None) -> None:
    """Turn to another run, or to none."""
    trouble.forget(STARTING)  # it was of the run before
    st.session_state["state.run"] = run
    if run is None:
        st.query_params.pop("run", None)
    else:
        st.query_params["run"] = run
