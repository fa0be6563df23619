"""What may be written to a terminal, and how. Text of a model or an endpoint is never trusted."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

# Everything below a space but newline and tab, DEL and the C1 range, other line ends, and what
# turns text around.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def safe(text: str) -> str:
    """The text with control characters and direction marks written out, so that they do nothing."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def plain(text: object, *, most: int | None = None) -> Text:
    """A piece of text for rich: no markup is read in it, and nothing in it can act."""
    written = safe(str(text))
    if most is not None and len(written) > most:
        written = written[: most - 1] + "…"
    return Text(written)


def console(*, stderr: bool = False) -> Console:
    """A console for people: results on stdout, progress and warnings on stderr."""
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)


def write_json(document: Any) -> None:
    """One JSON document on stdout: ASCII, as not every console takes more, and strict."""
    sys.stdout.write(json.dumps(document, ensure_ascii=True, allow_nan=False, indent=2) + "\n")
    sys.stdout.flush()


def write_event(event: dict[str, Any]) -> None:
    """One JSON object on a line of its own, flushed at once."""
    sys.stdout.write(json.dumps(event, ensure_ascii=True, allow_nan=False) + "\n")
    sys.stdout.flush()
