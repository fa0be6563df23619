"""JSON and text that an endpoint sent: any bytes end in a value that can be kept, or a sentence."""

from __future__ import annotations

import json
import re

_DECODER = json.JSONDecoder(parse_constant=lambda _: None)
"""Made once: `json.loads` would make one for each answer."""
_HALF_OR_NUL = re.compile("[\ud800-\udfff\x00]")


class NotJSON(ValueError):
    """Why the bytes are not JSON: `says` ends the sentence "The answer …"."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


def decoded(body: bytes) -> str:
    """The text of a body. A byte order mark is no part of it.

    Raises:
        NotJSON: if it isn't UTF-8.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotJSON("isn't UTF-8") from None


def parsed(text: str) -> object:
    """The value that JSON text stands for; NaN and infinities, which JSON has not, are `None`.

    Raises:
        NotJSON: if it isn't JSON, or is made to be unreadable.
    """
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise NotJSON("is nested too deep") from None
    except json.JSONDecodeError:
        raise NotJSON("is empty" if not text.strip() else "isn't whole JSON") from None
    except ValueError:
        raise NotJSON("holds a number that is too long") from None


def loses(text: str) -> bool:
    """Whether something of it can't be kept: `clean` had to replace it."""
    return clean(text).count("\ufffd") > text.count("\ufffd")


def clean(text: str) -> str:
    """Text that any store takes: what is no character, and NUL, becomes U+FFFD.

    Two halves of one character that came one after the other are put together.
    """
    if not _HALF_OR_NUL.search(text):
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\x00", "\ufffd")
