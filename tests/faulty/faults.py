"""All faults whose reply is whole: those of the connection are in `plays`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

from tests.faulty.scene import Play, Scene, as_json
from tests.faulty.shapes import SHAPES, message, top
from tests.faulty.statuses import STATUSES


def _good(scene: Scene) -> bytes:
    return as_json(scene.answer)


def _megabytes(scene: Scene, default: int) -> int:
    return int(scene.value or default) * 2**20


def _bomb(scene: Scene) -> bytes:
    text = json.dumps(message(content="@")(scene.answer)).encode()
    return gzip.compress(text.replace(b"@", b"A" * _megabytes(scene, 50)))


_UTF8 = {"content-type": "application/json"}
_GZIP = {**_UTF8, "content-encoding": "gzip"}

BODIES: dict[str, Callable[[Scene], Play]] = {
    "truncated_json": lambda scene: Play(_good(scene)[:-40]),
    "empty_body": lambda scene: Play(b""),
    "no_content": lambda scene: Play(b"", 204),
    "created_201": lambda scene: Play(_good(scene), 201),
    "html_200": lambda scene: Play(
        b"<!doctype html><p>Please log in", 200, {"content-type": "text/html"}
    ),
    "plain_200": lambda scene: Play(b"OK", 200, {"content-type": "text/plain"}),
    "wrong_ctype": lambda scene: Play(
        _good(scene), 200, {"content-type": "text/html; charset=hex"}
    ),
    "bad_utf8": lambda scene: Play(_good(scene).replace(b"Apple", b"Ap\xff\xfeple")),
    "latin1": lambda scene: Play(_good(scene).replace(b"Apple", "Ap\xe9".encode("latin-1"))),
    "bom": lambda scene: Play(b"\xef\xbb\xbf" + _good(scene)),
    "nan_json": lambda scene: Play(as_json(top(created=float("nan"))(scene.answer))),
    "deep_json": lambda scene: Play(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "huge_int": lambda scene: Play(
        as_json(top(created="@")(scene.answer)).replace(b'"@"', b"9" * 5000)
    ),
    "dup_keys": lambda scene: Play(_good(scene)[:-1] + b', "id": "chatcmpl-twice"}'),
    "echo_headers": lambda scene: Play(
        as_json(message(content=json.dumps(scene.headers))(scene.answer))
    ),
    "huge": lambda scene: Play(as_json(message(content="A" * _megabytes(scene, 20))(scene.answer))),
    "gzip": lambda scene: Play(gzip.compress(_good(scene)), 200, _GZIP),
    "gzip_double": lambda scene: Play(
        gzip.compress(gzip.compress(_good(scene))), 200, {**_UTF8, "content-encoding": "gzip, gzip"}
    ),
    "gzip_bomb": lambda scene: Play(_bomb(scene), 200, _GZIP),
    "gzip_cut": lambda scene: Play(gzip.compress(_good(scene))[:-12], 200, _GZIP),
    "bad_gzip": lambda scene: Play(_good(scene), 200, _GZIP),
    "brotli": lambda scene: Play(b"\x8b", 200, {**_UTF8, "content-encoding": "br"}),
    "long_header": lambda scene: Play(_good(scene), 200, {"x-long": "a" * 60_000}),
    "many_headers": lambda scene: Play(_good(scene), 200, {f"x-{n}": "a" for n in range(300)}),
    "set_cookie": lambda scene: Play(
        _good(scene), 200, {"set-cookie": "who=you; Path=/", "openai-organization": "org-secret"}
    ),
}
NAMES: tuple[str, ...] = (*STATUSES, *SHAPES, *BODIES)


def play(name: str, scene: Scene) -> Play:
    """The reply of a fault that is not one of the connection.

    Raises:
        KeyError: if there is none of this name.
    """
    if name in SHAPES:
        return Play(as_json(SHAPES[name](scene.answer)))
    return (STATUSES.get(name) or BODIES[name])(scene)
