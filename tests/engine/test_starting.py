"""Before the first call: what would be sent, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lib.domain.configuration import ANTHROPIC, GEMINI, LOCAL, OPENAI, OPENAI_RESPONSES, Endpoint
from lib.domain.errors import InputError, LabError, RunHeld
from lib.domain.experiment import Experiment
from lib.domain.settings import Settings
from lib.engine import starting
from lib.engine.loading import experiment_of
from lib.store.store import Store
from tests.engine.carried import HOME, asked, carry_out, go_on
from tests.faulty import FaultyServer
from tests.homes import home_with_model


def test_requests_are_those_that_are_then_sent(server: FaultyServer, store: Store) -> None:
    experiment = asked(server.url(), server.url("csv"), repeats=3, temperature=0.5, seed=7)
    shown = [request.body for request in starting.requests(experiment)]
    assert server.requests == []

    carry_out(store, experiment)

    assert {each.body for each in server.requests} == set(shown)


def test_every_setting_that_can_not_be_sent_has_its_line_and_nothing_is_stored(
    store: Store,
) -> None:
    right = asked("http://127.0.0.1:9/v1").configurations[0]
    wrong = Settings(extra={"messages": [], "stream_options": {}, "model": "other"})
    experiment = replace(
        asked("http://127.0.0.1:9/v1"),
        configurations=(
            replace(right, name="A", settings=wrong),
            replace(right, name="B"),
            replace(right, name="C", settings=wrong),
        ),
    )

    with pytest.raises(InputError) as raised:
        starting.start(store, experiment, home=HOME)

    lines = str(raised.value).splitlines()
    assert {line.partition(":")[0] for line in lines} == {"A", "C"}
    assert len(lines) >= 4
    assert store.runs() == []


def test_an_experiment_for_a_model_that_is_not_there_plans_nothing(
    store: Store, tmp_path: Path
) -> None:
    experiment = asked("http://127.0.0.1:9/v1")
    local = replace(
        experiment, configurations=(replace(experiment.configurations[0], endpoint=LOCAL),)
    )

    with pytest.raises(LabError, match="no model file"):
        starting.start(store, local, home=tmp_path)

    assert store.runs() == []


def test_a_run_that_is_held_can_not_be_gone_on_with(store: Store) -> None:
    with starting.start(store, asked("http://127.0.0.1:9/v1"), home=HOME) as held:
        with pytest.raises(RunHeld):
            go_on(store, held.run_id)
        assert store.find(held.run_id).state == "running"


def test_the_document_of_a_run_is_the_experiment(store: Store) -> None:
    experiment = asked("http://127.0.0.1:9/v1", repeats=3, stop=("x", "y"), temperature=0.0)
    with starting.start(store, experiment, home=HOME) as held:
        assert experiment_of(store, store.find(held.run_id)) == experiment
        assert json.loads(store.document(held.run_id))["repeats"] == 3


def test_a_model_that_the_embedded_engine_does_not_serve_is_refused_by_name(
    store: Store, tmp_path: Path
) -> None:
    asked_for = replace(
        asked("http://127.0.0.1:9/v1").configurations[0], endpoint=LOCAL, model="gpt-9", name="A"
    )

    with pytest.raises(InputError) as raised:
        starting.start(
            store,
            replace(asked("http://127.0.0.1:9/v1"), configurations=(asked_for,)),
            home=home_with_model(tmp_path / "home"),
        )

    assert str(raised.value) == (
        "A: the embedded model here is smollm2-135m-instruct, not gpt-9. "
        "Name it as model, or serve another with `python -m lib setup`."
    )
    assert store.runs() == []


def test_a_model_that_the_engine_does_not_serve_is_refused_by_name(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Found:
        name, sha256 = "another-model", "a" * 64

    monkeypatch.setattr(starting, "find", lambda home: Found)
    experiment = asked("http://127.0.0.1:9/v1")
    local = replace(
        experiment,
        configurations=(replace(experiment.configurations[0], endpoint=LOCAL, model="no-such"),),
    )

    with pytest.raises(InputError, match="C1: the embedded model here is another-model, not no-"):
        starting.start(store, local, home=HOME)

    assert store.runs() == []


def asks_openai() -> Experiment:
    experiment = asked("http://127.0.0.1:9/v1")
    column = replace(experiment.configurations[0], endpoint=OPENAI)
    return replace(experiment, configurations=(column,))


def test_answers_of_two_servers_are_not_mixed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8/v1")
    with starting.start(store, asks_openai(), home=HOME) as held:
        run = held.run_id
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8/v1/")  # the same
    go_on(store, run).release()

    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(InputError) as raised:
        go_on(store, run)
    with starting.start(store, asks_openai(), home=HOME, new=False) as held:
        assert held.run_id != run

    assert str(raised.value) == (
        "The address of openai (now http://127.0.0.1:9/v1) is another one than when this run was "
        "made, so its answers can't be mixed. Set OPENAI_BASE_URL as it was, or start a new run."
    )


@pytest.mark.parametrize(
    ("endpoint", "variable"),
    [
        (ANTHROPIC, "ANTHROPIC_BASE_URL"),
        (GEMINI, "GOOGLE_GEMINI_BASE_URL"),
        (OPENAI_RESPONSES, "OPENAI_BASE_URL"),
    ],
)
def test_the_variable_that_is_named_is_the_vendors_own(
    store: Store, monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint, variable: str
) -> None:
    plain = asks_openai()
    column = replace(plain.configurations[0], endpoint=endpoint)
    experiment = replace(plain, configurations=(column,))
    monkeypatch.setenv(variable, "http://127.0.0.1:8/v1")
    with starting.start(store, experiment, home=HOME) as held:
        run = held.run_id

    monkeypatch.setenv(variable, "http://127.0.0.1:9/v1")

    with pytest.raises(InputError, match=f"Set {variable} as it was, or start a new run"):
        go_on(store, run)


def test_an_address_that_can_not_be_called_plans_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "nowhere")

    with pytest.raises(InputError, match="The base URL of openai"):
        starting.start(store, asks_openai(), home=HOME)

    assert store.runs() == []


def test_a_key_that_would_travel_unencrypted_plans_nothing(store: Store) -> None:
    experiment = asked("http://api.example.com/v1")

    with pytest.raises(InputError, match="would travel unencrypted"):
        starting.start(store, experiment, home=HOME, keys={"e1": "sk-canary"})
    assert store.runs() == []

    with starting.start(store, experiment, home=HOME) as held:
        run = held.run_id
    with pytest.raises(InputError, match="would travel unencrypted"):
        go_on(store, run, keys={"e1": "sk-canary"})
