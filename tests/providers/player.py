"""A real HTTP server on this machine that plays what it is told to, and writes down what it got."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Play:
    """A reply."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    """Whether the connection is lost before the body's end."""
    held: bool = False
    """Whether nothing is sent as long as the server runs."""


def json_play(value: object, status: int = 200, **headers: str) -> Play:
    """A reply of JSON; `retry_after` is the header retry-after."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Play(json.dumps(value).encode(), status, {"content-type": "application/json", **named})


def stream_play(body: bytes, **changes: Any) -> Play:
    """A reply that is streamed."""
    return Play(body, headers={"content-type": "text/event-stream"}, **changes)


@dataclass(frozen=True)
class Got:
    """A request, as it came over the wire."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By name in small letters."""
    body: bytes


class Player:
    """The server, between `with` and the end of its block.

    Args:
        plays: the reply to each request, or what makes one of it.
    """

    def __init__(self, plays: Play | Callable[[Got], Play]) -> None:
        self._plays = plays
        self.got: list[Got] = []
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        player = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                got = Got(self.command, self.path, headers, body)
                player.got.append(got)
                play = player._plays if isinstance(player._plays, Play) else player._plays(got)
                if play.held:
                    player._over.wait(10)
                    self.close_connection = True
                    return
                self.send_response(play.status)
                for name, value in play.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(play.body) + play.cut))
                self.end_headers()
                self.wfile.write(play.body)
                self.close_connection = play.cut

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                """Nothing is said on the screen."""

        return Handler
