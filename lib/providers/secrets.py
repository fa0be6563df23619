"""Keys: where one is found, what one may look like, and how an echoed one is taken out again."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote

from lib.domain.errors import InputError

MOST_CHARACTERS = 4096
NO_KEY = "none"
"""Sent where there is no key: the SDKs would look for one in the environment instead."""

_SHORTEST_SECRET = 8
_REMOVED = b"[key removed]"


def checked_key(key: str | None) -> str | None:
    """A key as it will be sent, or `None` where there is none.

    Raises:
        InputError: if it can't be one. The sentence never quotes it.
    """
    trimmed = re.sub(r"^(?i:bearer)\s+", "", (key or "").strip()).strip("\"'")
    if not trimmed:
        return None
    if len(trimmed) > MOST_CHARACTERS:
        raise InputError(
            f"The key has {len(trimmed):,} characters, but at most {MOST_CHARACTERS:,} are taken.",
            "Copy the key alone.",
        )
    if not re.fullmatch(r"[!-~]+", trimmed):
        raise InputError(
            "The key holds a space, a line break or a character that no key has.",
            "Copy the key alone, in one line.",
        )
    return trimmed


def without_secrets(data: bytes, secrets: Iterable[str]) -> bytes:
    """The bytes with every secret taken out, also where it is written in another way."""
    for secret in secrets:
        if len(secret) < _SHORTEST_SECRET:
            continue  # "ollama" or "x" is no secret, and would be found in the middle of words
        for form in _forms(secret):
            data = data.replace(form, _REMOVED)
    return data


def _forms(secret: str) -> tuple[bytes, ...]:
    plain = secret.encode()
    quoted = json.dumps(secret)[1:-1]
    forms = (
        secret,
        quoted,
        quoted.replace("/", "\\/"),
        quote(secret, safe=""),
        base64.b64encode(plain).decode(),
        plain.hex(),
    )
    return tuple(form.encode() for form in dict.fromkeys(forms))
