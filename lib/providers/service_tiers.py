"""Classes of service: which is the ordinary one, and which answered though nobody asked for it."""

from __future__ import annotations

STANDARD = frozenset({"auto", "default", "standard", "standard_only", "unspecified"})
"""Those at the list price, unless the account says otherwise. Gemini says "unspecified" for it."""
_OPEN = frozenset({"auto", "unspecified"})
"""Words that leave the choice open, and so tell nothing as an answer."""


def told(tier: str | None) -> str | None:
    """The class that an answer says it had, or `None` if it doesn't say."""
    word = (tier or "").lower()
    return word if word and word not in _OPEN else None


def unasked(sent: str | None, tier: str | None) -> list[str]:
    """A sentence where another class than the ordinary one answered, and none was asked for."""
    answered = told(tier)
    if sent is not None or answered is None or answered in STANDARD:
        return []
    return [f"No service_tier was sent, but the answer says that {answered} was used."]
