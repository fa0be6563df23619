"""The log probabilities of a Gemini answer: the first position, or all."""

from __future__ import annotations

from typing import Any

from lib.domain.vocabulary import FirstToken
from lib.providers.openai_chat import logprobs


def first_token(
    candidate: dict[str, Any], *, text: str, output_tokens: int | None, streamed: bool
) -> tuple[FirstToken | None, list[str]]:
    """What was drawn at the first position, what else was likely there, and what is odd about it.

    Gemini has two lists, of what was drawn and of what was likely. They are put into the chat
    dialect's one, so that one reader judges the numbers of both.

    Args:
        candidate: of an answer.
        text: the answer. Positions of hidden thoughts before it are not its first token.
        output_tokens: as reported.
        streamed: whether it came as a stream.
    """
    match candidate.get("logprobsResult"):
        case {"chosenCandidates": [dict() as first, *others], **rest}:
            position = {**_token(first), "top_logprobs": _top(rest.get("topCandidates"))}
        case _:
            return None, []
    as_choice: dict[str, object] = {"logprobs": {"content": [position, *others]}}
    return logprobs.first_token(
        as_choice, text=text, output_tokens=output_tokens, streamed=streamed
    )


def as_content(candidate: dict[str, Any]) -> list[object]:
    """All positions of a candidate, in the chat dialect's shape."""
    match candidate.get("logprobsResult"):
        case {"chosenCandidates": list() as chosen, **rest}:
            steps = rest.get("topCandidates")
            listed = steps if isinstance(steps, list) else []
            return [
                {**_token(each), "top_logprobs": _top(listed[place : place + 1])}
                for place, each in enumerate(chosen)
                if isinstance(each, dict)
            ]
        case _:
            return []


def _top(steps: object) -> list[object]:
    match steps:
        case [{"candidates": list() as likely}, *_]:
            return [_token(each) for each in likely if isinstance(each, dict)]
        case _:
            return []


def _token(reported: dict[str, Any]) -> dict[str, object]:
    named = {"token": reported.get("token"), "logprob": reported.get("logProbability")}
    identified = reported.get("tokenId")
    return named if identified is None else {**named, "id": identified}
