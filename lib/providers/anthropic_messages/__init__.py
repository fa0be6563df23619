"""The Anthropic messages dialect."""

from lib.providers.anthropic_messages import answer, request, stream

__all__ = ["answer", "request", "stream"]
