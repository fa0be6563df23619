"""What the lab has learnt from refusals: settings that a model at an endpoint would not take.

Nothing is kept for this twice: it is read from the attempts that were refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from lib.domain.configuration import Configuration, Endpoint
from lib.domain.errors import CallError, Refused
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import parse
from lib.domain.plan import Planned, slot
from lib.providers import registry
from lib.providers.capabilities import setting_of
from lib.store.refusals import Refusal
from lib.store.store import Store

MOST_REFUSALS = 1000
"""Of one model, that are looked at: each of another experiment, or with another sentence."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A setting that was refused."""

    endpoint: Endpoint
    model: str
    setting: str
    value: object
    """As the user had set it; `None` where it was refused for being left out."""
    says: str
    at: datetime
    run: str


def learnt(store: Store, endpoint: Endpoint, model: str) -> tuple[Learnt, ...]:
    """The newest refusal of each setting by a model at an endpoint, newest first.

    Raises:
        StoreError: if the store can't be read.
    """
    found: dict[str, Learnt] = {}
    for each in _all(store, endpoint, model):
        found.setdefault(each.setting, each)
    return tuple(found.values())


def refused_setting(configuration: Configuration, error: CallError) -> str | None:
    """The setting of a configuration that an error says is refused, and can be left empty."""
    if not isinstance(error, Refused) or error.setting is None:
        return None
    root = error.setting.split("[")[0]
    setting = setting_of(root) or setting_of(root.rpartition(".")[2])
    return setting if setting in configuration.settings.given() else None


def _all(store: Store, endpoint: Endpoint, model: str) -> Iterator[Learnt]:
    experiments: dict[str, Experiment] = {}
    for refusal in store.refusals(model=model, limit=MOST_REFUSALS):
        if refusal.document not in experiments:
            experiments[refusal.document] = parse(json.loads(refusal.document))
        asked = experiments[refusal.document].configurations[refusal.number - 1]
        if asked.model == model and _same(asked.endpoint, endpoint):
            yield from _one(experiments[refusal.document], refusal)


def _one(experiment: Experiment, refusal: Refusal) -> Iterator[Learnt]:
    asked = slot(experiment, Planned(refusal.number, 1, None), id=0)
    configuration = asked.configuration
    try:
        registry.dialect(configuration.endpoint).read(asked, refusal.reply)
    except CallError as error:
        setting = refused_setting(configuration, error)
        if setting is not None:
            yield Learnt(
                endpoint=configuration.endpoint,
                model=configuration.model,
                setting=setting,
                value=configuration.settings.given()[setting],
                says=refusal.says,
                at=refusal.at,
                run=refusal.run,
            )


def _same(one: Endpoint, other: Endpoint) -> bool:
    """Whether two endpoints are the same place, whatever the user calls it."""
    if one.base_url is None and other.base_url is None:
        return one.name == other.name
    return replace(one, name="", api_key_env=None) == replace(other, name="", api_key_env=None)
