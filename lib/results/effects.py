"""Settings that were sent and are known to have no effect: what every chart of them must say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lib.domain.experiment import Experiment
from lib.providers.known_models import Family, family_of, ignored


@dataclass(frozen=True, slots=True)
class NoEffect:
    """A setting that a model accepts and doesn't follow."""

    setting: str
    model: str
    configurations: tuple[str, ...]
    """That set it, by name."""
    varied: bool
    """Whether the experiment compares values of it on this model."""
    family: Family

    @property
    def says(self) -> str:
        """What a reader of the chart must know."""
        known = f"{self.family.name}, known since {self.family.date:%Y-%m-%d}"
        what = f"{self.model} accepts {self.setting} and doesn't follow it ({known})."
        if not self.varied:
            return what
        return f"{what} Differences between these configurations are not its doing."


def without_effect(experiment: Experiment) -> tuple[NoEffect, ...]:
    """Each such setting of each model, in the order of the configurations."""
    return tuple(_without_effect(experiment))


def _without_effect(experiment: Experiment) -> Iterator[NoEffect]:
    named: dict[tuple[str, str], list[str]] = {}
    families: dict[str, Family] = {}
    for each in experiment.configurations:
        for setting in ignored(each):
            family = family_of(each.endpoint, each.model)
            if family is not None:
                families[each.model] = family
                named.setdefault((each.model, setting), []).append(each.name)
    for (model, setting), names in named.items():
        values = {
            repr(each.settings.given().get(setting))
            for each in experiment.configurations
            if each.model == model
        }
        yield NoEffect(setting, model, tuple(names), len(values) > 1, families[model])
