"""What one tab has of a conversation, and the file that all tabs share.

Every change reads the file anew, is made to what is there, and is written at once: so two tabs see
each other's turns, and none takes the other's away. The address names the file, for a reload.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st
from filelock import FileLock, Timeout

from lib.conversation import document as files
from lib.conversation.document import Asking, Document, Options
from lib.conversation.turns import Conversation, Turn
from lib.domain import folders
from lib.domain.errors import InputError
from lib.domain.file_problems import keys_in
from lib.store.drafts import Drafts
from lib.ui import resources
from lib.ui.pending import Pending

PARAMETER = "conversation"
FOLDER = "conversations"
MOST_UNDO = 50
FIRST_SETTINGS: dict[str, Any] = {"temperature": 0.7, "max_tokens": 80}
_KEY = "conversation.open"
_LOCK_S = 5.0

Change = Callable[[Document], Document]


@dataclass(slots=True)
class Open(Pending):
    """A conversation as this tab has it."""

    id: str
    document: Document
    options: Options
    """Of this tab, as its widgets have them."""
    head: int | None = None
    """Of this tab: another one may look at another branch."""
    version: int = 0
    """Part of every widget's key: raised when what it shows is replaced, not typed."""
    undo: list[tuple[Conversation, int | None]] = field(default_factory=list)
    trouble: str = ""
    """Why what was asked for last was not done."""
    parts: dict[str, dict[str, Any]] | None = None
    """The system message in parts, as the widgets have them."""
    started: set[str] = field(default_factory=set)
    """Runs that were started here: only after these is more asked by itself."""
    driving: bool = False
    """Whether this tab carries the comparison on: nothing is spent because a page was opened."""

    def key(self, name: str, /) -> str:
        """The key of a widget."""
        return f"conversation.{self.version}.{name}"

    @property
    def branch(self) -> tuple[Turn, ...]:
        """The turns that are looked at."""
        return self.document.conversation.branch(self.head)

    def change(self, make: Change) -> bool:
        """Change what is kept. Whether it was done; if not, `trouble` says why."""
        self.trouble = ""
        folder = folders.home() / FOLDER
        try:
            with suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(folder / "lock", timeout=_LOCK_S):
                now = self._latest()
                made = make(now)
                if made == now:
                    return True
                whole = files.as_json(made)
                if keys := list(keys_in(whole)):
                    raise InputError("\n".join(keys), "Nothing was kept or sent.")
                self.document = made
                if not _files().save(self.id, whole):
                    self.trouble = "The disk didn't take this change: a reload would lose it."
        except InputError as error:
            self.trouble = str(error)
            return False
        except (Timeout, OSError):
            self.trouble = "Another tab or process is holding the conversation. Try again."
            return False
        return True

    def change_turns(self, make: Callable[[Conversation], Conversation]) -> bool:
        """The same for the turns alone. `take_back` undoes it."""
        before = self.document.conversation, self.head

        def with_turns(now: Document) -> Document:
            return replace(now, conversation=make(now.conversation), head=self.head)

        if not self.change(with_turns):
            return False
        self.undo = [*self.undo[-MOST_UNDO + 1 :], before]
        self._stand_somewhere(before[0])
        return True

    def choose(self, options: Options) -> None:
        """What the widgets say now. Kept on disk if it changed in this tab."""
        if options != self.options:
            self.options = options
            self.change(lambda now: replace(now, options=options))

    def put(self, options: Options) -> None:
        """Put other options in place of those that the widgets have."""
        self.choose(options)
        self.parts = options.parts
        self.version += 1

    def say(self, turn: Callable[[Conversation], Conversation]) -> int | None:
        """Add a turn and look at it; its id, or `None` if that wasn't done."""
        if not self.change_turns(turn):
            return None
        self.turn_to(self.document.conversation.last_id)
        return self.head

    def turn_to(self, id_: int | None) -> None:
        """Look at another branch."""
        self.head = id_
        self.change(lambda now: replace(now, head=id_))

    def take_back(self) -> None:
        """Undo the last change of turns. Calls that were made stay."""
        if not self.undo:
            return
        earlier, head = self.undo.pop()
        self.change(lambda now: replace(now, conversation=now.conversation.with_turns_of(earlier)))
        self.turn_to(head)
        self.version += 1

    def look_again(self) -> None:
        """Take in what other tabs have done."""
        self.document = self._latest()
        self._stand_somewhere(self.document.conversation)

    def _latest(self) -> Document:
        return files.read(_files().load(self.id)) or self.document

    def _stand_somewhere(self, before: Conversation) -> None:
        """If the turn that was looked at is gone, look at the one before it."""
        if self.head is None or self.document.conversation.has(self.head):
            return
        earlier = [turn.id for turn in before.branch(self.head)][:-1]
        there = [id_ for id_ in earlier if self.document.conversation.has(id_)]
        self.head = self.document.conversation.tip(there[-1] if there else None)


def conversation() -> Open:
    """This tab's conversation: the one in the address, else a new one."""
    named = st.query_params.get(PARAMETER)
    kept: Open | None = st.session_state.get(_KEY)
    if kept is None or (named and named != kept.id):
        found = _named(named) if named else None
        kept = found or kept or new()
        if named and found is None:
            kept.trouble = (
                "There is no such conversation here, or it can't be read. This is another."
            )
        st.session_state[_KEY] = kept
    else:
        kept.look_again()
    # A page switch drops the address's parameters: put back what a reload needs.
    if named != kept.id:
        st.query_params[PARAMETER] = kept.id
    return kept


def new(document: Document | None = None) -> Open:
    """A conversation in which nothing was said yet. It is kept once something is."""
    asking = Asking(model=resources.embedded_model(), settings=dict(FIRST_SETTINGS))
    made = document or Document(options=Options(asking=asking))
    return _opened(Drafts.new_id(), made)


def begin(document: Document | None = None) -> None:
    """Turn to a new conversation; the one that was open stays in its file."""
    opened = new(document)
    st.session_state[_KEY] = opened
    st.query_params[PARAMETER] = opened.id
    if document is not None:
        _files().save(opened.id, files.as_json(document))


def earlier(most: int) -> list[tuple[str, str]]:
    """The conversations that were changed last, by id, and how each begins."""
    folder = folders.home() / FOLDER
    with suppress(OSError):
        paths = sorted(folder.glob("*.json"), key=lambda path: -path.stat().st_mtime)[:most]
        return [(path.stem, _beginning(path.stem)) for path in paths]
    return []


def _beginning(id_: str) -> str:
    found = files.read(_files().load(id_))
    if found is None:
        return "(can't be read)"
    script = found.comparison.turns if found.comparison is not None else ()
    said = [each.text for each in found.conversation.turns] or list(script)
    return said[0] if said else "(nothing was said)"


def go_on_with(id_: str) -> None:
    """Turn to another conversation."""
    st.query_params[PARAMETER] = id_


def _named(named: str) -> Open | None:
    found = files.read(_files().load(named))
    if found is None:
        return None
    return _opened(named, found)


def _opened(id_: str, found: Document) -> Open:
    head = found.head if found.conversation.has(found.head) else found.conversation.tip(None)
    before: Open | None = st.session_state.get(_KEY)
    return Open(
        id_,
        found,
        found.options,
        head,
        # Widgets of an earlier version have values of the conversation that they were made for.
        version=before.version + 1 if before is not None else 0,
        parts=found.options.parts,
    )


def _files() -> Drafts:
    return Drafts(folders.home() / FOLDER)
