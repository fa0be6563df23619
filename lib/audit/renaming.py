"""Settings that some endpoints take under another name: tried there if their own does nothing."""

from __future__ import annotations

from collections.abc import Mapping

from lib.audit.finding import Conclusion, EffectTest, Finding, Judged


def needs_another_name(test: EffectTest | None) -> bool:
    """Whether the own name was refused, or looks as if it did nothing."""
    return test is None or (test.ratio >= 1 and test.power > 0)


def either_name(
    own: str,
    other: str,
    tests: Mapping[str, EffectTest],
    refusal: Finding | None,
    conclusions: Mapping[str, Conclusion] | None = None,
    **evidence: object,
) -> Finding:
    """The finding about a setting of which one name was tried, or both.

    Args:
        own: the lab's name.
        other: the one that was tried after it.
        tests: by name, of those that were answered.
        refusal: what became of the own name, where it has no test.
        conclusions: by name, what an effect means where it isn't simply honoured.
        evidence: for the report.
    """
    if not tests and refusal is not None:
        return refusal

    def conclude(judged: Mapping[str, Judged]) -> Conclusion:
        here, there = judged.get(own), judged.get(other)
        if here is not None and (here.outcome == "effect" or there is None):
            return _of(here, (conclusions or {}).get(own))
        if there is not None and there.outcome == "effect":
            why = here.says if here is not None else _says(refusal)
            says = f"It works as {other}, and not as {own}. {there.says} {why}"
            return Conclusion("altered", says)
        if here is not None:
            return _of(here, None)
        return (refusal and refusal.decided) or Conclusion("cannot_tell", _says(refusal))

    return Finding(tests=tests, conclude=conclude, evidence=evidence)


def _of(judged: Judged, effect_means: Conclusion | None) -> Conclusion:
    match judged.outcome:
        case "effect" if effect_means is not None:
            return Conclusion(effect_means.verdict, f"{judged.says} {effect_means.says}".strip())
        case "effect":
            return Conclusion("honoured", judged.says)
        case "no_effect":
            return Conclusion("ignored", judged.says)
    return Conclusion("cannot_tell", judged.says)


def _says(finding: Finding | None) -> str:
    return finding.decided.says if finding is not None and finding.decided is not None else ""
