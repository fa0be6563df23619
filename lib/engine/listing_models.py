"""The models that an endpoint says it has, asked for while somebody waits."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lib.domain.configuration import Endpoint
from lib.providers.models import list_models

DEADLINE_S = 10.0


def models_of(
    endpoint: Endpoint, *, key: str | None, home: Path, deadline_s: float = DEADLINE_S
) -> list[str]:
    """Ask an endpoint for its models: one call, in a loop of this thread's own.

    For a thread that may wait that long; runs go on in theirs.

    Raises: as `list_models`.
    """
    return asyncio.run(list_models(endpoint, key=key, home=home, deadline_s=deadline_s))
