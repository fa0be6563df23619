"""The vendors' clients never have the key: what they log or show can't hold it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.domain.configuration import DIALECTS, Dialect, Endpoint
from lib.providers.models import list_models
from lib.providers.registry import open_provider
from tests.faulty import FaultyServer
from tests.faulty.languages import LANGUAGES
from tests.providers.making import KEY, slot

per_dialect = pytest.mark.parametrize("dialect", DIALECTS)


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as running:
        yield running


def ask(url: str, dialect: Dialect, key: str | None = KEY) -> None:
    """Once, and for the list of models."""
    endpoint = Endpoint(name="mine", dialect=dialect, base_url=url)

    async def both() -> None:
        provider = await open_provider(endpoint, key=key, at_once=1, home=Path("unused"))
        request = provider.build(slot(endpoint=endpoint))
        await provider.send(request, deadline_s=20)
        await provider.close()
        await list_models(endpoint, key=key, home=Path("unused"))

    asyncio.run(both())


@per_dialect
def test_no_client_logs_the_key(
    server: FaultyServer, dialect: Dialect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)  # as ANTHROPIC_LOG=debug and OPENAI_LOG=debug do

    ask(server.url("ok", dialect=dialect), dialect)

    assert [each.key for each in server.requests] == [KEY, KEY]
    assert "HTTP Request" in caplog.text
    assert KEY not in caplog.text
    assert KEY not in "".join(repr(vars(record)) for record in caplog.records)


@per_dialect
def test_without_a_key_none_is_looked_for(
    server: FaultyServer, dialect: Dialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for vendor in ("OPENAI", "ANTHROPIC", "GEMINI", "GOOGLE"):
        monkeypatch.setenv(f"{vendor}_API_KEY", "sk-of-the-environment")

    ask(server.url("ok", dialect=dialect), dialect, key=None)

    assert [each.key for each in server.requests] == ["none", "none"]
    for each in server.requests:
        keyed = {one.key_header for one in LANGUAGES.values()} & each.headers.keys()
        assert keyed == {LANGUAGES[dialect].key_header}
        assert "sk-of-the-environment" not in str(each.headers)
