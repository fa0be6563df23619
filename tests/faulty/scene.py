"""What a fault is made from, and what it makes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Play:
    """A reply, ready to be sent: only its bytes are wrong, or its status."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def whole(self) -> bytes:
        """As it goes over the wire."""
        headers = {"content-type": "application/json", "x-request-id": "req-1", **self.headers}
        if self.status != 204:
            headers["content-length"] = str(len(self.body))
        lines = [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([f"HTTP/1.1 {self.status} Status", *lines, "", ""])
        return head.encode("latin-1") + self.body


@dataclass(frozen=True, slots=True)
class Scene:
    """What a fault is made from."""

    answer: Answer
    """The good one."""
    key: str
    """As received."""
    headers: dict[str, str]
    """As received."""
    evil: str
    """Another host's address."""
    value: str
    """What stands behind the fault's colon."""


def error(message: str, *, kind: str = "invalid_request_error", **more: object) -> bytes:
    """An error body in OpenAI's shape."""
    inner = {"message": message, "type": kind, "param": None, "code": None, **more}
    return as_json({"error": inner})


def as_json(value: object) -> bytes:
    """JSON, with NaN where it is asked for."""
    return json.dumps(value).encode()
