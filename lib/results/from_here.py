"""More answers from where answers part: asked by prefill, a run of its own like any other."""

from __future__ import annotations

from dataclasses import replace

from lib.domain.configuration import Configuration
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.providers.capabilities import Prefill, profile_of
from lib.providers.known_models import KnownPrefill, family_of
from lib.results.next_token import split

MOST_IN_A_NAME = 40
_TOO_LONG = 80


def asking(
    experiment: Experiment, number: int, beginning: str, *, steps: int | None, repeats: int
) -> Experiment:
    """The experiment whose answers all go on from a beginning that earlier answers had.

    The messages are those that were sent, the settings those of the configuration. Only its limit
    on tokens is lower by what is there already, so that whole answers end where the others do.

    Args:
        experiment: of the earlier answers.
        number: of their configuration, from 1.
        beginning: of the answer, behind a prefill that there was.
        steps: how many tokens that is; `None`: not known, so the limit stays as it is.
        repeats: how many answers.

    Raises:
        InputError: as of `Experiment`.
    """
    configuration = experiment.configurations[number - 1]
    settings = configuration.settings
    if steps is not None and settings.max_tokens is not None:
        settings = replace(settings, max_tokens=max(1, settings.max_tokens - steps))
    turns, prefill = split(experiment.conversation(configuration))
    return Experiment(
        name=_name(experiment.name, beginning),
        messages=tuple(Message(each.role, _literal(each.content)) for each in turns),
        prefill=_literal(prefill + beginning),
        configurations=(replace(configuration, messages=None, prefill=None, settings=settings),),
        repeats=repeats,
    )


def _name(of: str, beginning: str) -> str:
    told = " ".join(beginning.split())
    cut = told if len(told) <= MOST_IN_A_NAME else f"…{told[1 - MOST_IN_A_NAME :]}"
    return f"{of if len(of) <= _TOO_LONG else f'{of[: _TOO_LONG - 1]}…'}, from “{cut}” on"


def _literal(text: str) -> str:
    """Braces that a model wrote, or that were filled in, name no variable."""
    return text.replace("{{", r"\{{")


def same(one: Experiment, other: Experiment) -> bool:
    """Whether two of `asking` ask the same, however often."""
    if len(one.configurations) != 1 or len(other.configurations) != 1:
        return False
    mine, theirs = one.configurations[0], other.configurations[0]
    return mine == theirs and one.conversation(mine) == other.conversation(theirs)


def why_not(configuration: Configuration, beginning: str, *, steps: int | None) -> str | None:
    """Why no more answers can be made to begin like this; `None`: nothing speaks against it.

    Args:
        configuration: that would be asked.
        beginning: of the answers.
        steps: as of `asking`.
    """
    limit, endpoint = configuration.settings.max_tokens, configuration.endpoint.name
    if "\ufffd" in beginning:
        return "The beginning ends within a character, and a part of one can't be sent as text."
    if steps is not None and limit is not None and steps >= limit:
        return f"The beginning is as long as an answer may be: max_tokens is {limit:,}."
    match becomes_of_prefill(configuration):
        case "refused":
            return f"{configuration.model} at {endpoint} refuses a prefill."
        case "answered":
            return (
                f"{endpoint} answers a prefill as a turn of its own, so no answer can be made to "
                "begin like this."
            )
        case _:
            return None


def becomes_of_prefill(configuration: Configuration) -> Prefill | KnownPrefill:
    """What is known to become of a prefill, by model before endpoint."""
    endpoint = configuration.endpoint
    try:
        family = family_of(endpoint, configuration.model)
        known = None if family is None else family.prefill
        return known or profile_of(endpoint).prefill
    except InputError:  # a profile that doesn't exist
        return "unknown"
