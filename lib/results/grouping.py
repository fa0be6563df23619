"""A run's samples and failures by configuration, as the analysis takes them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from lib.analysis.groups import Group, complete_rounds
from lib.analysis.surprisal import Surprisal
from lib.domain.configuration import Endpoint
from lib.domain.cost import NOTHING
from lib.domain.errors import ErrorCode, InputError
from lib.domain.vocabulary import Sample
from lib.engine.progress import Snapshot
from lib.providers.capabilities import LogprobsDescribe, profile_of
from lib.providers.prices import basis


def groups(
    snapshot: Snapshot, surprisals: Mapping[str, Surprisal] | None = None
) -> tuple[Group, ...]:
    """One group a configuration, in order. While the run goes on: complete rounds only.

    Args:
        snapshot: the run.
        surprisals: of its answers, where their tokens were read, by `C.R`.
    """
    samples: defaultdict[int, list[Sample]] = defaultdict(list)
    failed: defaultdict[int, set[int]] = defaultdict(set)
    planned = Counter(slot.number for slot in snapshot.slots)
    errors: defaultdict[int, Counter[ErrorCode]] = defaultdict(Counter)
    for slot in snapshot.slots:
        if sample := snapshot.samples.get(slot.id):
            samples[slot.number].append(sample)
        elif not snapshot.running or slot.id in snapshot.spent or slot.number in snapshot.ended:
            failed[slot.number].add(slot.repeat)
            if error := snapshot.failures.get(slot.id):
                errors[slot.number][error.code] += 1
    whole = tuple(
        Group(
            name=configuration.name,
            planned=planned[number],
            samples=tuple(samples[number]),
            errors=errors[number],
            settings=configuration.settings,
            endpoint=configuration.endpoint.name,
            model=configuration.model,
            describes=_describes(configuration.endpoint),
            failed_repeats=frozenset(failed[number]),
            cost=(cost := snapshot.costs.get(number, NOTHING)),
            cost_basis=basis() if cost.at_least or cost.at_most else None,
            surprisals=surprisals or {},
        )
        for number, configuration in enumerate(snapshot.experiment.configurations, start=1)
    )
    return complete_rounds(whole) if snapshot.running else whole


def _describes(endpoint: Endpoint) -> LogprobsDescribe:
    try:
        return profile_of(endpoint).logprobs
    except InputError:
        return "unknown"
