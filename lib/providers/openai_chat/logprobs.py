"""The log probabilities of an answer, as the dialect reports them: the first position, or all."""

from __future__ import annotations

import math

from lib.domain.positions import Position
from lib.domain.vocabulary import FirstToken, TokenProbability
from lib.providers.json_text import clean

_MISSING = -9999.0
"""OpenAI's and vLLM's word for "very unlikely, and not looked up"."""
_ROUNDING = 0.01
"""Above 0 by no more than this is rounding; more can't be a logarithm of a probability."""


def first_token(
    choice: dict[str, object], *, text: str, output_tokens: int | None, streamed: bool
) -> tuple[FirstToken | None, list[str]]:
    """What was drawn at the first position, what else was likely there, and what is odd about it.

    Args:
        choice: of a chat completion.
        text: the answer. A reported token that it doesn't begin with stands elsewhere.
        output_tokens: as reported, to find positions that stand for more than one token.
        streamed: whether it came as a stream, which has no position for the token that ends it.
    """
    match choice.get("logprobs"):
        case {"content": [dict() as first, *others]}:
            pass
        case {"tokens": list()}:  # the completions API's old form: Together
            return None, ["The log probabilities came in a form that is not read."]
        case _:
            return None, []
    flags: list[str] = []
    alternatives = first.get("top_logprobs")
    top = alternatives if isinstance(alternatives, list) else []
    found = [each for each in (_probability(each, flags) for each in top) if each is not None]
    drawn = _probability(first, flags)
    if drawn is None:
        return None, ["The log probability of the first token is missing.", *dict.fromkeys(flags)]
    unreported = None if output_tokens is None else output_tokens - 1 - len(others)
    expected = int(streamed and choice.get("finish_reason") == "stop")
    if _merged(first, top, unreported, expected) or not _begins(text, first):
        return None, ["The log probabilities don't begin with the answer's first token."]
    if not drawn.token:  # llama.cpp: held back, as it may begin a stop sequence
        drawn = next((each for each in found if each.key == drawn.key), drawn)
    likeliest = tuple(sorted(found, key=lambda each: -each.logprob))
    return FirstToken(drawn, likeliest), list(dict.fromkeys(flags))


def positions(
    content: object, *, unreported: int | None, expected: int, alternatives: bool = True
) -> tuple[Position, ...]:
    """All positions, with what is no log probability left out.

    Args:
        content: the list of a choice's `logprobs`, or of a part of a response.
        unreported: tokens of the answer without a position, as its usage has it.
        expected: how many of these have none by rights: the one that ends a stream.
        alternatives: whether what else was likely is wanted: it takes most of the time.
    """
    listed = content if isinstance(content, list) else []
    return tuple(
        _position(each, unreported, expected, alternatives)
        for each in listed
        if isinstance(each, dict)
    )


def _position(
    each: dict[str, object], unreported: int | None, expected: int, alternatives: bool
) -> Position:
    others = each.get("top_logprobs")
    listed = others if isinstance(others, list) else []
    token = each.get("token")
    text = clean(token) if isinstance(token, str) else ""
    wanted = listed if alternatives or not text else []
    found = [p for p in (_probability(other, []) for other in wanted) if p is not None]
    raw = _bytes(each) or text.encode()
    if _merged(each, listed, unreported, expected):
        # The numbers are those of the last of these tokens: they aren't this text's.
        return Position(text=text, key=f"several {raw.hex()}", raw=raw, logprob=None, several=True)
    key = _key(each, text)
    drawn = _probability({**each, "token": text}, [])
    if not text:  # llama.cpp: held back, as it may begin a stop sequence
        text = next((other.token for other in found if other.key == key), text)
        raw = raw or text.encode()
    return Position(
        text=text,
        key=key,
        raw=raw,
        logprob=None if drawn is None else drawn.logprob,
        top=tuple(sorted(found, key=lambda other: -other.logprob)),
    )


def _merged(
    first: dict[str, object], top: list[object], unreported: int | None, expected: int
) -> bool:
    """Whether this position may be that of a later token.

    llama.cpp puts the tokens that make one character into one position: its text is that of all of
    them, its id and numbers those of the last (seen in xllamacpp 2026.10). Only it reports ids.
    """
    if "id" not in first or _bytes(first).isascii():
        return False
    same = [each for each in top if isinstance(each, dict) and each.get("id") == first["id"]]
    if same:
        return _bytes(same[0]) != _bytes(first)
    return unreported is None or unreported > expected


def _probability(position: object, flags: list[str]) -> TokenProbability | None:
    if not isinstance(position, dict):
        return None
    token, logprob = position.get("token"), position.get("logprob")
    if not isinstance(token, str) or not isinstance(logprob, int | float):
        return None
    if isinstance(logprob, bool) or not _MISSING < logprob < math.inf:  # nor NaN
        return None
    if logprob > 0:
        flags.append("A log probability above 0 was reported.")
        if logprob > _ROUNDING:
            return None
    return TokenProbability(clean(token), _key(position, token), min(0.0, float(logprob)))


def _key(position: dict[str, object], token: str) -> str:
    """Tokens that decode to the same text are told apart."""
    match position.get("id"):
        case bool():
            pass
        case int(number):
            return str(number)
    raw = _bytes(position)
    return raw.hex() if raw else clean(token)


def _bytes(position: dict[str, object]) -> bytes:
    match position.get("bytes"):
        case list() as values if set(map(type, values)) <= {int}:
            try:
                return bytes(values)
            except ValueError:  # one is no byte
                return b""
        case _:
            return b""


def _begins(text: str, first: dict[str, object]) -> bool:
    """Whether the answer can have begun with this token.

    White space may have been trimmed, a stop sequence may have cut the token, and a token that
    ends the answer has no text.
    """
    raw = (_bytes(first) or str(first.get("token")).encode("utf-8", "replace")).strip()
    begun = text.encode("utf-8", "replace").strip()
    return begun.startswith(raw) or raw.startswith(begun)
