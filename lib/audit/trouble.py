"""What calls without answers say about a setting."""

from __future__ import annotations

from lib.audit.asking import Answers
from lib.audit.finding import Finding, decided
from lib.domain.settings import SETTING_NAMES

NEEDED = 0.75
"""Of the calls of a column: with fewer answers nothing is concluded."""


def trouble(setting: str, tried: Answers, baseline: Answers | None = None) -> Finding | None:
    """The finding, where a column can't be judged; `None` where it can.

    A refusal counts as one of the setting if it names it, or if it names no other one and the same
    call without it is answered: then nothing else can be meant.

    Args:
        setting: what is being tried.
        tried: the calls with it.
        baseline: the same calls without it.
    """
    if tried.unsendable:
        says = f"It was not sent: {tried.unsendable}"
        return decided("cannot_tell", says)
    if tried.refused is not None:
        return _refused(setting, tried, baseline)
    for answers in (tried, baseline):
        if answers is None:
            continue
        if answers.refused is not None or answers.unsendable:
            why = answers.unsendable or str(answers.refused)
            return decided("cannot_tell", f"The calls to compare with were refused: {why}")
        if len(answers.samples) < NEEDED * answers.asked:
            return decided("cannot_tell", _too_few(answers))
    return None


def _refused(setting: str, tried: Answers, baseline: Answers | None) -> Finding:
    error = tried.refused
    named = getattr(error, "setting", None)
    if named in SETTING_NAMES and named != setting:
        says = f"The calls of this test were refused because of {named}, not of this. {error}"
        return decided("cannot_tell", says)
    answered = baseline is not None and bool(baseline.samples)
    if answered or (named is not None and named.split(".")[0] == setting):
        return decided("refused", f"A call with it is refused. {error}")
    return decided("cannot_tell", f"The calls of this test were refused. {error}")


def _too_few(answers: Answers) -> str:
    why = ", ".join(f"{count} {code}" for code, count in answers.errors.items())
    because = f" ({why})" if why else ""
    return f"Only {len(answers.samples)} of {answers.asked} calls were answered{because}."
