"""The plan of an audit: what it will ask, of whom, and how many calls that is at most."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lib.audit.asking import Ask
from lib.audit.known import Known
from lib.audit.opening import PLENTY, opening
from lib.audit.probes import PROBES, SETTINGS, tests_of
from lib.domain.configuration import KNOWN_ENDPOINTS, Configuration, Endpoint
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment
from lib.engine import starting
from lib.providers import registry
from lib.providers.capabilities import DEFAULTS

CALLS = 40
CHOICES_FIELD = "n"
FEWEST_CALLS, MOST_CALLS = 10, 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The calls about one setting."""

    calls: int
    """If nothing has to be tried again or under another name."""
    input_tokens: int
    """About: characters / 4."""
    output_tokens: int
    """At most, if answers can be kept short."""
    first: Ask
    """What is asked first, if the opening finds nothing out of the ordinary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPlan:
    """What an audit will do. Nothing has been sent."""

    name: str
    """Of the endpoint, as the user has it."""
    endpoint: Endpoint
    """As it is asked: see `asked_as`."""
    model: str
    calls_each: int
    """At most so many for each setting."""
    opening: Planned
    settings: Mapping[str, Planned]

    @property
    def calls(self) -> int:
        """In all, if nothing has to be tried again."""
        return self.opening.calls + sum(each.calls for each in self.settings.values())

    @property
    def most_calls(self) -> int:
        """In all, at most, but for retries of calls that failed."""
        return 3 * self.opening.calls + self.calls_each * len(self.settings)

    @property
    def input_tokens(self) -> int:
        """In all, about."""
        return self.opening.input_tokens + sum(e.input_tokens for e in self.settings.values())

    @property
    def output_tokens(self) -> int:
        """In all, at most, if answers can be kept short."""
        return self.opening.output_tokens + sum(e.output_tokens for e in self.settings.values())

    @property
    def known(self) -> Known:
        """What the audit begins with."""
        return Known(calls=self.calls_each, tests=tests_of(tuple(self.settings)))


def plan(
    endpoint: Endpoint,
    model: str,
    *,
    settings: Sequence[str] | None = None,
    calls: int = CALLS,
    environ: Mapping[str, str] = os.environ,
) -> AuditPlan:
    """Plan an audit.

    Args:
        endpoint: which one.
        model: which of its models.
        settings: names of `SETTINGS`; all by default.
        calls: at most so many for each setting.
        environ: where a vendor's address may stand.

    Raises:
        InputError: if a setting isn't one, or the endpoint can't be called.
    """
    chosen = SETTINGS if settings is None else tuple(dict.fromkeys(settings))
    if wrong := [name for name in chosen if name not in PROBES]:
        raise InputError(
            f"An audit knows no setting {wrong[0]!r}.", f"It knows {', '.join(SETTINGS)}."
        )
    if not chosen:
        raise InputError("No setting was named.", f"Name some of {', '.join(SETTINGS)}.")
    if not FEWEST_CALLS <= calls <= MOST_CALLS:
        raise InputError(
            f"An audit takes {FEWEST_CALLS} to {MOST_CALLS:,} calls for each setting, not {calls}."
        )
    known = Known(calls=calls, tests=tests_of(chosen), logprobs=PLENTY)
    return AuditPlan(
        name=endpoint.name,
        endpoint=asked_as(endpoint, environ),
        model=model,
        calls_each=calls,
        opening=_planned(next(opening(known))),
        settings={name: _planned(next(PROBES[name](known))) for name in chosen},
    )


def asked_as(endpoint: Endpoint, environ: Mapping[str, str]) -> Endpoint:
    """The endpoint without what the lab's data say about it.

    The data refuse settings before they are sent, and an audit wants to see what the endpoint does
    with them. So it is asked as one of which nothing is known but its dialect. The embedded model
    alone is asked as the lab always asks it: with neutral values for its server's own defaults.

    Raises:
        InputError: if it has no address that can be called.
    """
    if endpoint.embedded:
        return endpoint
    url, _ = registry.address_and_key(endpoint, None, environ)
    built_in = endpoint.name in {each.name for each in KNOWN_ENDPOINTS}
    return replace(
        endpoint,
        # A built-in name stands for its profile wherever it is read again.
        name=f"{endpoint.name}-audited" if built_in else endpoint.name,
        base_url=str(url).rstrip("/"),
        profile=DEFAULTS[endpoint.dialect],
    )


def experiment(planned: AuditPlan, what: str, ask: Ask) -> Experiment:
    """The experiment that makes these calls: a run like any other, in the same store."""
    return Experiment(
        name=f"Audit of {planned.name}: {what}",
        repeats=ask.repeats,
        configurations=tuple(
            Configuration(
                name=column.name,
                endpoint=planned.endpoint,
                model=planned.model,
                settings=column.settings,
                messages=column.messages,
                prefill=column.prefill,
            )
            for column in ask.columns
        ),
    )


def requests(
    planned: AuditPlan, what: str, ask: Ask
) -> list[tuple[str, dict[str, Any] | None, str | None]]:
    """Of each column its name, and its request as it would be sent, or why it would not be."""
    found: list[tuple[str, dict[str, Any] | None, str | None]] = []
    for column in ask.columns:
        alone = experiment(planned, what, replace(ask, columns=(column,)))
        try:
            (request,) = starting.requests(alone)
        except InputError as error:
            lines = (line.removeprefix(f"{column.name}: ") for line in error.says.splitlines())
            found.append((column.name, None, " ".join(lines)))
        else:
            body = json.loads(request.body)
            several = {} if ask.choices is None else {CHOICES_FIELD: ask.choices}
            found.append((column.name, {**body, **several}, None))
    return found


def _planned(first: Ask) -> Planned:
    characters = sum(len(each.prompt) + len(each.prefill or "") for each in first.columns)
    return Planned(
        calls=first.calls,
        input_tokens=first.repeats * (characters // 4 + 8 * len(first.columns)),
        output_tokens=first.output_tokens,
        first=first,
    )
