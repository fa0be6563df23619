"""The embedded model as a provider: one engine for all calls, and another if it dies."""

from __future__ import annotations

import asyncio

import pytest

from lib.domain.configuration import LOCAL
from lib.domain.errors import CallError, LabError, Refused, Transient
from lib.domain.vocabulary import Reply, Request
from lib.providers.capabilities import profile
from lib.providers.dialect import Dialect
from lib.providers.embedded.errors import EngineUnavailable, ModelMissing
from lib.providers.local import Lease, LocalChat
from tests.providers.making import answer, reply, slot

ASKED = slot(endpoint=LOCAL)


class Engine:
    """A lease that can die."""

    url, key, slots = "http://127.0.0.1:9", "k", 3

    def __init__(self) -> None:
        self.lives = True
        self.closed = 0
        self.seen_alive = 0
        """How often it still looks alive after its death."""

    def alive(self) -> bool:
        if not self.lives and self.seen_alive:
            self.seen_alive -= 1
            return True
        return self.lives

    def close(self) -> None:
        self.closed += 1


class Chat(Dialect):
    """A connection to an engine: lost when that is dead."""

    at_once = 3

    def __init__(self, engine: Engine) -> None:
        super().__init__(profile("embedded"))
        self.engine = engine
        self.closed = 0
        self.gates: list[asyncio.Event] = []
        """The next calls wait for these, one each."""

    async def send(self, request: Request, *, deadline_s: float) -> Reply:
        await asyncio.sleep(0)
        if self.gates:
            await self.gates.pop(0).wait()
        if not self.engine.lives:
            raise Transient("Lost.", code="connection", maybe_billed=True)
        return reply(answer())

    async def close(self) -> None:
        self.closed += 1


class Bench:
    """What the provider is given, and what it did with it."""

    def __init__(self, *errors: LabError) -> None:
        self.errors = list(errors)
        self.engines: list[Engine] = []
        self.chats: list[Chat] = []
        self.provider = LocalChat(self.acquire, self.connect, profile("embedded"))

    def acquire(self) -> Lease:
        if self.errors:
            raise self.errors.pop(0)
        self.engines.append(Engine())
        return self.engines[-1]

    def connect(self, lease: Lease) -> Chat:
        assert isinstance(lease, Engine)
        self.chats.append(Chat(lease))
        return self.chats[-1]

    async def send(self) -> Reply:
        return await self.provider.send(self.provider.build(ASKED), deadline_s=5)


def test_all_calls_share_one_engine_and_its_places_are_known() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.provider.start()

        replies = await asyncio.gather(*(bench.send() for _ in range(5)))

        assert [each.status for each in replies] == [200] * 5
        assert len(bench.engines) == 1
        assert bench.provider.at_once == 3
        await bench.provider.close()
        assert (bench.engines[0].closed, bench.chats[0].closed) == (1, 1)

    asyncio.run(scenario())


def test_if_the_engine_dies_the_next_call_starts_another_and_only_one() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.provider.start()
        bench.engines[0].lives = False

        lost = await asyncio.gather(*(bench.send() for _ in range(3)), return_exceptions=True)
        assert all(isinstance(each, Transient) and each.maybe_billed for each in lost)
        again = await asyncio.gather(*(bench.send() for _ in range(3)))

        assert [each.status for each in again] == [200] * 3
        assert len(bench.engines) == 2
        assert (bench.engines[0].closed, bench.chats[0].closed) == (1, 1)
        await bench.provider.close()

    asyncio.run(scenario())


def test_a_death_that_shows_late_is_seen_before_the_next_call() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.provider.start()
        bench.engines[0].lives, bench.engines[0].seen_alive = False, 2

        [lost] = await asyncio.gather(bench.send(), return_exceptions=True)
        assert isinstance(lost, Transient)
        again = await bench.send()

        assert (again.status, len(bench.engines)) == (200, 2)
        await bench.provider.close()

    asyncio.run(scenario())


def test_a_call_that_learns_late_of_the_death_leaves_the_new_engine_alone() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.provider.start()
        gate = asyncio.Event()
        bench.chats[0].gates.append(gate)
        late = asyncio.create_task(bench.send())
        while bench.chats[0].gates:
            await asyncio.sleep(0)
        bench.engines[0].lives = False
        with pytest.raises(Transient):
            await bench.send()
        assert (await bench.send()).status == 200

        gate.set()
        with pytest.raises(Transient):
            await late

        assert bench.engines[1].closed == 0
        assert (await bench.send()).status == 200
        assert len(bench.engines) == 2
        await bench.provider.close()

    asyncio.run(scenario())


def test_a_lost_call_of_a_living_engine_keeps_it() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.provider.start()
        chat = bench.chats[0]
        chat.engine = Engine()
        chat.engine.lives = False

        with pytest.raises(Transient):
            await bench.send()

        assert len(bench.engines) == 1
        assert bench.engines[0].closed == 0
        await bench.provider.close()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (EngineUnavailable("It is gone.", "Try again."), Transient),
        (ModelMissing("No model.", "Run setup."), Refused),
    ],
)
def test_that_no_other_can_be_started_is_an_error_of_the_call(
    error: LabError, kind: type[CallError]
) -> None:
    async def scenario() -> None:
        bench = Bench(error)

        with pytest.raises(CallError) as caught:
            await bench.send()

        assert type(caught.value) is kind
        assert str(caught.value) == str(error)
        assert (await bench.send()).status == 200
        await bench.provider.close()

    asyncio.run(scenario())


def test_at_the_start_it_is_told_as_it_is() -> None:
    with pytest.raises(ModelMissing):
        asyncio.run(Bench(ModelMissing("No model.")).provider.start())


def test_closing_twice_or_before_the_start_is_fine() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.provider.close()
        await bench.provider.start()
        await bench.provider.close()
        await bench.provider.close()
        assert bench.engines[0].closed == 1

    asyncio.run(scenario())
