"""The embedded model, audited: it honours what the lab says that it honours."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lib.audit import How, carry, latest, plan
from lib.domain.configuration import BUNDLED_MODEL, LOCAL
from lib.providers.embedded import card as cards
from lib.store.store import Store
from tests.homes import home_with_model

pytestmark = pytest.mark.xdist_group("embedded")  # one engine at a time: it wants all cores


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = home_with_model(tmp_path_factory.mktemp("home"))
    yield made
    card = cards.read(cards.run_folder(made))
    if card and card.stands():
        psutil.Process(card.pid).kill()


def test_it_honours_its_settings_and_its_log_probabilities_come_before_sampling(
    home: Path, store: Store
) -> None:
    settings = ("temperature", "logprobs")
    planned = plan(LOCAL, BUNDLED_MODEL, settings=settings, calls=30)

    report = asyncio.run(carry(store, planned, How(home=home)))

    # With so few real draws the temperature's own test may lack power: then it says no more.
    assert report.settings["temperature"].verdict in {"honoured", "consistent"}
    assert report.settings["logprobs"].verdict == "honoured"
    assert report.logprobs_describe == "before_sampling"
    assert report.base_url is None
    assert latest(store, LOCAL, BUNDLED_MODEL) == report
