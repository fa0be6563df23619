"""What a report says of a run beside its experiment and its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Facts about a run."""

    made: datetime
    written: datetime
    """When the report is."""
    state: str
    experiment_id: str
    imported: bool = False
    note: str = ""
    tags: tuple[str, ...] = ()
