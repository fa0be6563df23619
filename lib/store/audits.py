"""Reports of audits, kept as documents. Each function is within one transaction."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from lib.store import rows
from lib.store.schema import audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What a report is about. An endpoint is its name and its address, which may change."""

    endpoint: str
    base_url: str | None
    """`None`: the embedded model."""
    model: str


def keep_report(connection: Connection, about: Audited, document: str) -> None:
    """Keep one more. None is ever changed."""
    connection.execute(
        audit.insert().values(**asdict(about), made_at=rows.now(), document=document)
    )


def reports(connection: Connection, about: Audited, *, limit: int) -> list[str]:
    """Those about it, the newest first."""
    c = audit.c
    asked = (
        select(c.document)
        .where(
            c.endpoint == about.endpoint,
            c.base_url.is_(None) if about.base_url is None else c.base_url == about.base_url,
            c.model == about.model,
        )
        .order_by(c.number.desc())
        .limit(limit)
    )
    return list(connection.execute(asked).scalars())
