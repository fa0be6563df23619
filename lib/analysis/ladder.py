"""Whether configurations are a ladder: one setting that rises, and nothing else that differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.analysis.groups import Group
from lib.domain.settings import SETTING_NAMES

FEWEST_RUNGS = 3
"""Two are a pair, not a trend."""
WORDS: Mapping[str, tuple[str, ...]] = {
    "reasoning_effort": ("none", "minimal", "low", "medium", "high", "xhigh"),
    "verbosity": ("low", "medium", "high"),
}
"""Settings whose values are words in an order. Their steps count as equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Configurations in the order of a setting."""

    setting: str
    places: tuple[int, ...]
    """Of the configurations, from 0, by rising value."""
    values: tuple[float, ...]
    """Rising; of a setting in words its place in their order."""
    words: tuple[str, ...]
    """The values as the user wrote them."""


def ladder(groups: Sequence[Group]) -> Ladder | None:
    """The ladder that these configurations form, or `None`.

    None where a value repeats, or one configuration leaves the setting out: what the provider's
    own default is isn't known.
    """
    given = [group.settings.given() for group in groups]
    varied = [n for n in SETTING_NAMES if len({repr(each.get(n)) for each in given}) > 1]
    if len(groups) < FEWEST_RUNGS or len(varied) != 1 or not _alike(groups):
        return None
    (setting,) = varied
    raw = [each.get(setting) for each in given]
    values = [_value(setting, each) for each in raw]
    if setting == "seed" or len(set(values)) < len(values) or None in values:
        return None
    rising = sorted((value, place) for place, value in enumerate(values) if value is not None)
    return Ladder(
        setting=setting,
        places=tuple(place for _, place in rising),
        values=tuple(value for value, _ in rising),
        words=tuple(_word(raw[place]) for _, place in rising),
    )


def _alike(groups: Sequence[Group]) -> bool:
    """Whether all ask the same model the same thing."""
    asked = {s.slot.messages for group in groups for s in group.samples[:1]}
    return len({(group.endpoint, group.model) for group in groups}) == 1 and len(asked) <= 1


def _value(setting: str, value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    order = WORDS.get(setting, ())
    return float(order.index(value)) if isinstance(value, str) and value in order else None


def _word(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
