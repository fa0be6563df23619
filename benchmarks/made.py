"""Made-up material: texts that look like answers, and the experiment that asks for them."""

from __future__ import annotations

import random

from lib.domain.configuration import Configuration, Dialect, Endpoint
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import Settings

MODEL = "made-up"
TEMPERATURES = (0.0, 0.25, 0.5, 1.0)
"""Ones that every dialect takes."""

_SYLLABLES = ("ba", "co", "di", "fu", "ga", "he", "jo", "ki", "lo", "mu", "na", "pe", "ri", "so")


def words(count: int, *, seed: int = 0) -> list[str]:
    """A vocabulary: the same for the same seed."""
    draw = random.Random(seed)
    return ["".join(draw.choices(_SYLLABLES, k=draw.randint(1, 4))) for _ in range(count)]


def texts(count: int, *, tokens: int, seed: int) -> list[str]:
    """Texts of so many words, the first words of the vocabulary far more often than the last.

    They share beginnings of different lengths, as answers to one prompt do.
    """
    draw, vocabulary = random.Random(seed), words(2_000)
    weights = [1 / place for place in range(1, len(vocabulary) + 1)]
    stem = draw.choices(vocabulary, weights, k=tokens)
    made = []
    for _ in range(count):
        shared = draw.randint(0, tokens // 2)
        own = draw.choices(vocabulary, weights, k=tokens - shared)
        made.append(" ".join([*stem[:shared], *own]))
    return made


def experiment(calls: int, *, base_url: str, dialect: Dialect = "openai") -> Experiment:
    """Four temperatures at one endpoint, `calls` in all."""
    endpoint = Endpoint(name="benchmark", dialect=dialect, base_url=base_url)
    return Experiment(
        name="Benchmark",
        messages=(Message("user", "Name a fruit that nobody in this room has eaten yet."),),
        configurations=tuple(
            Configuration(
                name=f"temperature {temperature}",
                endpoint=endpoint,
                model=MODEL,
                settings=Settings(temperature=temperature, max_tokens=400),
            )
            for temperature in TEMPERATURES
        ),
        repeats=calls // len(TEMPERATURES),
    )
