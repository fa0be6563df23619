"""The least that durable keeping takes: the store's tables and SQLite's driver, and nothing else.

No check, no compression, no thread, no queue: the statements of three entries, by hand.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from lib.store import rows
from lib.store.store import Store

_ATTEMPT = """INSERT INTO attempt (planned_sample, n, begun_at, path, request, notes)
    VALUES (?, 1, ?, '/chat/completions', 1, 1)"""
_REPLY = """INSERT INTO reply (attempt, kept_at, status, headers, seconds, redacted, body)
    VALUES (?, ?, 200, ?, 0.2, 0, ?)"""
_SAMPLE = """INSERT INTO sample (planned_sample, attempt, accepted_at, outcome, finish_reason,
    raw_finish_reason, input_tokens, output_tokens, model, response_id, seconds, flags, text)
    VALUES (?, ?, ?, 'ok', 'stop', 'stop', 19, 240, 'made-up', 'chatcmpl', 0.2, '[]', ?)"""


class Driver:
    """A store of the lab's shape, written by hand."""

    def __init__(self, path: Path, responses: int) -> None:
        Store.open(path).close()  # the tables
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        self._connection.execute("INSERT INTO content VALUES (1, x'00', x'00')")
        self._connection.execute(
            "INSERT INTO run (id, experiment_id, name, document, created_at, shuffle_seed, "
            "repeats, app_version) VALUES ('r', 'e', 'n', '{}', '', 1, 1, '')"
        )
        self._connection.execute("BEGIN")
        self._connection.executemany(
            "INSERT INTO planned_sample (id, run, number, repeat, ord) VALUES (?, 1, 1, ?, ?)",
            ((each, each, each) for each in range(1, responses + 1)),
        )
        self._connection.execute("COMMIT")

    def keep(self, slots: range, body: bytes, text: str, *, commits: int = 1) -> None:
        """Keep a response for each of these planned samples.

        Args:
            slots: their ids; an attempt gets that of its planned sample.
            body: of the reply.
            text: what was read from it.
            commits: 1 for all, or 2: the intents first, as the lab does before it asks.
        """
        execute, at = self._connection.execute, rows.now()
        execute("BEGIN IMMEDIATE")
        for slot in slots:
            execute(_ATTEMPT, (slot, at))
        if commits == 2:
            execute("COMMIT")
            execute("BEGIN IMMEDIATE")
        for slot in slots:
            execute(_REPLY, (slot, at, "{}", body))
            execute(_SAMPLE, (slot, slot, at, text))
        execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
