"""A request as it came."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from tests.faulty.language import Language


@dataclass(slots=True)
class Received:
    """One request, as it came, and what it was answered."""

    order: int
    path: str
    fault: str
    model: str
    language: Language
    """That it speaks."""
    authorization: str
    key: str
    """Where its dialect has it."""
    headers: dict[str, str]
    body: bytes
    at: float
    """When it came, in seconds by a monotonic clock."""
    sent_sha256: str = ""
    """Of the body that it was answered with, as far as one was sent."""

    def answered(self, body: bytes) -> None:
        """Write down what it is answered with."""
        self.sent_sha256 = hashlib.sha256(body).hexdigest()

    @property
    def sha256(self) -> str:
        """Of its body."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def json(self) -> Any:
        """Its body, parsed."""
        return json.loads(self.body)


def parsed(body: bytes) -> dict[str, Any]:
    """The object in a body, or an empty one."""
    try:
        asked = json.loads(body)
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}
