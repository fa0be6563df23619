"""Answers are seen to grow where somebody looks on, and a key is not among what is seen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.domain.vocabulary import Notes, Reply, Request, Sample, Slot
from lib.engine.engine import Engine
from lib.engine.watching import Watched
from lib.providers import arriving
from lib.store.store import Store
from tests.engine.carried import KEY, asked
from tests.engine.test_engine import at_rest, seen, until
from tests.faulty import FaultyServer


@pytest.fixture
def engine(store: Store, tmp_path: Path) -> Iterator[Engine]:
    made = Engine(store, tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("watched", [True, False])
def test_what_has_come_of_an_answer_is_seen_where_it_is_wanted(
    server: FaultyServer, engine: Engine, *, watched: bool
) -> None:
    run = engine.start(
        asked(server.url("slow_body:0.005"), repeats=1, stream=True),
        keys={"e1": KEY},
        watched=watched,
    )
    found: list[bytes] = []

    def grown() -> bool:
        now = seen(engine, run)
        found.extend(now.arriving)
        return not now.running

    until(grown)

    assert bool(found) == watched
    assert [len(each) for each in found] == sorted(len(each) for each in found)
    assert at_rest(engine, run).arriving == ()
    (reply,) = [each.reply for each in engine.store.attempts(seen(engine, run).slots[0].id)]
    assert reply is not None
    assert all(reply.body.startswith(each) for each in found)


class Echoing:
    """A provider that is sent its key back, in two pieces."""

    at_once = 1

    def build(self, slot: Slot, /) -> Request:
        raise NotImplementedError

    def read(self, slot: Slot, reply: Reply, /) -> Sample:
        raise NotImplementedError

    async def close(self) -> None:
        """Nothing is held."""

    async def send(self, request: Request, *, deadline_s: float) -> Reply:
        for piece in (b'data: {"a": "', KEY[:9].encode(), KEY[9:].encode(), b'"}\n\n'):
            arriving.tell(piece)
        return Reply(200, {}, b"", 0.0)


def test_a_key_that_is_echoed_is_not_seen() -> None:
    found: list[bytes | None] = []
    watched = Watched(Echoing(), lambda _, body: found.append(body), secrets=[KEY])

    asyncio.run(watched.send(Request("/", b"", Notes({})), deadline_s=1))

    assert found[-1] is None
    assert all(KEY[:9].encode() not in body for body in found if body is not None)
