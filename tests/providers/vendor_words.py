"""A refusal in the words of each vendor, and what becomes of it."""

from __future__ import annotations

from typing import Any

from lib.domain.errors import CallError
from lib.domain.vocabulary import Slot
from lib.providers.refusals import refusal
from tests.providers.making import reply


def refused(asked: Slot, body: object, status: int = 400, **headers: Any) -> CallError:
    return refusal(asked, reply(body, status=status, **headers))


def openai(message: str, **more: object) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", **more}}


def anthropic(message: str, kind: str = "invalid_request_error", **more: object) -> dict[str, Any]:
    inner = {"type": kind, "message": message, **more}
    return {"type": "error", "error": inner, "request_id": "req_1"}


def gemini(
    message: str, status: str = "INVALID_ARGUMENT", code: int = 400, *details: dict[str, Any]
) -> dict[str, Any]:
    inner = {"code": code, "message": message, "status": status}
    return {"error": inner | ({"details": list(details)} if details else {})}
