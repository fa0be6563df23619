"""What is declared before a run, so that nothing about its analysis is chosen after its results."""

from __future__ import annotations

from dataclasses import dataclass

from lib.domain.errors import InputError
from lib.domain.patterns import problem

RULES = ("labels", "number", "json_field", "pattern")
FEWEST_BETWEEN_LOOKS = 5
"""Below this many calls nothing is tested, so nothing could be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How the value of a closed answer is taken out of its text. Exactly one rule is set.

    Raises:
        InputError: if there is no rule, more than one, or one that can't be applied.
    """

    labels: tuple[str, ...] | None = None
    """The only one of these that the answer has as a word, upper and lower case alike."""
    number: bool | None = None
    """The last number of the answer."""
    json_field: str | None = None
    """A field of the JSON that the answer is or holds, such as `result.label` or `items.0`."""
    pattern: str | None = None
    """A regular expression: its first group, or all of it where it has none."""

    def __post_init__(self) -> None:
        rules = [rule for rule in RULES if getattr(self, rule) is not None]
        if len(rules) != 1:
            found = ", ".join(rules) or "none"
            raise InputError(f"analysis.answer needs exactly one of {', '.join(RULES)}: {found}.")
        if self.number is False:
            raise InputError("analysis.answer: number can only be true. Leave it out otherwise.")
        if self.labels is not None:
            self._check_labels(self.labels)
        if self.json_field is not None and not all(self.json_field.split(".")):
            raise InputError("analysis.answer: json_field has an empty part.")
        if self.pattern is not None and (wrong := problem(self.pattern)):
            raise InputError(f"analysis.answer: pattern {wrong}.")

    @staticmethod
    def _check_labels(labels: tuple[str, ...]) -> None:
        plain = [" ".join(label.casefold().split()) for label in labels]
        if len(labels) < 2 or not all(plain):
            raise InputError("analysis.answer: labels needs two or more, none of them empty.")
        if len(set(plain)) < len(plain):
            raise InputError("analysis.answer: two of the labels are the same.")

    @property
    def rule(self) -> str:
        """The rule in words."""
        if self.labels is not None:
            return f"one of {', '.join(self.labels)}"
        if self.number:
            return "the last number"
        if self.json_field is not None:
            return f"the JSON field {self.json_field}"
        return f"the pattern {self.pattern}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A run that ends as soon as its question is answered.

    Raises:
        InputError: if a number can't be that.
    """

    batch: int
    """Calls of each configuration between two looks."""
    most: int
    """Calls of each configuration after which it ends in any case: the experiment's `repeats`."""

    def __post_init__(self) -> None:
        if not FEWEST_BETWEEN_LOOKS <= self.batch <= self.most:
            raise InputError(
                f"analysis.stop: batch is {self.batch}, but must be between "
                f"{FEWEST_BETWEEN_LOOKS} and repeats ({self.most})."
            )

    def looks(self) -> tuple[int, ...]:
        """After how many calls of each configuration it is looked, rising; the last is `most`."""
        return (*range(self.batch, self.most, self.batch), self.most)

    def allows(self, repeats: int) -> bool:
        """Whether a run that goes by this rule can have so many repeats."""
        return repeats == self.most or (repeats < self.most and repeats % self.batch == 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """How a run is to be judged.

    Raises:
        InputError: if a number is out of range: all problems at once.
    """

    margin: float = 0.10
    """Of a difference of probabilities or similarities: what is smaller doesn't matter."""
    alpha: float = 0.05
    """How often an interval may miss, and a false alarm may be raised."""
    answer: Answer | None = None
    """For closed answers; `None`: the whole text is the answer."""
    similar: float | None = None
    """Answers at least so alike, on average, count as one; `None`: only equal ones do."""
    stop: Stop | None = None
    """`None`: as many calls as planned."""

    def __post_init__(self) -> None:
        problems = [
            f"analysis.{name} is {value:g}, but must be between {low:g} and {high:g}."
            for name, value, low, high in (
                ("margin", self.margin, 0.001, 0.5),
                ("alpha", self.alpha, 0.0001, 0.5),
                ("similar", self.similar, 0.05, 1.0),
            )
            if value is not None and not low <= value <= high
        ]
        if problems:
            raise InputError("\n".join(problems))
