"""Replies with another status than 200, of every dialect: each in its own body."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.faulty.scene import Play, Scene, as_json


def _status(status: int, **headers: str) -> Callable[[Scene], Play]:
    """In the dialect's own body for it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda scene: Play(scene.language.error(status), status, named)


def _limited(name: str, default: str) -> Callable[[Scene], Play]:
    return lambda scene: Play(scene.language.error(429), 429, {name: scene.value or default})


def _page(status: int, body: bytes, kind: str = "text/html") -> Callable[[Scene], Play]:
    """Of a gateway in front, which speaks no dialect."""
    return lambda scene: Play(body, status, {"content-type": kind})


STATUSES: dict[str, Callable[[Scene], Play]] = {
    "400_list": lambda scene: Play(
        as_json([{"error": {"code": 400, "message": 'Unknown name "frequency_penalty": no.'}}]), 400
    ),
    "401": _status(401),
    "402": _status(402),
    "403": _status(403),
    "404_page": _page(404, b"<html>Not found</html>"),
    "408": _status(408),
    "409": _status(409),
    "413": _status(413),
    "422": lambda scene: Play(
        as_json({"detail": [{"loc": ["body", "top_p"], "msg": "too big"}]}), 422
    ),
    "429_none": _status(429),
    "429_seconds": _limited("retry-after", "2"),
    "429_date": lambda scene: Play(
        scene.language.error(429), 429, {"retry-after": _later(scene.value or "2")}
    ),
    "429_ms": _limited("retry-after-ms", "250"),
    "429_long": _status(429, retry_after="3600"),
    "429_garbage": _status(429, retry_after="soon"),
    "429_negative": _status(429, retry_after="-5"),
    "500": _status(500),
    "502_html": _page(502, b"<html><h1>Bad gateway</h1></html>"),
    "503": _status(503),
    "503_retry": _status(503, retry_after="1"),
    "504": _page(504, b"upstream timed out", "text/plain"),
    "529": _status(529),
    "401_echo_key": lambda scene: Play(
        scene.language.error(401, f"Incorrect API key provided: {scene.key}."), 401
    ),
    "param_echo_key": lambda scene: Play(scene.language.refused_field(scene.key), 400),
    "should_retry_false": _status(500, x_should_retry="false"),
    "should_retry_true": _status(400, x_should_retry="true"),
    "redirect_host": lambda scene: Play(b"", 307, {"location": f"{scene.evil}/v1/steal?k=1"}),
    "redirect_302": lambda scene: Play(b"", 302, {"location": f"{scene.evil}/v1/steal"}),
    "redirect_loop": lambda scene: Play(b"", 307, {"location": scene.path}),
    "redirect_bad": lambda scene: Play(b"", 301, {"location": "http://\x7f[bad"}),
}


def _later(seconds: str) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=float(seconds)), usegmt=True)
