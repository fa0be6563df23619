"""Drafts: what was typed on the Compare page, kept so that it survives a reload."""

from __future__ import annotations

import json
import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import Any

MOST_DRAFTS = 200
MOST_BYTES = 16 * 2**20

_ID = re.compile(r"[A-Za-z0-9_-]{22}")


class Drafts:
    """One small JSON file a draft, under an id that can't be guessed; the oldest go first.

    A draft that can't be written or read is no reason to lose what is on the screen, so both are
    answered, not raised.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def new_id() -> str:
        """128 random bits: whoever has the id, has the draft."""
        return secrets.token_urlsafe(16)

    def load(self, draft: str) -> dict[str, Any] | None:
        """The document of a draft, or `None` if there is none, or none that can be read."""
        if not _ID.fullmatch(draft):
            return None
        try:
            path = self._path(draft)
            if path.stat().st_size > MOST_BYTES:
                return None
            document = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        return document if isinstance(document, dict) else None

    def save(self, draft: str, document: dict[str, Any]) -> bool:
        """Keep a document, atomically. `False`: the disk didn't take it."""
        if not _ID.fullmatch(draft):
            return False
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(
                "w", dir=self._folder, suffix=".new", delete=False, encoding="utf-8"
            ) as beside:
                json.dump(document, beside)
            os.replace(beside.name, self._path(draft))
            self._forget_oldest()
        except (OSError, ValueError):
            return False
        return True

    def _path(self, draft: str) -> Path:
        return self._folder / f"{draft}.json"

    def _forget_oldest(self) -> None:
        drafts = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in drafts[:-MOST_DRAFTS]:
            path.unlink(missing_ok=True)
