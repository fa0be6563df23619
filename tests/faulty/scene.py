"""What a fault is made from, and what it makes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faulty.language import Answer, Language


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a fault is made from."""

    language: Language
    """Of the request."""
    answer: Answer
    """The good one."""
    key: str
    """As received."""
    path: str
    """As received."""
    headers: dict[str, str]
    """As received."""
    evil: str
    """Another host's address."""
    value: str
    """What stands behind the fault's colon."""
    sends: Callable[[bytes], None]
    """Takes the body before it is sent: as soon as it is, the other side may be gone."""

    def said(self, text: str) -> bytes:
        """The good answer with another text."""
        return as_json(self.language.saying(text)(self.answer))


def as_json(value: object) -> bytes:
    """JSON, with NaN where it is asked for."""
    return json.dumps(value).encode()
