"""Money in the shell: what a plan costs, what a run has cost, and budgets that hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import Shell
from tests.faulty import FaultyServer


def priced(shell: Shell, model: str = "gpt-4.1-mini", **settings: Any) -> Path:
    lines = [f"{name} = {value}" for name, value in settings.items()]
    return shell.file(
        'messages = [{ role = "user", content = "Name a fruit." }]\nrepeats = 10\n'
        f'[defaults]\nendpoint = "openai"\nmodel = "{model}"\n' + "\n".join(lines)
    )


def test_a_plan_says_what_it_costs_at_worst_that_it_is_an_estimate_and_of_when(
    shell: Shell,
) -> None:
    file = priced(shell, max_tokens=1000)

    plan = shell("run", file, "--dry-run", "--json").json["plan"]
    said = shell("run", file, "--dry-run").out

    assert 0.016 < plan["cost_usd"] < 0.018
    assert plan["cost_basis"].startswith("list prices of 20")
    assert f"at most $0.017 (estimate, {plan['cost_basis']})" in said


@pytest.mark.parametrize("dry", [["--dry-run"], []])
def test_a_budget_that_could_not_be_kept_is_refused_before_anything_is_sent(
    dry: list[str], shell: Shell
) -> None:
    said = shell("run", priced(shell, "gpt-5.6-sol"), "--max-cost", 1, *dry)

    assert said.code == 2
    assert "gpt-5.6-sol is asked without max_tokens, so a call has no highest cost" in said.err
    assert "Set max_tokens where it is missing, or limit the calls instead" in said.err
    assert not dry or not shell.store.exists()


def test_without_a_limit_the_most_that_a_model_answers_with_is_the_worst_case(shell: Shell) -> None:
    plan = shell("run", priced(shell), "--dry-run", "--json").json["plan"]

    # 10 times 32,768 tokens at 1.60 dollars a million, and a few for the messages.
    assert 0.5243 < plan["cost_usd"] < 0.53
    assert shell("run", priced(shell), "--max-cost", 1, "--dry-run").code == 0


@pytest.mark.parametrize("amount", ["nan", "inf", "-1"])
def test_an_amount_that_is_none_is_refused(amount: str, shell: Shell, server: FaultyServer) -> None:
    said = shell("run", shell.asks(server.url()), "--max-cost", amount)

    assert (said.code, server.requests) == (2, [])


def test_what_no_list_prices_is_null_and_says_why(shell: Shell, server: FaultyServer) -> None:
    file = shell.asks(server.url())

    usage = shell("run", file, "--json").json["configurations"][0]["usage"]
    said = shell("run", file).out

    why = "no price is known for some-model at 127.0.0.1, which is no vendor's address"
    assert (usage["cost_usd"], usage["why"]["cost_usd"]) == (None, why)
    assert f"Cost: not known, as {why}" in said


def test_the_list_of_runs_says_what_each_has_cost_if_it_is_asked_to(
    shell: Shell, server: FaultyServer
) -> None:
    shell("run", shell.asks(server.url()))

    (plain,) = shell("runs", "--json").json["runs"]
    (costed,) = shell("runs", "--json", "--cost").json["runs"]

    assert not any(name.startswith("cost") for name in plain)
    assert costed["cost_usd"] is None
    assert costed["cost_why"].startswith("no price is known for some-model at 127.0.0.1")
    assert "not known" in shell("runs", "--cost").out


def test_the_budget_in_calls_holds_over_resumes(shell: Shell, server: FaultyServer) -> None:
    file = shell.asks(server.url(), repeats=10)
    assert shell("run", file, "--max-calls", 4).code == 3

    again = shell("run", file, "--max-calls", 4)
    resumed = shell("resume", "latest", "--max-calls", 4)
    assert (again.code, resumed.code, len(server.requests)) == (3, 3, 4)
    assert "To go on with a larger one: python -m lib resume" in resumed.err
    assert resumed.err.rstrip().endswith("--max-calls N")

    assert shell("resume", "latest", "--max-calls", 6).code == 3
    assert len(server.requests) == 6
    assert shell("resume", "latest", "--max-calls", 10).code == 0


def test_a_budget_in_money_is_refused_on_a_resume_too(shell: Shell, server: FaultyServer) -> None:
    shell("run", shell.asks(server.url(), repeats=3), "--max-calls", 1)

    said = shell("resume", "latest", "--max-cost", 1)

    assert (said.code, len(server.requests)) == (2, 1)
