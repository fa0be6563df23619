"""The embedded model through the shell: the real one, in a home of the test's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from lib.providers.embedded import card as cards
from tests.cli.shell import ROOT, Shell
from tests.homes import home_with_model

pytestmark = pytest.mark.xdist_group("embedded")  # one engine at a time: it wants all cores


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One for all tests of this file, so that the engine is started once."""
    made = home_with_model(tmp_path_factory.mktemp("home"))
    yield made
    card = cards.read(cards.run_folder(made))
    if card and card.stands():
        psutil.Process(card.pid).kill()


@pytest.fixture
def shell(home: Path) -> Shell:
    return Shell(home)


def test_an_example_runs_and_a_stored_seed_gives_the_same_answer_again(shell: Shell) -> None:
    said = shell("run", ROOT / "examples" / "temperature.toml", "--repeats", 2, "--json")

    assert said.code == 0
    assert [each["samples"] for each in said.json["configurations"]] == [2, 2, 2]
    assert said.json["configurations"][0]["usage"]["cost_usd"] == 0
    first = shell("show", "--sample", "3.1", "--json").json
    second = shell("show", "--sample", "3.2", "--json").json
    assert first["seed"] != second["seed"]
    sent = json.loads(first["attempts"][0]["request"]["body"]["text"])
    assert sent["seed"] == first["seed"]

    replayed = shell.file(
        f"repeats = 1\nmessages = {messages(sent)}\n"
        f"[defaults]\nmax_tokens = {sent['max_tokens']}\nlogprobs = true\n"
        f"stop = {json.dumps(sent['stop'])}\n"
        f"[[configurations]]\nname = 'again'\ntemperature = {sent['temperature']}\n"
        f"seed = {first['seed']}\n"
    )
    assert shell("run", replayed).code == 0
    again = shell("show", "--sample", "1.1", "--json").json
    assert json.loads(again["attempts"][0]["request"]["body"]["text"]) == sent
    assert again["read"]["output"] == first["read"]["output"]


def messages(sent: dict[str, Any]) -> str:
    """As an experiment file writes them: TOML's strings take what JSON's have."""
    each = (
        f"{{ role = {json.dumps(m['role'])}, content = {json.dumps(m['content'])} }}"
        for m in sent["messages"]
    )
    return f"[{', '.join(each)}]"


def test_a_dry_run_needs_no_engine_and_shows_that_each_sample_has_its_seed(shell: Shell) -> None:
    said = shell("run", ROOT / "examples" / "top_p.toml", "--dry-run")

    assert said.code == 0
    assert "each planned sample gets a seed of its own" in said.out


def test_doctor_and_models_find_the_model_and_setup_has_nothing_to_do(shell: Shell) -> None:
    assert shell("setup").out == "The embedded model is ready: smollm2-135m-instruct.\n"
    said = shell("doctor", "--json")
    assert (said.code, {each["verdict"] for each in said.json["findings"]}) == (
        0,
        {"fine", "optional"},
    )
    assert shell("models", "--json").json["endpoints"][0]["models"] == ["smollm2-135m-instruct"]


def test_a_run_without_its_model_is_a_sentence_and_plans_nothing(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    said = shell("run", ROOT / "examples" / "top_p.toml")

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("There is no model file")
    assert shell("runs", "--json").json["runs"] == []


def test_no_money_is_enough_for_what_costs_nothing(shell: Shell) -> None:
    file = ROOT / "examples" / "temperature.toml"

    said = shell("run", file, "--repeats", 1, "--max-cost", 0, "--new", "--json")

    assert (said.code, said.json["complete"]) == (0, True)
    assert {each["usage"]["cost_usd"] for each in said.json["configurations"]} == {0}
