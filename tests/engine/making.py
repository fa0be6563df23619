"""Small makers and fakes: slots, a ledger that is a list, a provider that plays outcomes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from lib.domain.configuration import Configuration, Endpoint
from lib.domain.errors import CallError
from lib.domain.message import Message
from lib.domain.vocabulary import Notes, Reply, Request, Sample, Slot
from lib.engine.allowance import Allowance
from lib.engine.gate import Gate
from tests.engine.time_travel import now

FRUIT = (Message("user", "Name a fruit."),)


def slot(number: int = 1, repeat: int = 1) -> Slot:
    configuration = Configuration(name=f"C{number}", endpoint=Endpoint(name="mine"), model="m")
    return Slot(1000 * number + repeat, configuration, number, FRUIT, repeat)


def slots(repeats: int, configurations: int = 1) -> list[Slot]:
    """Round by round, as a plan has them."""
    return [
        slot(number, repeat)
        for repeat in range(1, repeats + 1)
        for number in range(1, configurations + 1)
    ]


def gate(at_once: int = 8, **given: Any) -> Gate:
    """A gate on the loop's own time that always waits as long as it may."""
    allowance = given.pop("allowance", None) or Allowance(at_once, given.pop("budget", None))
    return Gate(allowance, **{"clock": now, "jitter": lambda low, high: high, **given})


class ListLedger:
    """What would have been written, in order: (step, slot's name)."""

    def __init__(self, commit_s: float = 0.001) -> None:
        self.steps: list[tuple[str, str]] = []
        self.samples: dict[str, Sample] = {}
        self.errors: list[tuple[str, CallError]] = []
        self.final: list[str] = []
        self._commit_s = commit_s
        self._attempts: dict[int, Slot] = {}

    async def begin(self, slot: Slot, request: Request) -> int:
        await asyncio.sleep(self._commit_s)
        attempt = len(self._attempts) + 1
        self._attempts[attempt] = slot
        self.steps.append(("begin", slot.name))
        return attempt

    def keep(self, attempt: int, reply: Reply) -> None:
        self.steps.append(("keep", self._attempts[attempt].name))

    async def accept(self, attempt: int, sample: Sample) -> None:
        await asyncio.sleep(self._commit_s)
        name = self._attempts[attempt].name
        assert name not in self.samples
        self.steps.append(("accept", name))
        self.samples[name] = sample

    async def fail(self, attempt: int, error: CallError, *, final: bool = False) -> None:
        await asyncio.sleep(self._commit_s)
        name = self._attempts[attempt].name
        self.steps.append(("fail", name))
        self.errors.append((name, error))
        if final:
            self.final.append(name)

    def of(self, slot: Slot) -> list[str]:
        return [step for step, name in self.steps if name == slot.name]


Outcome = Callable[[Slot, int], CallError | Exception | str]
"""What a slot's n-th call brings."""


class PlayedProvider:
    """Plays outcomes. A `CallError` comes from `send`; any other exception from `read`."""

    def __init__(self, outcome: Outcome, *, at_once: int = 8, seconds: float = 0.1) -> None:
        self.at_once = at_once
        self.sent: list[tuple[float, str]] = []
        """When each call went, and whose it was."""
        self.in_flight = self.most_in_flight = 0
        self.closed = False
        self._outcome, self._seconds = outcome, seconds
        self._slots: dict[bytes, Slot] = {}
        self._calls: Counter[str] = Counter()
        self._answers: dict[str, Exception | str] = {}

    def build(self, slot: Slot, /) -> Request:
        self._slots[slot.name.encode()] = slot
        return Request("/chat/completions", slot.name.encode(), Notes({}))

    async def send(self, request: Request, *, deadline_s: float) -> Reply:
        slot = self._slots[request.body]
        self.sent.append((now(), slot.name))
        self._calls[slot.name] += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(self._seconds)
        finally:
            self.in_flight -= 1
        outcome = self._outcome(slot, self._calls[slot.name])
        if isinstance(outcome, CallError):
            raise outcome
        self._answers[slot.name] = outcome
        return Reply(200, {}, request.body, self._seconds)

    def read(self, slot: Slot, reply: Reply, /) -> Sample:
        answer = self._answers[slot.name]
        if isinstance(answer, Exception):
            raise answer
        return Sample(slot, answer, "ok", "stop", "stop")

    async def close(self) -> None:
        self.closed = True

    def calls(self, of: Sequence[Slot] | None = None) -> int:
        names = None if of is None else {slot.name for slot in of}
        return sum(names is None or name in names for _, name in self.sent)
