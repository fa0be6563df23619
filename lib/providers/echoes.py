"""A key that an endpoint sends back, taken out of its reply before anything else sees that."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lib.domain.vocabulary import Reply
from lib.providers import events
from lib.providers.json_text import NotJSON, decoded, parsed
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
    """Whether a secret is in several pieces: of a stream, in JSON's escapes, or in tokens.

    Tokens stand beside the text: where they hold a key, so did that, and it was found there.
    """
    streamed = events.is_stream(reply)
    if not secrets or not (streamed or reply.redacted or b"\\u00" in reply.body):
        return False
    try:
        values = list(events.events(reply.body)) if streamed else [parsed(decoded(reply.body))]
        said = "\n".join(_texts(values)).encode("utf-8", "replace")
    except NotJSON:  # then no text is made of it either
        return False
    except RecursionError:
        return True
    return without_secrets(said, secrets) != said


def _texts(values: Sequence[object]) -> Iterator[str]:
    """The text at each place of the values, put together over all of them, and what holds it.

    The items of a list are put together as well: tokens, and the parts of a text.
    """
    pieces: defaultdict[tuple[str | int, ...], list[str]] = defaultdict(list)
    in_lists: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for value in values:
        for place, text in _pieces(value):
            pieces[place].append(text)
            in_lists[tuple(each for each in place if isinstance(each, str))].append(text)
    yield from ("".join(each) for each in pieces.values())
    yield from ("".join(each) for each in in_lists.values())
    yield json.dumps(values, ensure_ascii=False)


def _pieces(
    value: object, place: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    match value:
        case str():
            yield place, value
        case dict():
            for name, inner in value.items():
                yield from _pieces(inner, (*place, name))
        case list():
            for index, inner in enumerate(value):
                yield from _pieces(inner, (*place, index))
