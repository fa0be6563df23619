"""From tests to verdicts: the one place that knows when which word may be said.

* `honoured`: p, adjusted for all tests of the report (Holm), is at most ALPHA.
* `ignored`: no effect is at least RATIO times as likely as the predicted one, and the calls would
  have shown that one with a probability of at least POWER.
* Anything else says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from lib.analysis.multiplicity import holm
from lib.analysis.verdict import p_words

Verdict = Literal["honoured", "consistent", "ignored", "refused", "altered", "cannot_tell"]
Outcome = Literal["effect", "no_effect", "nothing"]

ALPHA = 0.05
"""How often a report may call anything honoured that does nothing."""
RATIO = 100.0
"""With a setting that works as predicted, so large a ratio comes in at most 1 case of 100."""
POWER = 0.8


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A verdict and its sentence."""

    verdict: Verdict
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectTest:
    """One statistical test of one effect."""

    seen: str
    """What was seen, with its counts, as a clause without a full stop."""
    p: float
    ratio: float
    power: float
    refutes: bool = True
    """Whether its prediction is sharp enough to say that there is no effect."""
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """A test whose number of companions is known."""

    test: EffectTest
    p_adjusted: float

    @property
    def outcome(self) -> Outcome:
        """What it says."""
        if self.p_adjusted <= ALPHA:
            return "effect"
        sure = self.test.refutes and self.test.ratio >= RATIO and self.test.power >= POWER
        return "no_effect" if sure else "nothing"

    @property
    def says(self) -> str:
        """What was seen, and what it means, as sentences."""
        match self.outcome:
            case "effect":
                return f"{self.test.seen} (adjusted {p_words(self.p_adjusted)})."
            case "no_effect":
                return f"{self.test.seen}. {ratio_words(self.test.ratio)}."
        return f"{self.test.seen}. {self._why()}"

    def _why(self) -> str:
        if self.test.power < POWER:
            return (
                "So few calls, or answers that vary so little, would show an effect with a "
                f"probability of {self.test.power:.2f} only."
            )
        if not self.test.refutes and self.test.ratio >= 1:
            return "This can show an effect, but not that there is none."
        return "That is too little to speak for an effect, or against one."


Conclude = Callable[[Mapping[str, Judged]], Conclusion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the calls about one setting showed, before the whole report is known."""

    decided: Conclusion | None = None
    """A verdict that needs no statistics."""
    tests: Mapping[str, EffectTest] = field(default_factory=dict)
    conclude: Conclude | None = None
    """From the judged tests, where there are any."""
    evidence: Mapping[str, object] = field(default_factory=dict)


def decided(verdict: Verdict, says: str, **evidence: object) -> Finding:
    """A finding that needs no statistics."""
    return Finding(decided=Conclusion(verdict, says), evidence=evidence)


def by_test(setting: str, test: EffectTest, **evidence: object) -> Finding:
    """A finding of one test."""
    return Finding(
        tests={setting: test},
        conclude=lambda judged: plain(judged[setting]),
        evidence=evidence,
    )


def plain(judged: Judged) -> Conclusion:
    """The verdict that one test means by itself."""
    verdicts: dict[Outcome, Verdict] = {
        "effect": "honoured",
        "no_effect": "ignored",
        "nothing": "cannot_tell",
    }
    return Conclusion(verdicts[judged.outcome], judged.says)


def judge(findings: Sequence[Finding]) -> list[Mapping[str, Judged]]:
    """All tests of a report, adjusted together; for each finding its own."""
    flat = [test.p for finding in findings for test in finding.tests.values()]
    adjusted = iter(holm(flat))
    return [
        {name: Judged(test, next(adjusted)) for name, test in finding.tests.items()}
        for finding in findings
    ]


def conclusion(finding: Finding, judged: Mapping[str, Judged]) -> Conclusion:
    """The verdict of a finding whose tests have been judged."""
    if finding.conclude is not None:
        return finding.conclude(judged)
    return finding.decided or Conclusion("cannot_tell", "Nothing was found out.")


def ratio_words(ratio: float) -> str:
    """A likelihood ratio for no effect, as a sentence without its full stop."""
    size = "more than a million" if ratio > 1e6 else f"{ratio:,.0f}"
    return f"No effect is {size} times as likely as the predicted one"
