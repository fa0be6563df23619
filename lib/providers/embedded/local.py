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
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=limit_s)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
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
