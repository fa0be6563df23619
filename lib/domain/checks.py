"""Checks: what a good answer is. Judged in `lib.analysis`; here is only what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lib.domain.errors import InputError
from lib.domain.patterns import problem

RULES = ("equals", "contains", "matches", "json", "json_schema", "max_words")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One named rule that an answer passes or fails. Exactly one rule is set.

    Raises:
        InputError: if there is no rule, more than one, or one that can't be applied.
    """

    name: str
    equals: str | None = None
    """The whole answer, white space at its ends aside."""
    contains: str | None = None
    matches: str | None = None
    """A regular expression that is found somewhere in the answer."""
    json: bool | None = None
    """The answer is JSON."""
    json_schema: Mapping[str, object] | None = None
    """The answer is JSON that this schema takes."""
    max_words: int | None = None

    def __post_init__(self) -> None:
        rules = [rule for rule in RULES if getattr(self, rule) is not None]
        if len(rules) != 1:
            found = ", ".join(rules) or "none"
            raise InputError(
                f"check {self.name!r} needs exactly one of {', '.join(RULES)}; it has {found}."
            )
        if self.json is False:
            raise InputError(f"check {self.name!r}: json can only be true. Leave it out otherwise.")
        if self.max_words is not None and self.max_words < 0:
            raise InputError(f"check {self.name!r}: max_words is negative.")
        if self.matches is not None and (wrong := problem(self.matches)):
            raise InputError(f"check {self.name!r}: matches {wrong}.")
