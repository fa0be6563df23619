"""All faults by name: which a dialect can have, and those whose reply is whole."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

from lib.domain.configuration import Dialect
from tests.faulty import plays, streams
from tests.faulty.language import Language, top
from tests.faulty.languages import LANGUAGES
from tests.faulty.scene import Play, Scene, as_json
from tests.faulty.statuses import STATUSES


def _good(scene: Scene) -> bytes:
    return as_json(scene.answer)


def _megabytes(scene: Scene, default: int) -> int:
    return int(scene.value or default) * 2**20


def _bomb(scene: Scene) -> bytes:
    return gzip.compress(scene.said("@").replace(b"@", b"A" * _megabytes(scene, 50)))


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
    "echo_headers": lambda scene: Play(scene.said(json.dumps(scene.headers))),
    "huge": lambda scene: Play(scene.said("A" * _megabytes(scene, 20))),
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


def _own(language: Language) -> set[str]:
    """The faults of its module alone."""
    return {*language.refusals, *language.shapes, *language.streams}


_OF_ALL = {*STATUSES, *BODIES, *streams.STREAMS, *plays.ACTS}
EVERY: tuple[str, ...] = tuple(sorted(_OF_ALL.union(*map(_own, LANGUAGES.values()))))
"""The faults of all dialects."""


def names(dialect: Dialect = "openai") -> tuple[str, ...]:
    """The faults that a dialect can have."""
    language = LANGUAGES[dialect]
    return tuple(sorted((_OF_ALL - language.lacks.keys()) | _own(language)))


def play(name: str, scene: Scene) -> Play:
    """The reply of a fault that is not one of the connection.

    Raises:
        KeyError: if there is none of this name in this dialect.
    """
    language = scene.language
    if name in language.lacks:
        raise KeyError(name)
    if shape := language.shapes.get(name):
        return Play(as_json(shape(scene.answer)))
    if refusal := language.refusals.get(name):
        return Play(refusal.body, refusal.status)
    return (STATUSES.get(name) or BODIES[name])(scene)
