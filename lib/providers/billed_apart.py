"""What is billed apart from the tokens of text: a list price for these doesn't tell the cost.

Rule: nothing is guessed. What is not known to be billed by tokens alone has no price.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_FIELDS = frozenset({"web_search_options", "plugins", "mcp_servers", "audio", "modalities"})
_CHOOSING = frozenset({"models", "route", "provider"})
"""By which a router is told to choose another model, or another seller (OpenRouter, routing)."""
_MORE_THAN_TEXT = re.compile(
    r"(?:^|[-/.])(?:image|audio|tts|realtime|live|speech|transcribe|translate|whisper|video|veo"
    r"|imagen|lyria|banana|omni|search|research|sonar|online)(?=$|[-/.:])"
)
"""In names of models whose images, sounds, films or searches cost besides their text. Not every
price list has these prices: gpt-5-image stands there with its tokens alone."""


def in_request(extra: Mapping[str, object]) -> str | None:
    """What in a request is billed apart, or `None`."""
    for name in sorted(_FIELDS & extra.keys()):
        return name
    tools = extra.get("tools")
    if any(not _ours_to_run(each) for each in (tools if isinstance(tools, list | tuple) else ())):
        return "a tool that the vendor runs"
    return None


def choosing(extra: Mapping[str, object]) -> str | None:
    """The field of a request that lets a router choose who answers, or `None`."""
    return next(iter(sorted(_CHOOSING & extra.keys())), None)


def more_than_text(model: str) -> bool:
    """Whether a model, by its name, bills for more than the tokens of its text."""
    return _MORE_THAN_TEXT.search(model.lower()) is not None


def _ours_to_run(tool: object) -> bool:
    match tool:
        case {"type": "function" | "custom"}:
            return True
        case {"type": _}:
            return False
        case {"name": _}:  # Anthropic
            return True
        case {"functionDeclarations": _, **others}:  # Gemini
            return not others
        case _:
            return False
