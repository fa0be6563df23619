"""Reading a large JSON file piece by piece: its head, then the items of its one long list."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from lib.domain.errors import InputError

MOST_VALUE = 128 * 2**20
"""Characters of one item, and of the head. Beyond, no item of an export is this long."""
_CHUNK = 2**18


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def read(file: BinaryIO, *, name: str, items: str) -> tuple[dict[str, Any], Iterator[Any]]:
    """The members before `items`, and then the items of that list one by one.

    Args:
        file: read from where it is.
        name: of the file, for sentences.
        items: the key of the list; it has to be the last one.

    Raises:
        InputError: if it isn't such a file. Later, from the iterator, if it goes wrong there.
    """
    text = _Text(file, name)
    head: dict[str, Any] = {}
    text.expect("{")
    while True:
        key = text.value()
        if not isinstance(key, str):
            text.wrong()
        text.expect(":")
        if key == items:
            text.expect("[")
            return head, _items(text)
        head[key] = text.value()
        if text.peek() == "}":
            raise InputError(f"{name} is no exported run: it has no {items!r}.")
        text.expect(",")


def _items(text: _Text) -> Iterator[Any]:
    if text.peek() != "]":
        yield text.value()
        while text.peek() == ",":
            text.expect(",")
            yield text.value()
    text.expect("]")
    text.expect("}")
    if text.peek():
        text.wrong()


class _Text:
    """What has been read of a file and not been taken yet."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self._held, self._at, self._ended = "", 0, False

    def peek(self) -> str:
        """The next character that isn't white space; at the end `""`."""
        while True:
            rest = self._held[self._at : self._at + 1]
            if rest and rest not in " \t\r\n":
                return rest
            if rest:
                self._at += 1
            elif not self._more(_CHUNK):
                return ""

    def expect(self, character: str) -> None:
        """Take this character."""
        if self.peek() != character:
            self.wrong()
        self._at += 1

    def value(self) -> Any:
        """Take a whole value."""
        self.peek()
        size = _CHUNK
        while True:
            try:
                found, end = _DECODER.raw_decode(self._held, self._at)
                if end < len(self._held) or self._ended:  # else a number may go on
                    self._at = end
                    return found
            except RecursionError:
                raise InputError(f"{self._name} is nested too deeply.") from None
            except ValueError as error:
                # Most are values that have not been read to their end yet.
                if self._ended or not isinstance(error, json.JSONDecodeError):
                    self.wrong()
            if len(self._held) - self._at > MOST_VALUE:
                raise InputError(
                    f"{self._name} has a part of more than {MOST_VALUE // 2**20} MB, which no "
                    "export has."
                )
            self._more(size)
            size *= 2  # so that a long value isn't begun too often

    def wrong(self) -> NoReturn:
        """Refuse the file, from where the reading is."""
        if not self.peek() or self._ended_within():
            raise InputError(
                f"{self._name} ends too early: it is a part of a file.", "Copy it again, whole."
            )
        raise InputError(f"{self._name} is not JSON as an export has it.", "Export the run again.")

    def _ended_within(self) -> bool:
        """Whether the file's end is what is wrong with the value that begins here."""
        if not self._ended or self._held[self._at] not in '[{"':
            return False
        try:
            _DECODER.raw_decode(self._held, self._at)
        except json.JSONDecodeError as error:
            # A word that was cut, such as `nul`, is wrong where it begins.
            return error.msg.startswith("Unterminated") or error.pos >= len(self._held) - 10
        except ValueError:
            return False
        return False

    def _more(self, size: int) -> bool:
        if self._ended:
            return False
        raw = self._file.read(size)
        self._ended = not raw
        try:
            decoded = self._decode.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            raise InputError(f"{self._name} is not UTF-8.", "Save it as UTF-8.") from error
        self._held, self._at = self._held[self._at :] + decoded, 0
        return bool(raw)
