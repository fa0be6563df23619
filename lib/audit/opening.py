"""The opening of an audit: how answers are kept short, whether they vary, what comes with them.

Nothing is concluded about a setting. It sees to it that the calls that follow can show something.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from dataclasses import replace

from lib.audit.asking import Answers, Ask, Came, Column
from lib.audit.known import STORY, STORY_TOKENS, Known, Limit
from lib.audit.length import longer
from lib.domain.errors import CallError, LabError

REPEATS = 6
PLENTY = 20
"""Alternatives asked for: as many as most endpoints give."""
VARIED = 0.5
"""If more of the answers are the same, a temperature of 1 is sent along, should that help."""
SHORTEST = "a limit of one token"
LIMITS: tuple[Limit | None, ...] = ("max_tokens", "max_completion_tokens", None)


def opening(known: Known) -> Generator[Ask, Came, Known]:
    """What is known from now on.

    Raises:
        LabError: if no call is answered at all: then there is nothing to audit.
    """
    last: Answers | None = None
    for limit in LIMITS:
        trying = replace(known, limit=limit)
        plain, warm, reported = _columns(trying)
        came = yield Ask(columns=(plain, warm, reported), repeats=REPEATS)
        last = came[plain.name]
        if limit is not None and (not last.samples or _ignored(last)):
            continue
        if last.samples or came[warm.name].samples:
            found = _learnt(trying, came)
            if limit is None:
                return found
            one = found.column(SHORTEST, STORY, tokens=1)
            came = yield Ask(columns=(one,), repeats=1)
            taken = not (came[one.name].refused or came[one.name].unsendable)
            return found if taken else replace(found, shortest=STORY_TOKENS)
    raise nothing_came(last)


def _columns(known: Known) -> tuple[Column, Column, Column]:
    return (
        known.column("nothing set", STORY, tokens=STORY_TOKENS),
        known.column("T = 1", STORY, {"temperature": 1.0}, tokens=STORY_TOKENS),
        known.column("log probabilities", STORY, {"logprobs": PLENTY}, tokens=STORY_TOKENS),
    )


def _ignored(answers: Answers) -> bool:
    too_long = sum(longer(sample, STORY_TOKENS) for sample in answers.samples)
    return too_long > len(answers.samples) / 2


def _learnt(known: Known, came: Came) -> Known:
    plain, warm, reported = (came[each.name] for each in _columns(known))
    warmer = most_alike(plain) > VARIED and most_alike(warm) < most_alike(plain)
    there = sum(sample.first_token is not None for sample in reported.samples)
    return replace(
        known,
        base={"temperature": 1.0} if warmer else {},
        pilot=warm if warmer else plain,
        logprobs=PLENTY if there > len(reported.samples) / 2 else None,
    )


def most_alike(answers: Answers) -> float:
    """The share of the most frequent answer; 1 where there is none."""
    if not answers.texts:
        return 1.0
    return Counter(answers.texts).most_common(1)[0][1] / len(answers.texts)


def nothing_came(answers: Answers | None) -> LabError:
    """Why an audit can't begin."""
    error = answers.refused if answers is not None else None
    if error is not None:
        return CallError(error.says, error.fix, code=getattr(error, "code", "other"))
    why = ", ".join(answers.errors) if answers is not None else ""
    return CallError(
        f"No call of the audit was answered{f' ({why})' if why else ''}.",
        "See the runs of this audit.",
    )
