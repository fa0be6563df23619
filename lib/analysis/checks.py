"""Does an answer pass a check? Patterns and schemas are from users, so none may hang the lab."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

import regex
from jsonschema import Draft202012Validator, SchemaError, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend, validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from lib.analysis.groups import ONE_SEED, Group
from lib.analysis.proportions import wilson
from lib.domain.checks import Check
from lib.domain.vocabulary import Estimate

PATTERN_S = 0.25
"""How long a pattern may take over one answer."""
ALL_S = 2.0
"""How long a check may take over all answers together."""


class Undecided(Exception):
    """A check that can't be applied; `why` is the reason as a clause."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def passes(check: Check, text: str) -> bool:
    """Whether an answer passes a check.

    Raises:
        Undecided: if it can't be said, such as for a pattern that takes too long.
    """
    if check.equals is not None:
        return text.strip() == check.equals.strip()
    if check.contains is not None:
        return check.contains in text
    if check.matches is not None:
        return _found(check.matches, text)
    if check.max_words is not None:
        return len(text.split()) <= check.max_words
    try:
        answer = json.loads(text, parse_constant=_not_json)
    except RecursionError as error:
        raise Undecided("an answer is nested too deeply") from error
    except ValueError:
        return False
    return check.json_schema is None or _fits(check.json_schema, answer)


def passed(check: Check, groups: Sequence[Group]) -> list[int] | str:
    """How many answers (ok and empty) of each group pass; or why that can't be said.

    Every distinct answer is looked at once. All together have a few seconds.
    """
    until = time.monotonic() + ALL_S
    judged: dict[str, bool] = {}
    try:
        for text in dict.fromkeys(s.text for group in groups for s in group.texts):
            judged[text] = passes(check, text)
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


def _found(pattern: str, text: str) -> bool:
    try:
        return regex.search(pattern, text, timeout=PATTERN_S) is not None
    except TimeoutError as error:
        raise Undecided(f"the pattern took more than {PATTERN_S:g} s over one answer") from error
    except (regex.error, RecursionError, MemoryError) as error:
        raise Undecided("the pattern can't be applied") from error


def _fits(schema: Mapping[str, object], answer: object) -> bool:
    """Whether the schema takes the answer. References are looked up in the schema alone."""
    try:
        if _mentions("patternProperties", schema):  # jsonschema matches these without a time-out
            raise Undecided("patternProperties is not supported in a JSON schema")
        kind = validator_for(dict(schema), default=Draft202012Validator)
        kind.check_schema(dict(schema))
        guarded = extend(kind, {"pattern": _pattern})  # type: ignore[no-untyped-call]
        # The registry that it would take by itself follows references over the network.
        return bool(guarded(dict(schema), registry=Registry()).is_valid(answer))
    except SchemaError as error:
        raise Undecided("the JSON schema isn't one") from error
    except Unresolvable as error:
        raise Undecided("the JSON schema refers to something outside of itself") from error
    except RecursionError as error:
        raise Undecided("the JSON schema, or an answer, is nested too deeply") from error


def _pattern(
    _: Validator, pattern: str, instance: object, __: Mapping[str, object]
) -> Iterator[ValidationError]:
    """JSON Schema's `pattern`, with a time-out."""
    if isinstance(instance, str) and not _found(pattern, instance):
        yield ValidationError("does not match its pattern")


def _mentions(keyword: str, schema: object) -> bool:
    if isinstance(schema, Mapping):
        return keyword in schema or any(_mentions(keyword, value) for value in schema.values())
    return isinstance(schema, list | tuple) and any(_mentions(keyword, value) for value in schema)


def _not_json(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
