"""An experiment: what to ask, under which configurations, how often. Immutable."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import rfc8785

from lib.domain.checks import Check
from lib.domain.configuration import Configuration, Endpoint
from lib.domain.declared import Declared
from lib.domain.errors import InputError
from lib.domain.message import Message, filled, filled_length, unfilled

MOST_REPEATS = 100_000
MOST_CONFIGURATIONS = 200
MOST_CALLS = 200_000
MOST_CHARACTERS = 2_000_000
"""Of all messages of one conversation together: no model today takes more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """Messages and configurations, to be asked `repeats` times each.

    Raises:
        InputError: with one line for each thing that is wrong.
    """

    name: str = "Untitled"
    messages: tuple[Message, ...] = ()
    """System or developer first, then user and assistant turns."""
    prefill: str = ""
    """The beginning of the answer, which the model continues."""
    configurations: tuple[Configuration, ...] = ()
    repeats: int = 20
    """Calls for each configuration."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """What `{{name}}` stands for in any message."""
    checks: tuple[Check, ...] = ()
    """What a good answer is."""
    declared: Declared = field(default_factory=Declared)
    """How the run is to be judged: `[analysis]` in a file. No part of the identity."""

    def __post_init__(self) -> None:
        if problems := [
            *self._wrong_size(),
            *self._wrong_names(),
            *self._wrong_messages(),
        ]:
            raise InputError("\n".join(problems))

    @property
    def calls(self) -> int:
        """Planned samples in all."""
        return self.repeats * len(self.configurations)

    @property
    def first_batch(self) -> Experiment:
        """What is planned at first: all of it, or what comes before the first look."""
        stop = self.declared.stop
        return self if stop is None else replace(self, repeats=min(stop.batch, self.repeats))

    def conversation(self, configuration: Configuration) -> tuple[Message, ...]:
        """What is sent for this configuration: variables filled, a prefill as last message."""
        return tuple(
            Message(message.role, filled(message.content, self.variables))
            for message in self._template(configuration)
        )

    def _template(self, configuration: Configuration) -> tuple[Message, ...]:
        own = configuration.messages
        turns = self.messages if own is None else own
        shared = self.prefill if own is None else ""
        prefill = shared if configuration.prefill is None else configuration.prefill
        return (*turns, Message("assistant", prefill)) if prefill else turns

    def _wrong_size(self) -> Iterator[str]:
        if not 1 <= self.repeats <= MOST_REPEATS:
            yield f"repeats is {self.repeats}, but must be between 1 and {MOST_REPEATS:,}."
        if not 1 <= len(self.configurations) <= MOST_CONFIGURATIONS:
            yield (
                f"There are {len(self.configurations)} configurations, "
                f"but must be between 1 and {MOST_CONFIGURATIONS}."
            )
        elif self.declared.stop is not None and len(self.configurations) < 2:
            yield "analysis.stop needs two configurations: its question is whether they differ."
        elif self.declared.stop is not None and self.declared.similar is not None:
            yield "analysis.stop and analysis.similar: clusters change with every call. Choose one."
        elif self.calls > MOST_CALLS and self.repeats <= MOST_REPEATS:
            yield f"These are {self.calls:,} calls, but one run takes at most {MOST_CALLS:,}."

    def _wrong_names(self) -> Iterator[str]:
        for what, things in (
            ("configurations", self.configurations),
            ("checks", self.checks),
        ):
            for name, times in Counter(thing.name for thing in things).items():
                if times > 1:
                    yield f"{times} {what} are named {name!r}: give each a name of its own."
                if not name.strip():
                    yield f"One of the {what} has no name."
                if len(name) > 200:
                    yield f"A name in {what} has {len(name)} characters, but at most 200 are taken."

    def _wrong_messages(self) -> Iterator[str]:
        yield from dict.fromkeys(  # a fault of the shared messages is told once
            problem
            for configuration in self.configurations
            for problem in self._wrong_conversation(configuration)
        )

    def _wrong_conversation(self, configuration: Configuration) -> Iterator[str]:
        own = configuration.messages is not None
        where = f"configuration {configuration.name!r}: messages" if own else "messages"
        turns = (configuration.messages if own else self.messages) or ()
        if not turns:
            yield f"{where}: there is none. Add at least one, such as a user message."
        template = self._template(configuration)
        # Counted before anything is filled: 40 characters of template can fill up to gigabytes.
        length = sum(filled_length(message.content, self.variables) for message in template)
        if length > MOST_CHARACTERS:
            yield f"{where}: {length:,} characters, but at most {MOST_CHARACTERS:,} are taken."
        if len(template) > len(turns) and turns and turns[-1].role == "assistant":
            yield (
                f"{where}: the last one is an assistant message, which is a prefill, "
                "and there is a prefill as well. Keep one of the two."
            )
        for index, message in enumerate(template):
            if message.role in {"system", "developer"} and any(
                earlier.role in {"user", "assistant"} for earlier in template[:index]
            ):
                yield f"{where}[{index}]: a {message.role} message comes before all other turns."
            for name in unfilled(message.content, self.variables):
                yield f"{where}[{index}]: {{{{{name}}}}} has no value. Add it under variables."


def identity(
    experiment: Experiment,
    *,
    local_model_sha256: str | None,
    base_urls: Mapping[Endpoint, str],
) -> str:
    """The SHA-256 of what an experiment asks: equal for two that ask the same, however written.

    Canonical JSON (RFC 8785: sorted keys, 0 and 0.0 equal) of what is sent under each
    configuration, in order. Names, repeats, streaming, keys and checks are not in it. The
    embedded model counts by its file's hash, never by its port; every other endpoint by its
    profile and by where it really is, which `base_urls` says.
    """
    columns = [
        {
            "dialect": configuration.endpoint.dialect,
            "base_url": None
            if configuration.endpoint.embedded
            else base_urls[configuration.endpoint],
            **_profile(configuration.endpoint),
            "model": local_model_sha256
            if configuration.endpoint.embedded and local_model_sha256
            else configuration.model,
            "messages": [
                {"role": message.role, "content": message.content}
                for message in experiment.conversation(configuration)
            ],
            "settings": _plain(
                {
                    name: value
                    for name, value in configuration.settings.given().items()
                    if name != "stream"
                }
            ),
        }
        for configuration in experiment.configurations
    ]
    return hashlib.sha256(rfc8785.dumps({"configurations": columns})).hexdigest()


def _profile(endpoint: Endpoint) -> dict[str, str]:
    """What changes the body beside the settings: that of the embedded model is always the same."""
    return {"profile": endpoint.profile} if endpoint.profile and not endpoint.embedded else {}


def _plain(value: object) -> Any:
    """JSON types only; integers beyond 2**53, which canonical JSON can't hold, as text."""
    match value:
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case bool():
            return value
        case int() if abs(value) >= 2**53:
            return f"integer {value}"
        case _:
            return value
