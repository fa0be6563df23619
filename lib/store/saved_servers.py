"""Servers that are offered in every draft. Each function is within one transaction.

An address is kept, and the name of a variable that may hold its key; never a key itself.
"""

from __future__ import annotations

from typing import cast

from sqlalchemy import Connection, delete, func, select

from lib.domain.configuration import KNOWN_ENDPOINTS, Dialect, Endpoint
from lib.domain.errors import InputError
from lib.store import rows
from lib.store.schema import saved_server

MOST = 100


def all_of_them(connection: Connection) -> list[Endpoint]:
    """Those that are saved, in the order of their names."""
    asked = select(saved_server).order_by(saved_server.c.name)
    return [
        Endpoint(
            name=row.name,
            dialect=cast(Dialect, row.dialect),  # only `save` writes it
            base_url=row.base_url,
            profile=row.profile,
            api_key_env=row.api_key_env,
        )
        for row in connection.execute(asked)
    ]


def save(connection: Connection, server: Endpoint) -> None:
    """Save one more.

    Raises:
        InputError: if its name is taken, it has no address, or there are too many.
    """
    if not server.base_url:
        raise InputError(f"{server.name} has no base URL, so there is nothing to save.")
    known = select(saved_server.c.name).where(saved_server.c.name == server.name)
    built_in = any(server.name == each.name for each in KNOWN_ENDPOINTS)
    if built_in or connection.execute(known).one_or_none() is not None:
        raise InputError(f"There is an endpoint {server.name} already.", "Choose another name.")
    if connection.execute(select(func.count()).select_from(saved_server)).scalar_one() >= MOST:
        raise InputError(f"{MOST} servers are saved, and no more are kept.", "Remove one first.")
    connection.execute(
        saved_server.insert().values(
            name=server.name,
            dialect=server.dialect,
            base_url=server.base_url,
            profile=server.profile,
            api_key_env=server.api_key_env,
            saved_at=rows.now(),
        )
    )


def forget(connection: Connection, name: str) -> None:
    """Take one away, if it is there."""
    connection.execute(delete(saved_server).where(saved_server.c.name == name))
