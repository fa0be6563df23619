"""What is declared and planned from the shell: looks, margins, rules for answers, calls."""

from __future__ import annotations

import json

import pytest

from tests.cli.shell import Shell
from tests.faulty import FaultyServer


def outputs(shell: Shell, **columns: list[str]) -> str:
    found = [{"name": name, "outputs": texts} for name, texts in columns.items()]
    return str(shell.file(json.dumps({"configurations": found}), "outputs.json"))


def test_a_run_until_answered_looks_after_every_batch(server: FaultyServer, shell: Shell) -> None:
    # The server gives both the same answer always, so within this margin they are soon equivalent.
    file = shell.asks(server.url(), server.url(), repeats=60)

    said = shell("run", file, "--until-answered", "--batch", 10, "--margin", 0.5, "--json")

    assert said.code == 0
    shown = said.json
    assert shown["complete"] is True
    assert shown["analysis"]["margin"] == 0.5
    stop = shown["analysis"]["stop"]
    assert (stop["batch"], stop["most"]) == (10, 60)
    calls = stop["looks"][-1]
    assert {column["planned"] for column in shown["configurations"]} == {calls}
    assert calls < 60
    assert len(server.requests) == 2 * calls
    assert shown["comparisons"][0]["verdict"] == "equivalent"
    assert shown["analysis"]["n_changed_after_results"] is False


def test_each_look_is_an_event(server: FaultyServer, shell: Shell) -> None:
    file = shell.asks(server.url(), server.url(), repeats=10)

    events = shell("run", file, "--until-answered", "--batch", 5, "--events").events

    looks = [(e["calls_of_each"], e["answered"]) for e in events if e["event"] == "looked"]
    assert looks == [(5, False), (10, False)]
    assert [e["event"] for e in events].count("stored") == 20


def test_the_plan_of_a_run_that_may_end_early_is_its_most(
    server: FaultyServer, shell: Shell
) -> None:
    file = shell.asks(server.url(), server.url(), repeats=40)

    said = shell("run", file, "--until-answered", "--dry-run")

    assert "80 calls, about" in said.out
    assert "it ends as soon as the question is answered (a look after every 10 calls of" in said.out
    assert server.requests == []


def test_a_batch_without_a_stop_is_refused(server: FaultyServer, shell: Shell) -> None:
    said = shell("run", shell.asks(server.url(), server.url()), "--batch", 5)

    assert (said.code, server.requests) == (2, [])
    assert said.err.strip() == "--batch says how often it is looked: add --until-answered."


def test_repeats_on_the_command_line_are_the_most_of_a_file_that_stops(
    server: FaultyServer, shell: Shell
) -> None:
    file = shell.asks(server.url(), server.url(), repeats=40)
    text = file.read_text("utf-8")
    file.write_text(text.replace("[endpoints.e1]", "[analysis.stop]\nbatch = 5\n[endpoints.e1]"))

    shown = shell("run", file, "--repeats", 5, "--json").json

    assert shown["analysis"]["stop"]["most"] == 5
    assert len(server.requests) == 10


def test_a_margin_given_after_the_run_is_told(server: FaultyServer, shell: Shell) -> None:
    shell("run", shell.asks(server.url(), server.url(), repeats=5))

    plain = shell("analyze", "latest", "--json").json
    changed = shell("analyze", "latest", "--margin", 0.3, "--json").json

    told = "What is compared, or how, was given after the results"
    assert not any(each.startswith(told) for each in plain["warnings"])
    assert any(each.startswith(told) for each in changed["warnings"])
    assert changed["analysis"]["margin"] == 0.3


def test_a_rule_for_answers_is_previewed_and_then_used(shell: Shell) -> None:
    file = outputs(shell, A=["It is yes."] * 6 + ["hm"], B=["No!", "yes"] * 4)

    preview = shell("analyze", file, "--labels", "yes, no", "--preview", "--json").json
    used = shell("analyze", file, "--labels", "yes, no", "--json").json

    assert preview["rule"] == "one of yes, no"
    assert preview["configurations"][0] == {
        "name": "A",
        "answers": 7,
        "values": {"yes": 6},
        "without": 1,
        "examples_without": ["hm"],
    }
    distinct = [c["metrics"]["distinct"]["value"] for c in used["configurations"]]
    assert distinct == [2, 2]
    words = shell("analyze", file, "--labels", "yes, no", "--preview").out
    assert "    6 ×  yes" in words
    assert "without a value: hm" in words


def test_a_preview_needs_a_rule_and_a_rule_must_be_one(shell: Shell) -> None:
    file = outputs(shell, A=["x"])

    assert shell("analyze", file, "--preview").err.startswith("There is no rule to preview.")
    both = shell("analyze", file, "--number", "--labels", "a,b")
    assert both.code == 2
    assert both.err.startswith("analysis.answer needs exactly one of labels, number,")


def test_clusters_are_told_with_their_threshold(shell: Shell) -> None:
    file = outputs(shell, A=["a red apple", "a red apple !"] * 3)

    shown = shell("analyze", file, "--similar", 0.7, "--json").json

    assert shown["clusters"]["similar"] == 0.7
    assert shown["configurations"][0]["metrics"]["distinct"]["value"] == 1


def test_files_are_compared_with_each_other(shell: Shell) -> None:
    first = outputs(shell, A=["x"] * 6)
    second = shell.file(
        json.dumps({"configurations": [{"name": "A", "outputs": ["y"] * 6}]}), "later.json"
    )

    shown = shell("analyze", first, second, "--json").json

    assert [c["name"] for c in shown["configurations"]] == ["A (outputs)", "A (later)"]
    assert shown["comparisons"]


@pytest.mark.parametrize(
    ("options", "calls"),
    [
        (["--half-width", "0.1", "--of", "share"], 97),
        (["--rate", "0.05"], 59),
        (["--difference", "0.2", "--at", "0.7", "--of", "share"], 102),
    ],
)
def test_calls_are_planned_before_a_run(options: list[str], calls: int, shell: Shell) -> None:
    shown = shell("plan-calls", *options, "--json").json

    assert shown["calls"] == calls
    assert shell("plan-calls", *options).out.startswith(f"{calls} calls")


def test_without_a_question_a_table_says_what_calls_can_tell(shell: Shell) -> None:
    shown = shell("plan-calls", "--json").json

    assert [row["calls"] for row in shown["calls"]] == [5, 10, 20, 30, 50, 100, 200, 300, 500]
    assert "±0.33" in shell("plan-calls").out


def test_after_a_run_it_is_told_how_many_more_would_tell(
    server: FaultyServer, shell: Shell
) -> None:
    shell("run", shell.asks(server.url(), server.url(), repeats=6))

    shown = shell("plan-calls", "latest", "--json").json

    (pair,) = shown["open"]
    assert (pair["a"], pair["b"], pair["calls"]) == ("C1", "C2", 6)
    assert pair["more"] == pair["needed"] - 6
    assert shell("plan-calls", "latest").out.startswith("C1 and C2: about ")


def test_two_questions_at_once_and_a_wrong_kind_are_refused(shell: Shell) -> None:
    both = shell("plan-calls", "--rate", 0.1, "--half-width", 0.1)
    wrong = shell("plan-calls", "--half-width", 0.1, "--of", "entropy")

    assert (both.code, wrong.code) == (2, 2)
    assert both.err.startswith("One question at a time")
    assert wrong.err.strip() == "--of is 'entropy', but must be agreement or share."
