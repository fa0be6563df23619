"""From messages to the experiment that asks for an answer to them: a run like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lib.conversation.document import Asking
from lib.conversation.sending import literal
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import parse
from lib.domain.message import Message

SUMMARY_TOKENS = 120
"""The most that a summary may have."""


def draft(
    asking: Asking,
    asked: Mapping[str, Sequence[Message]],
    *,
    name: str,
    repeats: int = 1,
    checks: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The document of an experiment: a configuration for each array of messages.

    Args:
        asking: whom to ask, with which settings.
        asked: the messages of each configuration, by its name. A prefill is a last message.
        name: of the experiment.
        repeats: calls for each.
        checks: as an experiment file has them.
    """
    arrays = [_plain(messages) for messages in asked.values()]
    whose = {"endpoint": asking.endpoint, "model": asking.model, **asking.settings}
    configurations = [
        # The first array is the experiment's own; a configuration has one only where it differs.
        {"name": each, **whose, **({"messages": array} if array != arrays[0] else {})}
        for each, array in zip(asked, arrays, strict=True)
    ]
    document = {
        "name": name,
        "repeats": repeats,
        "messages": arrays[0],
        "configurations": configurations,
        "endpoints": {asking.endpoint: asking.server} if asking.server else {},
        "checks": [dict(check) for check in checks],
    }
    return {key: value for key, value in document.items() if value not in ([], {})}


def experiment(
    asking: Asking, asked: Mapping[str, Sequence[Message]], *, name: str, repeats: int = 1
) -> Experiment:
    """The same, checked.

    Raises:
        InputError: with one line for each thing that is wrong.
    """
    return parse(draft(asking, asked, name=name, repeats=repeats))


def for_summaries(asking: Asking) -> Asking:
    """The same model, asked for summaries: the likeliest text, and no longer than one may be."""
    settings = {
        key: value
        for key, value in asking.settings.items()
        if key in {"service_tier", "stream", "reasoning_effort", "thinking", "verbosity", "extra"}
    }
    plain = asking.settings.get("temperature")
    cooled = {"temperature": 0} if plain is not None or asking.endpoint == "local" else {}
    return Asking(
        endpoint=asking.endpoint,
        server=asking.server,
        model=asking.model,
        settings={**settings, **cooled, "max_tokens": SUMMARY_TOKENS},
    )


def _plain(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": each.role, "content": literal(each.content)} for each in messages]
