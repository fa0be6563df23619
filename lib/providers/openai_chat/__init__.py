"""The OpenAI chat dialect, as spoken by OpenAI and by the many servers that copy it."""

from lib.providers.openai_chat import answer, request, stream

__all__ = ["answer", "request", "stream"]
