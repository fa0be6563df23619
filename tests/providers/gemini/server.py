"""A small real Gemini endpoint on this machine, which plays one fault where it is asked for."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.providers.gemini import answers

LIMIT = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"}
ERRORS: dict[int, dict[str, Any]] = {
    400: answers.error(400, "INVALID_ARGUMENT", "Penalty is not enabled for this model"),
    401: answers.error(401, "UNAUTHENTICATED", "Request had invalid credentials."),
    403: answers.error(403, "PERMISSION_DENIED", "The caller does not have permission"),
    404: answers.error(404, "NOT_FOUND", "models/x is not found for API version v1"),
    429: answers.error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", LIMIT),
    500: answers.error(500, "INTERNAL", "An internal error has occurred."),
    503: answers.error(503, "UNAVAILABLE", "The model is overloaded."),
    529: answers.error(529, "UNAVAILABLE", "Overloaded."),
}


@dataclass(frozen=True, slots=True)
class Received:
    """A request, as it came."""

    path: str
    """From the base URL on."""
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class GeminiServer:
    """Where it is, and what it got."""

    port: int
    requests: list[Received] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, play: str = "ok", version: str = "/v1") -> str:
        """The base URL under which every request meets this play."""
        return f"http://127.0.0.1:{self.port}/{play}{version}"


@contextmanager
def running() -> Iterator[GeminiServer]:
    """A server, until the block ends."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    http.daemon_threads = True
    server = GeminiServer(http.server_port)
    http.scene = server  # type: ignore[attr-defined]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        http.shutdown()
        thread.join()
        http.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def scene(self) -> GeminiServer:
        scene = self.server.scene  # type: ignore[attr-defined]
        assert isinstance(scene, GeminiServer)
        return scene

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        _, play, _, place = self.path.split("/", 3)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.scene.requests.append(Received(f"/{place}", headers, body))
        name, _, value = play.partition("-")
        PLAYS[name](self, json.loads(body), value)

    def reply(
        self, status: int, body: bytes, kind: str = "application/json", **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for header, value in headers.items():
            self.send_header(header.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, asked: dict[str, Any], text: str = "One two three") -> dict[str, Any]:
        model = self.scene.requests[-1].path.rpartition("/")[2].partition(":")[0]
        return answers.generated(asked, text, len(self.scene.requests), model)

    def events(self, events: list[bytes]) -> None:
        self.reply(200, b"".join(events), "text/event-stream")


def _ok(handler: _Handler, asked: dict[str, Any], _: str) -> None:
    answer = handler.answer(asked)
    if handler.path.endswith(":streamGenerateContent?alt=sse"):
        handler.events(answers.events(answer))
    elif handler.path.endswith(":generateContent"):
        handler.reply(200, json.dumps(answer).encode())
    else:
        handler.reply(404, json.dumps(ERRORS[404]).encode())


def _status(handler: _Handler, _: dict[str, Any], value: str) -> None:
    more = {"retry_after": "7"} if value == "429" else {}
    handler.reply(int(value), json.dumps(ERRORS[int(value)]).encode(), **more)


def _cut(handler: _Handler, asked: dict[str, Any], _: str) -> None:
    handler.events(answers.events(handler.answer(asked))[:-1])


def _reset(handler: _Handler, asked: dict[str, Any], _: str) -> None:
    """Less than was announced, and the end of the connection."""
    body = json.dumps(handler.answer(asked)).encode()
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body) + 10))
    handler.end_headers()
    handler.wfile.write(body)
    handler.close_connection = True


def _slow(handler: _Handler, _: dict[str, Any], __: str) -> None:
    handler.scene.closing.wait(10)
    handler.close_connection = True


def _array(handler: _Handler, asked: dict[str, Any], _: str) -> None:
    """What `alt=sse` avoids."""
    chunks = [json.loads(each[6:]) for each in answers.events(handler.answer(asked))]
    handler.reply(200, json.dumps(chunks).encode())


def _html(handler: _Handler, _: dict[str, Any], __: str) -> None:
    handler.reply(200, b"<html>Sign in</html>", "text/html")


def _redirect(handler: _Handler, _: dict[str, Any], __: str) -> None:
    handler.reply(302, b"", Location=handler.scene.url("ok") + "/models/x:generateContent")


def _blocked(handler: _Handler, _: dict[str, Any], __: str) -> None:
    handler.reply(200, json.dumps(answers.blocked()).encode())


def _echo(handler: _Handler, asked: dict[str, Any], _: str) -> None:
    key = handler.headers["x-goog-api-key"]
    handler.reply(200, json.dumps(handler.answer(asked, f"Your key is {key}")).encode())


PLAYS: dict[str, Callable[[_Handler, dict[str, Any], str], None]] = {
    "ok": _ok,
    "status": _status,
    "cut": _cut,
    "reset": _reset,
    "slow": _slow,
    "array": _array,
    "html": _html,
    "redirect": _redirect,
    "blocked": _blocked,
    "echo": _echo,
}
