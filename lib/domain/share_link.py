"""A link that holds an experiment: settings and messages included, keys never.

A key can't get in: the document holds none (`experiment_file` refuses what looks like one), and
endpoints name an environment variable at most.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from typing import Any

from lib.domain.errors import InputError
from lib.domain.experiment_file import document as document_of
from lib.domain.experiment_file import parse

MOST_BLOB = 30_000
"""Characters of a link: browsers and servers take more, people's mail programs hardly."""
MOST_DOCUMENT = 2**20
"""Bytes that a link may unpack to: a small blob could otherwise fill the memory."""


def blob(document: Mapping[str, Any]) -> str:
    """The part of a link that holds an experiment.

    Raises:
        InputError: if it isn't an experiment, or is too long for a link.
    """
    checked = document_of(parse(document))
    packed = zlib.compress(json.dumps(checked, separators=(",", ":")).encode(), 9)
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    if len(text) > MOST_BLOB:
        raise InputError(
            f"The experiment is too long for a link ({len(text):,} characters).",
            "Send it as a TOML file instead.",
        )
    return text


def document(text: str) -> dict[str, Any]:
    """The document of the experiment in a link, checked like any other.

    Raises:
        InputError: if the link is damaged, or holds something else.
    """
    damaged = InputError("The link is damaged or incomplete.", "Ask for it again.")
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(packed, MOST_DOCUMENT)
        if unpacker.unconsumed_tail:
            raise InputError("The link holds more than an experiment can.", "Don't trust it.")
        shared = json.loads(raw)
    except (ValueError, binascii.Error, zlib.error, RecursionError) as error:
        raise damaged from error
    if not isinstance(shared, dict):
        raise damaged
    return document_of(parse(shared))
