"""Whole audits: planned, carried out against a server of the test's own, and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lib.audit import AuditReport, How, carry, plan
from lib.domain.configuration import Endpoint
from lib.store.store import Store
from tests.audit.server import ModelServer

HOME = Path("no home is needed")
MODEL = "gpt-4o"
"""A name that the lab's data know: an audit must not care."""


def endpoint(server: ModelServer) -> Endpoint:
    """Of a kind of which the data say a lot."""
    return Endpoint(name="mine", base_url=server.url, profile="openai")


def audit(
    server: ModelServer, store: Store, settings: Sequence[str] | None = None, **given: Any
) -> AuditReport:
    calls = given.pop("calls", 40)
    planned = plan(endpoint(server), MODEL, settings=settings, calls=calls)

    async def work() -> AuditReport:
        how = How(home=HOME, **{"at_once": 1, **given})
        return await carry(store, planned, how)

    return asyncio.run(work())
