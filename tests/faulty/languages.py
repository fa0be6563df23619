"""The dialects, and by which of them a request speaks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from lib.domain.configuration import Dialect
from tests.faulty import anthropic_messages, gemini, openai_chat, openai_responses
from tests.faulty.language import Language

LANGUAGES: Mapping[Dialect, Language] = {
    "openai": openai_chat.LANGUAGE,
    "openai-responses": openai_responses.LANGUAGE,
    "anthropic": anthropic_messages.LANGUAGE,
    "gemini": gemini.LANGUAGE,
}

_GEMINI = re.compile(r"/models/([^/:]+):(?:generateContent|streamGenerateContent\?alt=sse)$")
_PATHS = {
    "/chat/completions": openai_chat.LANGUAGE,
    "/responses": openai_responses.LANGUAGE,
    "/v1/messages": anthropic_messages.LANGUAGE,
}


def spoken(path: str, headers: Mapping[str, str]) -> Language:
    """The language of a request, by its path; where it isn't a call, by where its key stands."""
    if _GEMINI.search(path):
        return gemini.LANGUAGE
    for end, language in _PATHS.items():
        if path.endswith(end):
            return language
    keyed = (each for each in LANGUAGES.values() if each.key_header in headers)
    return next(keyed, openai_chat.LANGUAGE)


def model_in(path: str) -> str:
    """The model that a path names, or nothing."""
    found = _GEMINI.search(path)
    return unquote(found[1]) if found else ""


def streaming_in(path: str) -> bool:
    """Whether a path asks for a stream."""
    return path.endswith(":streamGenerateContent?alt=sse")
