"""Which sample is open: the one in the address, `?sample=C.R`, and the one in the list, in step.

Whoever changes one of them last is followed: a click, a key, a filter, or a link and the browser's
Back. A sample that the address names is always shown: filters that would hide it are taken off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from lib.ui.responses.criteria import Found

_KEY = "responses"
PARAMETER = "sample"


@dataclass(slots=True)
class Opened:
    """What one visitor looks at in one run."""

    run: str
    sample: str | None = None
    """`C.R`."""
    written: str | None = None
    """What was last put into the address by this page."""
    names: Sequence[str] = ()
    """The list as it was last shown, in its order: where next and previous lead."""
    page: int = 0
    """Of the list, from 0."""
    turns: int = 0
    """How often the list was turned to another page by something else than its own buttons."""
    follow: bool = True
    """Whether the list is to be turned to the page of the open sample."""
    seen: object = field(default=None)
    """What the list was made by when it was last shown."""

    def open(self, sample: str) -> None:
        """Turn to another sample."""
        self.sample, self.follow = sample, True

    def step(self, by: int) -> None:
        """Turn to the next sample of the list, or the previous one; at its ends stay."""
        if not self.names:
            return
        if self.sample not in self.names:
            self.open(self.names[0])
            return
        place = self.names.index(self.sample) + by
        self.open(self.names[max(0, min(place, len(self.names) - 1))])

    def asked(self) -> str | None:
        """The sample that a link or the browser's Back has asked for since the last drawing."""
        named = st.query_params.get(PARAMETER)
        return named if named and named != self.written else None

    def show(self, found: Sequence[Found], *, made_by: object) -> None:
        """Take what the list shows now. If the open sample is not in it, open the first that is.

        Args:
            found: the rows of the list, all pages.
            made_by: what it depends on; if that has changed, the list is turned to the open sample.
        """
        self.names = [each.row.name for each in found]
        if self.seen != made_by:
            self.seen, self.follow = made_by, True
        if self.names and self.sample not in self.names:
            self.open(self.names[0])

    def turned_to(self, pages: int, per_page: int) -> int:
        """The page of the list to be shown."""
        page = self.page
        if self.follow and self.sample in self.names:
            page = self.names.index(self.sample) // per_page
        self.follow = False
        page = max(0, min(page, pages - 1))
        if page != self.page:
            self.page, self.turns = page, self.turns + 1
        return page

    def write(self) -> None:
        """Put the open sample into the address. A page switch takes it out, this puts it back."""
        if self.sample is not None and st.query_params.get(PARAMETER) != self.sample:
            st.query_params[PARAMETER] = self.sample
        self.written = self.sample


def of(run: str) -> Opened:
    """What this visitor looks at in a run."""
    kept: Opened | None = st.session_state.get(_KEY)
    if kept is None or kept.run != run:
        kept = Opened(run)
        st.session_state[_KEY] = kept
    return kept
