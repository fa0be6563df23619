"""What the options of `run` and `analyze` declare, laid over what a file declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lib.domain.declared import Answer, Declared, Stop
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment

BATCH = 10


def declared(
    experiment: Experiment,
    *,
    margin: float | None,
    alpha: float | None,
    until_answered: bool,
    batch: int | None,
) -> Experiment:
    """The experiment with what the options of `run` declare before it.

    Raises:
        InputError: if a number is out of range, or `--batch` is for nothing.
    """
    before = experiment.declared
    stop = before.stop
    if until_answered or (stop is not None and batch is not None):
        size = batch or (BATCH if stop is None else stop.batch)
        stop = Stop(batch=size, most=experiment.repeats)
    elif batch is not None:
        raise InputError("--batch says how often it is looked: add --until-answered.")
    return replace(
        experiment,
        declared=replace(
            before,
            margin=before.margin if margin is None else margin,
            alpha=before.alpha if alpha is None else alpha,
            stop=stop,
        ),
    )


def laid_over(
    before: Declared,
    *,
    margin: float | None,
    alpha: float | None,
    answer: Answer | None,
    similar: float | None,
) -> Declared:
    """What is declared, with what the options of `analyze` say instead.

    Raises:
        InputError: if a number is out of range, or answers of a run that looked are changed.
    """
    if before.stop is not None and (alpha is not None or answer is not None or similar is not None):
        raise InputError(
            "This run was to end when its question was answered, so what an answer is and how "
            "often a look may be wrong can't be changed afterwards.",
            "Analyse an export of it instead: that has no looks.",
        )
    return replace(
        before,
        margin=before.margin if margin is None else margin,
        alpha=before.alpha if alpha is None else alpha,
        answer=before.answer if answer is None else answer,
        similar=before.similar if similar is None else similar,
    )


def answer(
    labels: str | None, number: bool, json_field: str | None, pattern: str | None
) -> Answer | None:
    """The rule for closed answers that the options give, or `None`.

    Raises:
        InputError: if they give several, or one that can't be applied.
    """
    listed: Sequence[str] | None = None if labels is None else labels.split(",")
    if listed is None and not number and json_field is None and pattern is None:
        return None
    return Answer(
        labels=None if listed is None else tuple(label.strip() for label in listed),
        number=True if number else None,
        json_field=json_field,
        pattern=pattern,
    )
