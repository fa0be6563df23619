"""Statements that are written many times a second: compiled once, then given to the driver.

They are built with SQLAlchemy Core like all others, so any database that it knows takes them; only
its work on every execution, which is most of the time that such a small write takes, is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ClauseElement, Connection, Dialect

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


class Statement:
    """A statement with named parameters, as one dialect writes it."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = cast("SQLCompiler", statement.compile(dialect=dialect))
        self._sql = str(compiled)
        self._order: Sequence[str] | None = compiled.positiontup
        self._fixed = {k: v for k, v in compiled.params.items() if v is not None}

    def __call__(self, connection: Connection, **values: object) -> tuple[Any, ...] | None:
        """Execute it. Returns the first row that it returns, if any."""
        cursor = connection.connection.cursor()
        cursor.execute(self._sql, self._bound(values))
        rows = cursor.fetchall() if cursor.description else ()  # all: else it is still at work
        return rows[0] if rows else None

    def _bound(self, values: Mapping[str, object]) -> Any:
        if self._fixed:
            values = {**self._fixed, **values}
        return values if self._order is None else [values[name] for name in self._order]
