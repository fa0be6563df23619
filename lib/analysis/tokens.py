r"""The lab's own tokens: words and marks, the same for every model.

Similarity and divergence are always counted in these, so that asking for log probabilities
changes no number, and models with different tokenizers stay comparable.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import regex

_NO_SPACES = (
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)
_TOKEN = regex.compile(rf"(?={_NO_SPACES})\X|[\w--{_NO_SPACES}]+|[^\w\s]", flags=regex.VERSION1)
_ASCII_TOKEN = regex.compile(r"\w+|[^\w\s]", flags=regex.ASCII)


def tokens(text: str) -> list[str]:
    r"""Words and marks of a text: `\w+|[^\w\s]`.

    Scripts written without spaces have no words to find by their letters, so each grapheme (what
    a reader calls one character) is a token there.
    """
    found: list[str] = _pattern(text).findall(text)
    return found


def first_token(text: str) -> str | None:
    """The first of `tokens`, without looking for the others."""
    found = _pattern(text).search(text)
    return None if found is None else found.group()


def _pattern(text: str) -> regex.Pattern[str]:
    return _ASCII_TOKEN if text.isascii() else _TOKEN


def as_code_points(texts: Iterable[Sequence[str]]) -> list[str]:
    """Token lists as strings of one character a token, the same character for the same token.

    Edit distances of these strings are those of the token lists, about eight times as fast.
    """
    known = _Characters()
    return ["".join(map(known.__getitem__, text)) for text in texts]


class _Characters(dict[str, str]):
    """A character for each token: made when it is asked for first, and the same ever after."""

    def __missing__(self, token: str) -> str:
        number = len(self)
        # Surrogates are left out, as they aren't characters; beyond the last one all are equal.
        code = number if number < 0xD800 else number + 0x800
        self[token] = chr(min(code, sys.maxunicode))
        return self[token]
