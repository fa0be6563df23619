"""Streams of every dialect that aren't as they should be, or that are and look strange."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tests.faulty.language import Language
from tests.faulty.scene import Scene

Stream = Callable[[Scene], list[bytes]]
"""Makes the events, as they go over the wire."""


def whole(scene: Scene) -> list[bytes]:
    """A good one."""
    return scene.language.events(scene.answer)


def begun(scene: Scene) -> list[bytes]:
    """Text, and no end."""
    return whole(scene)[: scene.language.begun]


def _cut_event(scene: Scene) -> list[bytes]:
    events = begun(scene)
    return [*events, whole(scene)[len(events)][:40]]


def _junk(scene: Scene) -> list[bytes]:
    first, *rest = whole(scene)
    return [first, b"data: {not json\n\n", *rest]


def _comments(scene: Scene) -> list[bytes]:
    """All that the standard allows: comments, other fields, other line ends."""
    events = [re.sub(rb"\r?\n", b"\r\n", event) for event in whole(scene)]
    return [b": keep-alive\r\n\r\n", b"event: x\r\nid: 1\r\n", *events]


def _split_pair(scene: Scene) -> list[bytes]:
    """One character in two halves, each in an event of its own; the space goes with either."""
    events = scene.language.events(scene.language.saying("AB CD")(scene.answer))
    for part, half in _HALVES:
        events = [re.sub(part, half, event) for event in events]
    return events


_HALVES = (
    (rb'"AB CD"', rb'"\\ud83c\\udf4e"'),
    (rb'"AB ?"', rb'"\\ud83c"'),
    (rb'" ?CD"', rb'"\\udf4e"'),
)

STREAMS: Mapping[str, Stream] = {
    "promise_keep_alive": whole,  # like llama.cpp: it says so, and closes
    "sse_no_done": begun,
    "sse_cut_event": _cut_event,
    "sse_junk": _junk,
    "sse_comments": _comments,
    "sse_unasked": whole,
    "sse_split_pair": _split_pair,
}


def stream(name: str, language: Language) -> Stream | None:
    """The stream that a fault is, if it is one."""
    if told := language.streams.get(name):
        return lambda scene: told(scene.answer)
    return STREAMS.get(name)
