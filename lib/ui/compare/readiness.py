"""Whether what is on the screen can be run, and what stands against it, in the page's own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lib.domain.configuration import Endpoint
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import parse
from lib.engine import starting
from lib.engine.carrying import MOST_AT_ONCE
from lib.engine.costing import check_budget
from lib.results.effects import without_effect
from lib.ui.compare.mending import Fix, fixes

_PLACE = re.compile(r"^(?P<list>configurations|messages|checks)\[(?P<index>\d+)\][.:]? ?")
_OF = re.compile(r"^(\S*) ?\(of (?:'.*?'|\".*?\")\)")
"""The name that the file's own sentences put behind a path."""
_NAMES = {
    "repeats": "Calls for each",
    "prefill": "The prefill",
    "name": "The experiment's name",
}
_EMPTY = "The user message is empty, so the model is asked for anything at all."
_NONE_LEFT = "No configuration is left. Add one, or press Undo."


@dataclass(frozen=True, slots=True)
class Readiness:
    """What Run would do, or why it can't."""

    experiment: Experiment | None
    """`None` if there are problems."""
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What is odd, and no reason not to run."""
    asked: Experiment | None = None
    """What the draft says, also where something stands against running it."""
    fixes: tuple[Fix, ...] = ()
    """Edits that mend what an endpoint would refuse."""
    effects: tuple[str, ...] = ()
    """What will be sent without effect. It names models, so it is no Markdown."""


def judged(
    document: Mapping[str, Any],
    *,
    at_once: int | None,
    budget: int | None,
    budget_usd: Decimal | None = None,
    keyless: Callable[[Sequence[Endpoint]], list[str]],
) -> Readiness:
    """Judge a draft.

    Args:
        document: the draft, as it is on the screen.
        at_once: calls under way together.
        budget: most calls, if there is a limit.
        budget_usd: most money, if there is a limit.
        keyless: names those of the endpoints that can't be asked without a key and have none.
    """
    problems = _numbers(at_once, budget, budget_usd)
    if not document.get("configurations"):  # a file may leave them out: here they were removed
        return Readiness(None, (_NONE_LEFT, *problems))
    try:
        asked = parse({key: value for key, value in document.items() if value != ""})
    except InputError as error:
        return Readiness(None, (*_lines(error, document), *problems))
    mended: tuple[Fix, ...] = ()
    try:
        starting.requests(asked)
        check_budget(asked, budget_usd)
    except InputError as error:
        problems = [*_lines(error, document), *problems]
        mended = fixes(document, asked)
    endpoints = list(dict.fromkeys(each.endpoint for each in asked.configurations))
    problems += [f"{name} has no key: type one under Endpoints." for name in keyless(endpoints)]
    return Readiness(
        None if problems else asked,
        tuple(problems),
        _notes(asked),
        asked,
        mended,
        tuple(each.says for each in without_effect(asked)),
    )


def _lines(error: InputError, document: Mapping[str, Any]) -> list[str]:
    return [plainly(line, document) for line in str(error).splitlines()]


def _numbers(at_once: int | None, budget: int | None, budget_usd: Decimal | None) -> list[str]:
    problems = []
    if at_once is None or not 1 <= at_once <= MOST_AT_ONCE:
        said = "empty" if at_once is None else f"{at_once:,}"
        problems.append(f"At once is {said}, but must be between 1 and {MOST_AT_ONCE}.")
    if budget is not None and budget < 1:
        problems.append(f"Budget in calls is {budget:,}, but must be 1 or more, or empty.")
    if budget_usd is not None and budget_usd < 0:
        problems.append(f"Budget in USD is {budget_usd}, but must be 0 or more, or empty.")
    return problems


def _notes(experiment: Experiment) -> tuple[str, ...]:
    asked = [experiment.conversation(each) for each in experiment.configurations]
    if any(turn.role == "user" and not turn.content.strip() for each in asked for turn in each):
        return (_EMPTY,)
    return ()


def plainly(problem: str, document: Mapping[str, Any]) -> str:
    """A problem with the names that are on the screen, in place of its path in the file."""
    found = _PLACE.match(problem)
    if found is None:
        word = problem.split(" ", 1)[0]
        return problem.replace(word, _NAMES[word], 1) if word in _NAMES else problem
    rest = _OF.sub(r"\1", problem[found.end() :]).lstrip()
    return f"{_named(found['list'], int(found['index']), document)}: {rest}"


def _named(what: str, index: int, document: Mapping[str, Any]) -> str:
    things = document.get(what, [])
    thing = things[index] if index < len(things) else {}
    match what:
        case "messages":
            return _turn(index, things)
        case "checks":
            return called(str(thing.get("name") or index + 1))
        case _:
            return str(thing.get("name") or f"Configuration {index + 1}")


def called(check: str) -> str:
    """A check by its name, which may begin with that word: the lab's own names do."""
    return check if check.lower().startswith("check") else f"Check {check}"


def _turn(index: int, messages: Sequence[Mapping[str, Any]]) -> str:
    """As the editor calls it: the system message has no number."""
    standing = bool(messages) and messages[0].get("role") in {"system", "developer"}
    if standing and index == 0:
        return "The system message"
    if index >= len(messages):
        return "The prefill"
    return f"{str(messages[index].get('role', '')).capitalize()}, turn {index + 1 - standing}"
