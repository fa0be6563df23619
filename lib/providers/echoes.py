"""A key that an endpoint sends back, taken out of its reply before anything else sees that."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from lib.domain.errors import Unreadable
from lib.domain.vocabulary import Reply
from lib.providers import sse
from lib.providers.secrets import without_secrets

GONE = b"[answer removed: the key was in it, in pieces]"
"""A body that held a key which stands nowhere in its bytes as a whole, only in what they say. To
mend each piece would leave others, such as the tokens of log probabilities."""


def without_echo(reply: Reply, secrets: Sequence[str]) -> Reply:
    """The reply without any of these secrets. All other bytes stay as they are. Pure."""
    body = without_secrets(reply.body, secrets)
    found = replace(reply, body=body, redacted=body != reply.body)
    return replace(found, body=GONE, redacted=True) if _still_says(found, secrets) else found


def _still_says(reply: Reply, secrets: Sequence[str]) -> bool:
    """Whether a secret was sent over several pieces of a stream, or in JSON's escapes."""
    if not secrets or not (sse.is_stream(reply) or b"\\u00" in reply.body):
        return False
    try:
        said = json.dumps(sse.assembled(reply), ensure_ascii=False).encode("utf-8", "replace")
    except Unreadable:  # then no text is made of it either
        return False
    except RecursionError:
        return True
    return without_secrets(said, secrets) != said
