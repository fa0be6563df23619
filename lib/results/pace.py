"""About how long a plan takes, from what was measured at the same endpoints before. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import median

from lib.domain.configuration import Configuration, Endpoint
from lib.domain.experiment import Experiment
from lib.domain.vocabulary import Sample

EMBEDDED_AT_ONCE = 8
"""Calls that the embedded model works on together: more of them wait."""

_Kind = tuple[Endpoint, str, int | None]
"""What makes latencies comparable: who is asked, for which model, and for how long an answer."""


def about_s(experiment: Experiment, measured: Iterable[Sample], *, at_once: int) -> float | None:
    """Seconds that all calls take: median latency x calls / at once.

    Args:
        experiment: what is to be asked.
        measured: samples of earlier runs, of whatever experiment.
        at_once: calls under way together, 1 and more.

    Returns:
        `None` if a configuration asks for something that was never measured: another endpoint,
        model or token limit.
    """
    latencies: dict[_Kind, list[float]] = defaultdict(list)
    for sample in measured:
        latencies[_kind(sample.slot.configuration)].append(sample.seconds)
    work: dict[Endpoint, float] = defaultdict(float)
    for configuration in experiment.configurations:
        found = latencies.get(_kind(configuration))
        if not found:
            return None
        work[configuration.endpoint] += median(found) * experiment.repeats
    alone = [
        seconds / (min(at_once, EMBEDDED_AT_ONCE) if endpoint.embedded else at_once)
        for endpoint, seconds in work.items()
    ]
    return max(sum(work.values()) / at_once, *alone)


def _kind(configuration: Configuration) -> _Kind:
    return configuration.endpoint, configuration.model, configuration.settings.max_tokens
