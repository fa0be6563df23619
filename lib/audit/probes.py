"""The settings that an audit looks at, and the steps of each."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping

from lib.audit import (
    choices,
    collapsing,
    determinism,
    length,
    penalties,
    prefilling,
    probabilities,
    seeds,
    stopping,
    temperature,
)
from lib.audit.asking import Ask, Came
from lib.audit.finding import Finding
from lib.audit.known import Known

Probe = Callable[[Known], Generator[Ask, Came, Finding]]
"""Says what to ask, is given what came, and ends with its finding: it decides, others do."""

PROBES: Mapping[str, Probe] = {
    "temperature": temperature.temperature,
    "top_p": collapsing.top_p,
    "top_k": collapsing.top_k,
    "seed": seeds.seed,
    "stop": stopping.stop,
    "max_tokens": length.max_tokens,
    "n": choices.n,
    "logprobs": probabilities.logprobs,
    "logit_bias": collapsing.logit_bias,
    "prefill": prefilling.prefill,
    "presence_penalty": penalties.presence_penalty,
    "frequency_penalty": penalties.frequency_penalty,
    "determinism": determinism.determinism,
}
SETTINGS: tuple[str, ...] = tuple(PROBES)

STATISTICAL = frozenset(SETTINGS) - {"n", "logprobs", "determinism"}
"""Those that are sure to bring a test; temperature brings two."""


def tests_of(settings: tuple[str, ...]) -> int:
    """How many tests the report will adjust for, at least."""
    return len(STATISTICAL.intersection(settings)) + ("temperature" in settings)
