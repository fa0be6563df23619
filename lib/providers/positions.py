"""All positions of an answer, read again from its stored reply. Pure: no network, no store.

A sample keeps its first position alone. The others are in the reply, which is kept whole.
"""

from __future__ import annotations

from typing import Any

from lib.domain.configuration import Dialect
from lib.domain.errors import CallError
from lib.domain.positions import Positions
from lib.domain.vocabulary import Reply, Sample
from lib.providers.dialect import assembled
from lib.providers.events import is_stream
from lib.providers.gemini.logprobs import as_content
from lib.providers.openai_chat.logprobs import positions as in_chat_form
from lib.providers.openai_responses.output import said

NONE = "No log probabilities were reported."
ELSEWHERE = "The positions that were reported don't make up the answer's text."


def positions(sample: Sample, reply: Reply, *, alternatives: bool = True) -> Positions:
    """The positions of a sample's answer.

    Args:
        sample: what was read from the reply.
        reply: the accepted one.
        alternatives: whether what else was likely is wanted: it takes most of the time.

    Returns:
        None, with the reason, where the endpoint reported none, in a form that is not read, or
        where they aren't those of this answer's text.
    """
    dialect = sample.slot.configuration.endpoint.dialect
    try:
        content = _content(assembled(reply, dialect), dialect)
    except CallError as error:
        return Positions(why=error.says)
    if isinstance(content, str):
        return Positions(why=content)
    tokens = sample.usage.output_tokens
    found = in_chat_form(
        content,
        unreported=None if tokens is None else tokens - len(content),
        expected=int(is_stream(reply) and sample.raw_finish_reason == "stop"),
        alternatives=alternatives,
    )
    if not found:
        return Positions(why=NONE)
    written = b"".join(each.raw for each in found).decode("utf-8", "replace")
    if not _alike(written, sample.text):
        return Positions(why=ELSEWHERE)
    return Positions(at=found)


def _content(answer: dict[str, Any], dialect: Dialect) -> list[object] | str:
    """The list of positions in the chat dialect's shape, or why there is none."""
    match dialect, answer:
        case "openai", {"choices": [{"logprobs": {"content": [_, *_] as content}}, *_]}:
            return list(content)
        case "openai", {"choices": [{"logprobs": {"tokens": list()}}, *_]}:
            return "The log probabilities came in a form that is not read."
        case "openai-responses", _:
            listed = said(answer).positions
            return listed if isinstance(listed, list) and listed else NONE
        case "gemini", {"candidates": [dict() as candidate, *_]}:
            return as_content(candidate) or NONE
        case _:
            return NONE


def _alike(written: str, text: str) -> bool:
    """Whether the positions are those of this text.

    White space at its ends may have been trimmed, and a stop sequence or the mark that ends a turn
    has positions but no text. What is replaced as broken counts as equal.
    """
    said, told = (_readable(each) for each in (written, text))
    return said.startswith(told) or told.startswith(said)


def _readable(text: str) -> str:
    return text.replace("\ufffd", "").strip()
