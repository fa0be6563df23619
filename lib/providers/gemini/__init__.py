"""Gemini's generateContent dialect, as in google-genai 3.6: camelCase, the names on the wire."""

from lib.providers.gemini import answer, request, stream

__all__ = ["answer", "request", "stream"]
