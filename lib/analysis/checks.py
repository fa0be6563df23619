"""Does an answer pass a check? Patterns and schemas are from users, so none may hang the lab."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import NoReturn

from lib.analysis.groups import ONE_SEED, Group
from lib.analysis.patterns import Undecided, found
from lib.analysis.proportions import wilson
from lib.analysis.schemas import Schema
from lib.domain.checks import Check
from lib.domain.vocabulary import Estimate

ALL_S = 2.0
"""How long a check may take over all answers together."""


def passes(check: Check, text: str, *, schema: Schema | None = None) -> bool:
    """Whether an answer passes a check.

    Args:
        check: the check.
        text: the answer.
        schema: that of the check, where it has been made ready for many answers.

    Raises:
        Undecided: if it can't be said, such as for a pattern that takes too long.
    """
    if check.equals is not None:
        return text.strip() == check.equals.strip()
    if check.contains is not None:
        return check.contains in text
    if check.matches is not None:
        return found(check.matches, text)
    if check.max_words is not None:
        return len(text.split()) <= check.max_words
    try:
        answer = json.loads(text, parse_constant=_not_json)
    except RecursionError as error:
        raise Undecided("an answer is nested too deeply") from error
    except ValueError:
        return False
    schema = schema or _schema(check)
    return schema is None or schema.takes(answer)


def passed(check: Check, groups: Sequence[Group]) -> list[int] | str:
    """How many answers (ok and empty) of each group pass; or why that can't be said.

    Every distinct answer is looked at once. All together have a few seconds.
    """
    until = time.monotonic() + ALL_S
    judged: dict[str, bool] = {}
    try:
        schema = _schema(check)
        for text in dict.fromkeys(s.text for group in groups for s in group.texts):
            judged[text] = passes(check, text, schema=schema)
            if time.monotonic() > until:
                raise Undecided(f"the check took more than {ALL_S:g} s over all answers")
    except Undecided as undecided:
        return undecided.why
    return [sum(judged[s.text] for s in group.texts) for group in groups]


def check_share(found: int | str, group: Group, *, alpha: float = 0.05) -> Estimate:
    """The share of a group's answers that pass, with a Wilson interval.

    Args:
        found: how many pass, or why that can't be said: of `passed`.
        group: the group itself.
        alpha: how often the interval may miss.
    """
    n = len(group.texts)
    if not n:
        return Estimate(None, None, None, 0, "Wilson", "there is no answer")
    if isinstance(found, str):
        return Estimate(None, None, None, n, "Wilson", found)
    if group.one_seed:
        return Estimate(found / n, None, None, n, "share", ONE_SEED)
    return Estimate(found / n, *wilson(found, n, alpha=alpha), n, "Wilson")


def _schema(check: Check) -> Schema | None:
    return None if check.json_schema is None else Schema(check.json_schema)


def _not_json(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
