"""The server: reads requests, writes down what it got, and plays the fault that is asked for."""

from __future__ import annotations

import asyncio
import itertools
import random
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import quote, unquote

from lib.domain.configuration import Dialect
from tests.faulty import faults, plays, streams
from tests.faulty.language import Language
from tests.faulty.languages import LANGUAGES, model_in, spoken, streaming_in
from tests.faulty.received import Received, parsed
from tests.faulty.scene import Play, Scene, as_json

TRANSIENT = ("500", "503", "429_none", "reset_body", "close_headers", "truncated_json", "529")
"""What `chaos` draws from: each is over with the next try."""


class FaultyServer:
    """A server on this machine, in a thread of its own, between `with` and the end of its block.

    Args:
        answer: what a good answer says: a text, or what makes one of a request and its number.
        latency_s: how long each answer takes at least.
        seed: fixes what `chaos` and `share` draw.
    """

    def __init__(
        self,
        answer: str | Callable[[dict[str, Any], int], str] = "Apple",
        *,
        latency_s: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.answer, self.latency_s = answer, latency_s
        self.requests: list[Received] = []
        """All of them, in the order in which they came."""
        self.max_in_flight = 0
        self.connections = 0
        """Opened so far."""
        self.evil_hits: list[str] = []
        """What reached the other listener: it should never be any."""
        self._under_way: set[int] = set()
        self._draw = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._listeners: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._port = self._evil_port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._port = self._call(self._listen(self._serve))
        self._evil_port = self._call(self._listen(self._serve_evil))
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def url(self, fault: str = "", *, dialect: Dialect = "openai") -> str:
        """The base URL under which every request meets this fault."""
        root = f"http://127.0.0.1:{self._port}"
        above = f"{root}/fault/{quote(fault, safe='')}" if fault else root
        return above + LANGUAGES[dialect].base

    @property
    def evil(self) -> str:
        """The address of the other listener."""
        return f"http://127.0.0.1:{self._evil_port}"

    @property
    def in_flight(self) -> int:
        """How many requests have no answer yet."""
        return len(self._under_way)

    @property
    def keys(self) -> set[str]:
        """All authorizations that came."""
        return {each.authorization for each in self.requests}

    @property
    def gaps_s(self) -> list[float]:
        """Seconds between each request and the one before."""
        times = [each.at for each in self.requests]
        return [later - earlier for earlier, later in itertools.pairwise(times)]

    def _call(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self, serve: Any) -> int:
        listener = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**26)
        self._listeners.append(listener)
        return int(listener.sockets[0].getsockname()[1])

    async def _end(self) -> None:
        for listener in self._listeners:
            listener.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve_evil(self, reader: asyncio.StreamReader, writer: plays.Wire) -> None:
        head = await reader.read(65536)
        self.evil_hits.append(head.decode("latin-1"))
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: plays.Wire) -> None:
        """One connection, with as many requests as it brings."""
        self.connections += 1
        try:
            while (received := await self._receive(reader)) is not None:
                self._under_way.add(received.order)
                self.max_in_flight = max(self.max_in_flight, self.in_flight)
                try:
                    again = await self._answer_or_give_up(received, reader, writer)
                finally:
                    self._under_way.discard(received.order)
                if not again:
                    return
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return  # the other side is gone, or the server ends
        finally:
            writer.close()

    async def _answer_or_give_up(
        self, received: Received, reader: asyncio.StreamReader, writer: plays.Wire
    ) -> bool:
        """Answer, unless the other side goes away before: then it is no longer in flight."""
        answering = asyncio.create_task(self._answer(received, writer))
        gone = asyncio.create_task(reader.read(1))  # nothing comes before it has its answer
        await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
        over = answering.done()
        answering.cancel()
        gone.cancel()
        await asyncio.gather(answering, gone, return_exceptions=True)
        return over and answering.result()

    async def _receive(self, reader: asyncio.StreamReader) -> Received | None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            return None
        first, *lines = head.split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, colon, value in (line.partition(":") for line in lines)
            if colon
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        path = first.split(" ")[1]
        model = str(parsed(body).get("model", "")) or model_in(path)
        language = spoken(path, headers)
        received = Received(
            order=len(self.requests) + 1,
            path=path,
            fault=unquote(path.split("/")[2]) if path.startswith("/fault/") else model,
            model=model,
            language=language,
            authorization=headers.get("authorization", ""),
            key=headers.get(language.key_header, "").removeprefix("Bearer "),
            headers=headers,
            body=body,
            at=time.monotonic(),
        )
        self.requests.append(received)
        return received

    async def _answer(self, received: Received, writer: plays.Wire) -> bool:
        """Answer a request, and say whether the connection goes on."""
        await asyncio.sleep(self.latency_s)
        asked = parsed(received.body)
        text = self.answer if isinstance(self.answer, str) else self.answer(asked, received.order)
        name, _, value = self._fault(received).partition(":")
        language = received.language
        scene = Scene(
            language=language,
            answer=language.good(asked, text, received.order, received.model),
            key=received.key,
            path=received.path,
            headers=received.headers,
            evil=self.evil,
            value=value,
            sends=received.answered,
        )
        if act := _act(name, language):
            await act(writer, scene)
            return False
        streamed = streaming_in(received.path) or bool(asked.get("stream"))
        play = self._play(name, scene, streamed=streamed)
        scene.sends(play.body)
        self._under_way.discard(received.order)  # before the other side can ask again
        writer.write(play.whole())
        await writer.drain()
        return True

    def _play(self, name: str, scene: Scene, *, streamed: bool) -> Play:
        """A reply that is whole: of a fault, or a good one."""
        language = scene.language
        if name == "ok" and scene.path.partition("?")[0].endswith("/models"):
            return Play(as_json(language.models(["one", "two"])))
        if name == "ok" and streamed:
            body = b"".join(language.events(scene.answer))
            return Play(body, 200, {"content-type": "text/event-stream"})
        try:
            return faults.play(name, scene)
        except KeyError:
            return Play(language.error(404, f"There is no fault {name}."), 404)

    def _fault(self, received: Received) -> str:
        """The fault for this very request, where it is for a share of them or the first alone."""
        match received.fault.split(":", 2):
            case ["chaos", share]:
                chosen = self._draw.choice(TRANSIENT)
                return chosen if self._draw.random() < float(share) else "ok"
            case ["share", share, fault]:
                return fault if self._draw.random() < float(share) else "ok"
            case ["first", count, fault]:
                return fault if self._alike(received).index(received) < int(count) else "ok"
        known = received.fault.partition(":")[0] in faults.EVERY
        return received.fault if known or received.path.startswith("/fault/") else "ok"

    def _alike(self, received: Received) -> list[Received]:
        """The requests to the same address, in the order in which they came."""
        where = (received.fault, received.language)
        return [each for each in self.requests if (each.fault, each.language) == where]


def _act(name: str, language: Language) -> plays.Act | None:
    told = streams.stream(name, language)
    return plays.streaming(told) if told else plays.ACTS.get(name)


def refused_url() -> str:
    """An address on this machine where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/v1"
