"""The embedded model draws from the distribution that its settings say.

The whole vocabulary's probabilities are asked for once; what temperature and top_p make of them is
computed; and 200 first tokens that the model has really drawn are tested against it. The test must
also be able to fail: against the distribution of another temperature it does.
"""

from __future__ import annotations

import random
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from lib.analysis.goodness import Fit, fit
from lib.analysis.sampling import WHOLE, expected_under, mass
from lib.domain.configuration import Configuration
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.domain.vocabulary import FirstToken, TokenProbability
from lib.engine import starting
from lib.providers.embedded import card as cards
from lib.store import Store
from tests.engine.carried import carry_out, order
from tests.homes import home_with_model

pytestmark = pytest.mark.xdist_group("embedded")  # one engine at a time: it wants all cores

DRAWS = 200
VOCABULARY = 49_152
HALF_A_CHARACTER = re.compile("\ufffd|^$|^<.*>$")
"""Drawn, such a token comes without log probabilities: it is taken out of both sides."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = home_with_model(tmp_path_factory.mktemp("home"))
    yield made
    card = cards.read(cards.run_folder(made))
    if card and card.stands():
        psutil.Process(card.pid).kill()


def first_tokens(home: Path, store: Store, settings: Settings, repeats: int) -> list[FirstToken]:
    experiment = Experiment(
        messages=(Message("user", "Finish my sentence."),),
        prefill="My favourite fruit is the",
        configurations=(Configuration(name="A", settings=settings),),
        repeats=repeats,
    )
    held = starting.start(store, experiment, home=home)
    _, snapshot = carry_out(store, held, give_with=order(experiment, home=home))
    assert snapshot.done == repeats
    return [each.first_token for each in snapshot.samples.values() if each.first_token]


def readable(expected: Mapping[str, float], names: Mapping[str, str]) -> dict[str, float]:
    kept = {key: p for key, p in expected.items() if not HALF_A_CHARACTER.search(names[key])}
    total = sum(kept.values())
    return {key: p / total for key, p in kept.items()}


def judged(drawn: Mapping[str, int], settings: Settings, top: tuple[TokenProbability, ...]) -> Fit:
    expected = expected_under(settings, top)
    assert expected is not None
    found = fit(drawn, readable(expected, {each.key: each.token for each in top}))
    assert found is not None
    return found


@pytest.mark.parametrize(("temperature", "top_p", "other"), [(1.0, None, 0.6), (0.8, 0.9, 1.4)])
def test_draws_follow_the_distribution_of_their_settings_and_of_no_others(
    temperature: float,
    top_p: float | None,
    other: float,
    home: Path,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Seeds from a generator that is fixed, so that the verdict is the same each time.
    monkeypatch.setattr(secrets, "randbelow", random.Random(20261124).randrange)
    settings = Settings(temperature=temperature, top_p=top_p, max_tokens=1)
    whole = replace(settings, logprobs=VOCABULARY)
    (reported,) = first_tokens(home, store, whole, 1)
    assert mass(reported.top) > WHOLE

    many = replace(settings, logprobs=1, extra={"cache_prompt": True})  # ten times as fast
    drawn = Counter(each.drawn.key for each in first_tokens(home, store, many, DRAWS))
    assert sum(drawn.values()) > 0.9 * DRAWS
    assert len(drawn) > 5

    assert judged(drawn, settings, reported.top).p > 0.01
    assert judged(drawn, replace(settings, temperature=other), reported.top).p < 0.001
