"""Short ways to make what the tests of this folder need."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lib.domain.configuration import Configuration, Endpoint
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.domain.vocabulary import Reply, Slot
from lib.providers.base import Provider
from lib.providers.registry import open_provider

KEY = "sk-canary0123456789abcdefABCDEF"
MINE = Endpoint(name="mine", base_url="http://127.0.0.1:9/v1", profile="compatible")


def slot(
    *messages: Message,
    endpoint: Endpoint = MINE,
    model: str = "some-model",
    drawn: int | None = None,
    **settings: Any,
) -> Slot:
    """A slot that asks for a fruit, unless told otherwise; `drawn` is its own seed."""
    return Slot(
        id=1,
        configuration=Configuration(
            name="A", endpoint=endpoint, model=model, settings=Settings(**settings)
        ),
        number=1,
        messages=messages or (Message("user", "Name a fruit."),),
        repeat=1,
        seed=drawn,
    )


def reply(body: object, *, status: int = 200, redacted: bool = False, **headers: str) -> Reply:
    """A reply of these bytes, or of this value as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, named, data, 0.25, redacted)


def answer(**changes: object) -> dict[str, Any]:
    """A good answer, with changes to its top level."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_795_000_000,
        "model": "some-model",
        "system_fingerprint": "fp_1",
        "choices": [choice()],
        "usage": {
            "prompt_tokens": 11,
            "completion_tokens": 1,
            "total_tokens": 12,
            "prompt_tokens_details": {"cached_tokens": 4},
            "completion_tokens_details": {"reasoning_tokens": 0},
        },
        **changes,
    }


def choice(**changes: object) -> dict[str, Any]:
    """A good choice, with changes."""
    said = {"role": "assistant", "content": "Apple", "refusal": None}
    return {"index": 0, "message": said, "finish_reason": "stop", "logprobs": None, **changes}


def message(**changes: object) -> dict[str, Any]:
    """A good answer whose message is changed."""
    said = {"role": "assistant", "content": "Apple", **changes}
    return answer(choices=[choice(message=said)])


async def opened(url: str, *, at_once: int = 4, key: str | None = KEY) -> Provider:
    """A provider of an address."""
    return await open_provider(
        Endpoint(name="mine", base_url=url), key=key, at_once=at_once, home=Path("unused")
    )
