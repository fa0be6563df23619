"""Replies with another status than 200."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.faulty.scene import Play, Scene, as_json, error


def _status(status: int, body: bytes, **headers: str) -> Callable[[Scene], Play]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda scene: Play(body, status, named)


_LIMIT = error("Rate limit reached.", kind="requests", code="rate_limit_exceeded")
_SERVER = error("The server had an error.", kind="server_error")


def _limited(**headers: str) -> Callable[[Scene], Play]:
    return _status(429, _LIMIT, **headers)


STATUSES: dict[str, Callable[[Scene], Play]] = {
    "400_param": _status(
        400,
        error(
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            param="max_tokens",
            code="unsupported_parameter",
        ),
    ),
    "400_value": _status(
        400,
        error(
            "Unsupported value: 'temperature' does not support 0.5 with this model.",
            param="temperature",
            code="unsupported_value",
        ),
    ),
    "400_null_code": _status(400, error("Unsupported parameter: 'top_p'.", param="top_p")),
    "400_context": _status(
        400,
        error("Your messages are too long.", param="messages", code="context_length_exceeded"),
    ),
    "400_policy": _status(400, error("Filtered.", code="content_filter")),
    "400_list": _status(
        400, as_json([{"error": {"code": 400, "message": 'Unknown name "frequency_penalty": no.'}}])
    ),
    "401": _status(401, error("Incorrect API key provided.", code="invalid_api_key")),
    "402": _status(402, error("No credit.", kind="billing_error")),
    "403": _status(403, error("Not allowed.", kind="permission_error")),
    "404_model": _status(404, error("The model does not exist.", code="model_not_found")),
    "404_page": _status(404, b"<html>Not found</html>", content_type="text/html"),
    "408": _status(408, error("Timeout.", kind="timeout")),
    "409": _status(409, error("Conflict.", kind="conflict")),
    "413": _status(413, error("Too large.")),
    "422": _status(422, as_json({"detail": [{"loc": ["body", "top_p"], "msg": "too big"}]})),
    "429_none": _limited(),
    "429_quota": _status(
        429, error("You exceeded your quota.", kind="insufficient_quota", code="insufficient_quota")
    ),
    "429_seconds": lambda scene: Play(_LIMIT, 429, {"retry-after": scene.value or "2"}),
    "429_date": lambda scene: Play(_LIMIT, 429, {"retry-after": _later(scene.value or "2")}),
    "429_ms": lambda scene: Play(_LIMIT, 429, {"retry-after-ms": scene.value or "250"}),
    "429_long": _limited(retry_after="3600"),
    "429_garbage": _limited(retry_after="soon"),
    "429_negative": _limited(retry_after="-5"),
    "500": _status(500, _SERVER),
    "502_html": _status(502, b"<html><h1>Bad gateway</h1></html>", content_type="text/html"),
    "503": _status(503, _SERVER),
    "503_retry": _status(503, _SERVER, retry_after="1"),
    "504": _status(504, b"upstream timed out", content_type="text/plain"),
    "529": _status(529, error("Overloaded.", kind="overloaded_error")),
    "401_echo_key": lambda scene: Play(error(f"Incorrect API key provided: {scene.key}."), 401),
    "param_echo_key": lambda scene: Play(error("No.", param=scene.key), 400),
    "should_retry_false": _status(500, _SERVER, x_should_retry="false"),
    "should_retry_true": _status(400, error("Later, perhaps."), x_should_retry="true"),
    "redirect_host": lambda scene: Play(b"", 307, {"location": f"{scene.evil}/v1/steal?k=1"}),
    "redirect_302": lambda scene: Play(b"", 302, {"location": f"{scene.evil}/v1/steal"}),
    "redirect_loop": _status(307, b"", location="/fault/redirect_loop/v1/chat/completions"),
    "redirect_bad": _status(301, b"", location="http://\x7f[bad"),
}


def _later(seconds: str) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=float(seconds)), usegmt=True)
