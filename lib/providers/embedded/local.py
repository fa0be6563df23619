"""One small request to the engine. By hand, because no proxy may come between."""

from __future__ import annotations

import http.client
import json
from typing import Any

_LIMIT_S = 30.0


class Answered(Exception):
    """The engine answered with another status than 200."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)
        self.status, self.message = status, message


def get(url: str, path: str, *, key: str, limit_s: float = _LIMIT_S) -> Any:
    """What is at `path`.

    Raises:
        Answered: for any status but 200.
        OSError: if no whole answer came; `TimeoutError` if only the time was too short.
        ValueError: if the answer is no JSON.
    """
    return _asked("GET", url, path, None, key=key, limit_s=limit_s)


def post(url: str, path: str, body: object, *, key: str, limit_s: float = _LIMIT_S) -> Any:
    """What comes back for a body, sent as JSON. Raises as `get`."""
    return _asked("POST", url, path, json.dumps(body).encode(), key=key, limit_s=limit_s)


def _asked(
    method: str, url: str, path: str, body: bytes | None, *, key: str, limit_s: float
) -> Any:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=limit_s)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        said = response.read()
    except http.client.HTTPException as error:
        raise ConnectionError(f"a broken answer: {type(error).__name__}") from error
    finally:
        connection.close()
    if response.status != 200:
        raise Answered(response.status, _message(said))
    return json.loads(said)


def _message(said: bytes) -> str:
    try:
        return str(json.loads(said)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return said[:200].decode("utf-8", "replace")
