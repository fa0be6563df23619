"""The embedded model's whole next-token distribution: asked, computed with, checked by draws."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from lib.analysis.goodness import fit
from lib.analysis.next_token import NextToken
from lib.analysis.what_if import ORDERS, what_if
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.domain.settings import Settings
from lib.engine import starting
from lib.engine.progress import Snapshot
from lib.providers.embedded import card as cards
from lib.providers.embedded import model
from lib.results.next_token import asked, asking, distribution, drawing
from lib.store import Store
from tests.engine.carried import carry_out, order
from tests.homes import home_with_model

pytestmark = pytest.mark.xdist_group("embedded")  # one engine at a time: it wants all cores

DRAWS = 200
VOCABULARY = 49_152
MESSAGES = (Message("user", "Finish my sentence."),)
PREFILL = "My favourite fruit is the"
SETTINGS = Settings(temperature=0.8, top_k=40, top_p=0.9, min_p=0.03)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = home_with_model(tmp_path_factory.mktemp("home"))
    yield made
    card = cards.read(cards.run_folder(made))
    if card and card.stands():
        psutil.Process(card.pid).kill()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with_runs = Store.open(tmp_path / "store.sqlite")
    yield with_runs
    with_runs.close()


def carried(home: Path, store: Store, experiment: Experiment) -> Snapshot:
    held = starting.start(store, experiment, home=home)
    _, snapshot = carry_out(store, held, give_with=order(experiment, home=home))
    assert snapshot.done == experiment.repeats
    return snapshot


def follows(home: Path, store: Store, experiment: Experiment) -> NextToken:
    found = distribution(carried(home, store, experiment))
    assert found is not None
    return found


def test_draws_follow_the_what_if_of_their_settings_and_no_other_order(
    home: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Seeds from a generator that is fixed, so that the verdict is the same each time.
    monkeypatch.setattr(secrets, "randbelow", random.Random(20261125).randrange)
    name = model.find(home).name
    whole = follows(home, store, asking(MESSAGES, PREFILL, model=name))
    assert len(whole.tokens) == VOCABULARY
    assert whole.whole

    draws = drawing(MESSAGES, PREFILL, SETTINGS, model=name, draws=DRAWS)
    drawn: dict[str, int] = {}
    for sample in carried(home, store, draws).samples.values():
        if sample.first_token is not None:
            key = sample.first_token.drawn.key
            drawn[key] = drawn.get(key, 0) + 1
    result = what_if(whole, SETTINGS)
    expected = {
        token.key: float(share)
        for token, share in zip(whole.tokens, result.after, strict=True)
        if share
    }
    assert sum(drawn.values()) == DRAWS  # nothing that is left here is a part of a character
    assert 5 < len(drawn) <= result.kept < 41

    judged = fit(drawn, expected)
    assert judged is not None
    assert judged.impossible == ()
    assert judged.p > 0.01

    hot = replace(SETTINGS, temperature=1.6)
    other = what_if(whole, hot, ORDERS["llama_cpp"]).after
    wrong = fit(drawn, {t.key: float(q) for t, q in zip(whole.tokens, other, strict=True) if q})
    assert wrong is None or wrong.p < 0.001


def test_the_bias_that_makes_a_token_drawn_changes_nothing_that_is_reported(
    home: Path, store: Store
) -> None:
    asked_for = asking(MESSAGES, PREFILL, model=model.find(home).name)
    (column,) = asked_for.configurations
    unbiased = replace(column, settings=replace(column.settings, logit_bias=None))

    biased = follows(home, store, asked_for)
    plain = follows(home, store, replace(asked_for, configurations=(unbiased,)))

    logs = dict(zip([t.key for t in plain.tokens], plain.logs.tolist(), strict=True))
    assert {t.key: t.logprob for t in biased.tokens} == pytest.approx(logs, abs=1e-4)


def test_where_the_turn_would_end_the_distribution_is_there_all_the_same(
    home: Path, store: Store
) -> None:
    """The likeliest token there ends the turn; drawn, it would bring no log probability."""
    messages = (Message("user", "Reply with one emoji: \U0001f600"),)

    snapshot = carried(home, store, asking(messages, "", model=model.find(home).name))

    found = distribution(snapshot)
    assert found is not None
    assert found.whole
    assert asked(snapshot) == (messages, "")
