"""Short ways to ask a Gemini endpoint, and to read its answer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from lib.domain.configuration import GEMINI
from lib.domain.errors import CallError, InputError, Unreadable
from lib.domain.message import Message
from lib.domain.vocabulary import Reply, Request, Sample, Slot
from lib.providers.registry import dialect
from tests.providers import making

MODEL = "some-gemini"


def slot(*messages: Message, model: str = MODEL, **settings: Any) -> Slot:
    """A slot that asks Gemini."""
    return making.slot(*messages, model=model, **{"endpoint": GEMINI, **settings})


def build(asked: Slot) -> Request:
    """The request that it means."""
    return dialect(asked.configuration.endpoint).build(asked)


def body(asked: Slot) -> Any:
    """What is sent."""
    return json.loads(build(asked).body)


def not_sent(asked: Slot) -> list[str]:
    """Why it is not sent, line by line."""
    with pytest.raises(InputError) as error:
        build(asked)
    return str(error.value).splitlines()


def read(answer: object, asked: Slot | None = None, **about: Any) -> Sample:
    """The sample in an answer."""
    reply = answer if isinstance(answer, Reply) else making.reply(answer, **about)
    return dialect(GEMINI).read(asked or slot(), reply)


def failed(answer: object, asked: Slot | None = None, **about: Any) -> CallError:
    """The error that an answer is."""
    with pytest.raises(CallError) as error:
        read(answer, asked, **about)
    return error.value


def told(answers: Iterable[Any]) -> list[Sample | str]:
    """What is read from each, or why nothing is."""
    found: list[Sample | str] = []
    for answer in answers:
        try:
            found.append(read(answer, slot(logprobs=2)))
        except Unreadable as error:
            found.append(str(error))
    return found
