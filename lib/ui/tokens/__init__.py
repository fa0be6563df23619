"""The Tokens page: distributions, alternatives, and where answers part."""
