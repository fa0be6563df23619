"""Keeps runs, every attempt and every answer. `Store` is the door."""

from lib.store.ledger import StoreLedger
from lib.store.locks import Held
from lib.store.reading import Attempt, Failure, RunState, RunSummary, SlotState
from lib.store.store import Store

__all__ = [
    "Attempt",
    "Failure",
    "Held",
    "RunState",
    "RunSummary",
    "SlotState",
    "Store",
    "StoreLedger",
]
