"""Times as people say them. Pure."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """A rough time: `12 s`, `3 min`, `2 h`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.0f} h"
