"""Asking the embedded model for the whole distribution of its next token: a run like any other."""

from __future__ import annotations

from collections.abc import Sequence

from lib.analysis.next_token import NextToken, next_token
from lib.domain.configuration import LOCAL, Configuration
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import RANGES, Settings
from lib.engine.progress import Snapshot

ALTERNATIVES = int(RANGES["logprobs"][1])
"""More than any vocabulary has: the server reports as many as there are."""
DRAWN = "28"
"""A token of one ASCII character in the bundled model, and in most. It is always drawn."""
NAME = "Next token"


def asking(messages: Sequence[Message], prefill: str, *, model: str) -> Experiment:
    """The experiment whose one call reports every token's probability at the next position.

    The server reports nothing where the drawn token ends the turn or is a part of a character. So
    a bias makes it draw one that is neither. What it reports is the model's own distribution,
    before any bias or setting: the same to the last digit.

    Args:
        messages: the conversation, without the prefill.
        prefill: the beginning of the answer.
        model: the name of the embedded model.

    Raises:
        InputError: if there is no message, or something is wrong with one.
    """
    return Experiment(
        name=NAME,
        messages=tuple(messages),
        prefill=prefill,
        configurations=(
            Configuration(
                name=NAME,
                endpoint=LOCAL,
                model=model,
                settings=Settings(
                    temperature=1, max_tokens=1, logprobs=ALTERNATIVES, logit_bias={DRAWN: 100}
                ),
            ),
        ),
        repeats=1,
    )


def drawing(
    messages: Sequence[Message], prefill: str, settings: Settings, *, model: str, draws: int
) -> Experiment:
    """The experiment that really draws next tokens under settings, in the embedded order.

    Args:
        messages: as of `asking`.
        prefill: as of `asking`.
        settings: `temperature`, `top_k`, `top_p`, `min_p`.
        model: the name of the embedded model.
        draws: how many calls.

    Raises:
        InputError: as of `asking`.
    """
    return Experiment(
        name=f"{NAME}: draws",
        messages=tuple(messages),
        prefill=prefill,
        configurations=(
            Configuration(
                name="draws",
                endpoint=LOCAL,
                model=model,
                settings=Settings(
                    temperature=settings.temperature,
                    top_k=settings.top_k,
                    top_p=settings.top_p,
                    min_p=settings.min_p,
                    max_tokens=1,
                    logprobs=1,
                    # Ten times as fast. No draw depends on it but by the last digits.
                    extra={"cache_prompt": True},
                ),
            ),
        ),
        repeats=draws,
    )


def asked(snapshot: Snapshot) -> tuple[tuple[Message, ...], str]:
    """The messages and the prefill that a run asks, of its first configuration."""
    experiment = snapshot.experiment
    return split(experiment.conversation(experiment.configurations[0]))


def split(turns: tuple[Message, ...]) -> tuple[tuple[Message, ...], str]:
    """A conversation as sent, and the prefill at its end, if there is one."""
    if turns and turns[-1].role == "assistant":
        return turns[:-1], turns[-1].content
    return turns, ""


def distribution(snapshot: Snapshot) -> NextToken | None:
    """What the run of `asking` reported; `None` where nothing was."""
    for sample in snapshot.samples.values():
        if sample.first_token is not None:
            return next_token(sample.first_token.top)
    return None
