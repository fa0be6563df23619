"""What refusals teach: which setting a model at an endpoint would not take, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from lib.domain.configuration import Endpoint
from lib.engine import starting
from lib.engine.learnt import learnt, refused_setting
from lib.engine.loading import load
from lib.store import Store
from tests.engine.carried import HOME, asked, carry_out
from tests.faulty import FaultyServer


def test_a_refused_setting_is_known_for_that_model_at_that_place(
    server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url("400_value"), temperature=0.5, top_p=1)
    there = experiment.configurations[0].endpoint
    _, snapshot = carry_out(store, experiment)

    (found,) = learnt(store, there, "some-model")

    assert (found.setting, found.value, found.run) == ("temperature", 0.5, snapshot.run)
    assert "doesn't take temperature = 0.5" in found.says
    assert learnt(store, replace(there, name="called otherwise"), "some-model") == (found,)
    assert learnt(store, there, "another-model") == ()
    assert learnt(store, replace(there, base_url="http://127.0.0.1:9/v1"), "some-model") == ()
    assert learnt(store, Endpoint(name="openai"), "some-model") == ()


def test_what_was_learnt_is_known_however_many_runs_came_later(
    server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url("400_value"), repeats=1, temperature=0.5)
    carry_out(store, experiment)
    later = asked("http://127.0.0.1:9/v1", repeats=1)
    for _ in range(201):
        starting.start(store, later, home=HOME).release()

    (found,) = learnt(store, experiment.configurations[0].endpoint, "some-model")

    assert found.setting == "temperature"


def test_a_refusal_that_is_loaded_from_the_store_still_names_its_setting(
    server: FaultyServer, store: Store
) -> None:
    experiment = asked(server.url("400_value"), server.url("ok"), temperature=0.5, top_p=1)
    _, live = carry_out(store, experiment)
    loaded = load(store, live.run).snapshot()

    for each in (live, loaded):
        (error,) = (e for e in each.failures.values() if e.code == "refused_setting")
        assert refused_setting(experiment.configurations[0], error) == "temperature"
        assert refused_setting(experiment.configurations[0], each.ended[1]) == "temperature"
