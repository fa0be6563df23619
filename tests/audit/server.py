"""The model of a test behind HTTP: a server on this machine, of OpenAI chat or another dialect."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from lib.domain.configuration import Dialect
from tests.audit.dialects import SPOKEN
from tests.audit.model import Behaviour, Model, Refusal, Said


class ModelServer:
    """Runs between `with` and the end of its block."""

    def __init__(
        self,
        behaviour: Behaviour | None = None,
        *,
        status: int = 200,
        dialect: Dialect = "openai",
        model: Model | None = None,
    ) -> None:
        self.model = model or Model(behaviour)
        self.dialect = dialect
        self._spoken = SPOKEN.get(dialect)
        self.status = status
        """Another one than 200: everything is answered with it."""
        self.bodies: list[dict[str, Any]] = []
        self._one = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    @property
    def url(self) -> str:
        base = "/v1" if self._spoken is None else self._spoken.base
        return f"http://127.0.0.1:{self._server.server_port}{base}"

    def reply(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        with self._one:  # one generator draws for all calls
            self.bodies.append(body)
            if self.status != 200:
                return self.status, {"error": {"message": "no", "code": "invalid_api_key"}}
            try:
                if self._spoken is not None:
                    (said,) = self.model.answer(self._spoken.heard(body))
                    return 200, self._spoken.said(body, said)
                return 200, completion(body, self.model.answer(body), self.model.behaviour)
            except Refusal as refused:
                if self._spoken is not None:
                    return 400, self._spoken.refused(refused.param or "a field")
                return 400, {"error": {"message": "Unsupported parameter.", "param": refused.param}}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 2**20  # head and body in one piece: else each waits for the other's receipt

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = server.reply(json.loads(raw))
                written = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(written)))
                self.end_headers()
                self.wfile.write(written)
                self.wfile.flush()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing is logged."""

        return Handler


def completion(body: dict[str, Any], said: list[Said], behaviour: Behaviour) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [
            {
                "index": index,
                "finish_reason": each.finish_reason,
                "message": {"role": "assistant", "content": each.text},
                "logprobs": _logprobs(each),
            }
            for index, each in enumerate(said)
        ],
    }
    if behaviour.reports_usage:
        count = sum(len(each.tokens) for each in said)
        answer["usage"] = {
            "prompt_tokens": 9,
            "completion_tokens": count,
            "total_tokens": 9 + count,
        }
    return answer


def _logprobs(said: Said) -> dict[str, Any] | None:
    if not any(token.top for token in said.tokens):
        return None
    return {
        "content": [
            {
                **_entry(token.text, token.logprob),
                "top_logprobs": [_entry(text, logprob) for text, logprob in token.top],
            }
            for token in said.tokens
        ]
    }


def _entry(text: str, logprob: float) -> dict[str, Any]:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode())}
