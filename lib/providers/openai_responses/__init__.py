"""The dialect of OpenAI's Responses, which replace its chat completions."""

from lib.providers.openai_responses import answer, request, stream

__all__ = ["answer", "request", "stream"]
