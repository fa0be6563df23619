"""`run` and `resume`: what they ask, what they say, and with which status they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import KEY, Shell, experiment
from tests.faulty import FaultyServer
from tests.faulty.server import refused_url


def test_a_run_asks_what_was_planned_and_prints_the_comparison(
    shell: Shell, server: FaultyServer
) -> None:
    said = shell("run", shell.asks(server.url(), server.url("csv"), repeats=5))

    assert (said.code, len(server.requests)) == (0, 10)
    assert server.keys == {f"Bearer {KEY}"}
    assert "C1" in said.out
    assert "Apple" in said.out
    assert "5 of 5" in said.out
    assert "10 calls" in said.err


def test_the_share_that_passes_each_check_is_printed_with_its_interval(
    shell: Shell, server: FaultyServer
) -> None:
    checks = (
        '[[checks]]\nname = "is [bold]short"\nmax_words = 1\n'
        '[[checks]]\nname = "is a plum"\nequals = "Plum"\n'
    )
    file = shell.file(experiment(server.url(), server.url(), repeats=5) + checks)

    for said in (shell("run", file), shell("analyze", "latest")):
        lines = [line.split() for line in said.out.splitlines()]
        assert "is [bold]short" in said.out
        both = ["5", "of", "5,", "100%", "(57%–100%)", "0", "of", "5,", "0%", "(0%–43%)"]
        assert ["C1", *both] in lines
        assert ["C2", *both] in lines


CONTRACT = json.loads("""
{
  "format": 1, "run": "01J", "experiment": "Temperature ladder", "complete": true, "warnings": [],
  "analysis": {"alpha": 0.05, "margin": 0.10, "permutations": 9999, "seed": 1,
               "n_changed_after_results": false},
  "configurations": [
    {"name": "T = 0", "endpoint": "local", "model": "m", "settings": {},
     "planned": 20, "samples": 18,
     "outcomes": {"ok": 16, "empty": 0, "filtered": 1, "refused": 0, "tool_call": 1,
                  "malformed": 0, "failed": 2, "not_sent": 0},
     "errors": {},
     "finish_reasons": {"stop": {"count": 16, "share": 0.889, "low": 0.672, "high": 0.969}},
     "provider_finish_reasons": {"stop": 16},
     "metrics": {"collision_probability":
                   {"value": 0.41, "low": 0.18, "high": 0.69, "n": 16, "method": ""},
                 "distinct": {"value": 7, "low": null, "high": null, "n": 16, "method": "count",
                              "why_no_interval": ""}},
     "checks": {"is a fruit": {"value": 0.9, "low": 0.7, "high": 0.97, "n": 16, "method": ""}},
     "usage": {"input_tokens": 0, "output_tokens": 0, "cached_tokens": 0, "reasoning_tokens": 0,
               "cost_usd": null},
     "latency_s": {"median": {"value": 0.4, "low": 0.3, "high": 0.5, "n": 18, "method": ""},
                   "p95": {"value": null, "why": "needs 72 calls"}}}
  ],
  "comparisons": [
    {"a": "T = 0", "b": "T = 1", "metric": "collision_probability", "family": "primary",
     "difference": 0.0, "low": 0.0, "high": 0.0, "p": 0.0, "p_adjusted": 0.0, "effect": 0.0,
     "method": "", "verdict": "different", "says": "", "calls_needed": null}
  ]
}
""")


def missing(example: Any, given: Any, path: str = "") -> list[str]:
    """Key paths of the example that are not in what was given; of lists, in any item."""
    match example, given:
        case dict(), dict():
            return [
                found
                for name, inner in example.items()
                for found in (
                    missing(inner, given[name], f"{path}.{name}")
                    if name in given
                    else [f"{path}.{name}"]
                )
            ]
        case [inner, *_], list():
            return [
                found
                for index, each in enumerate(given)
                for found in missing(inner, each, f"{path}[{index}]")
            ]
        case ([], list()):
            return []
        case (dict(), _) | (list(), _):
            return [path]
        case _:
            return []


CHECK = '[[checks]]\nname = "is a fruit"\nmatches = "(?i)apple|pear"\n'


@pytest.mark.parametrize("command", ["run", "analyze", "show"])
def test_json_is_one_ascii_document_with_every_key_of_the_contract(
    command: str, shell: Shell, server: FaultyServer
) -> None:
    server.answer = lambda asked, number: ["Apple", "Pear", "Äpfel \u202e"][number % 3]
    file = shell.file(experiment(server.url(), server.url(), repeats=12) + CHECK)
    said = shell("run", file, "--json")
    if command != "run":
        said = shell(command, "latest", "--json")

    assert said.out.isascii()
    assert said.json["format"] == 1
    assert missing(CONTRACT, said.json) == []
    for configuration in said.json["configurations"]:
        assert sum(configuration["outcomes"].values()) == configuration["planned"] == 12
    assert said.json["complete"]


def test_json_of_a_run_with_faults_adds_up_and_says_why(shell: Shell, server: FaultyServer) -> None:
    urls = [server.url(f) for f in ("ok", "400_param", "empty_choices", "content_filter")]
    said = shell("run", shell.asks(*urls, repeats=3), "--json", "--concurrency", 1)

    assert (said.code, said.json["complete"]) == (1, False)
    by_name = {each["name"]: each for each in said.json["configurations"]}
    assert all(sum(each["outcomes"].values()) == 3 for each in by_name.values())
    assert by_name["C2"]["errors"] == {"refused_setting": 1}
    assert by_name["C2"]["outcomes"]["not_sent"] == 2
    assert by_name["C3"]["outcomes"]["malformed"] == 3
    assert by_name["C4"]["outcomes"]["filtered"] == 3
    refused = "C2: some-model at e2 doesn't take max_tokens."
    assert any(each.startswith(refused) for each in said.json["warnings"])
    assert (
        "C3: 9 tries brought no answer. They are kept beside their samples."
        in said.json["warnings"]
    )
    assert refused in said.err


def test_events_are_one_object_a_line(shell: Shell, server: FaultyServer) -> None:
    said = shell(
        "run", shell.asks(server.url("first:1:503_retry"), repeats=3), "--events", "--timeout", 9
    )

    assert said.code == 0
    assert said.out.isascii()
    first, *events, last = said.events
    assert first == {
        "event": "planned",
        "run": first["run"],
        "calls": 3,
        "stored": 0,
        "carried_on": False,
    }
    assert last == {"event": "done", "run": first["run"], "complete": True}
    assert sorted(each["sample"] for each in events if each["event"] == "stored") == [
        "1.1",
        "1.2",
        "1.3",
    ]
    stored = next(each for each in events if each["event"] == "stored")
    assert (stored["configuration"], stored["finish_reason"], stored["text"]) == (
        "C1",
        "stop",
        "Apple",
    )
    (failed,) = [each for each in events if each["event"] == "failed"]
    assert (failed["error"], failed["says"]) == ("overloaded", "e1 is overloaded (status 503).")


def test_a_pause_is_an_event_with_its_end(shell: Shell, server: FaultyServer) -> None:
    said = shell("run", shell.asks(server.url("first:1:429_seconds:1"), repeats=2), "--events")

    (paused,) = [each for each in said.events if each["event"] == "paused"]
    assert paused["until"].endswith("+00:00")


def test_json_and_events_can_not_both_have_stdout(shell: Shell, server: FaultyServer) -> None:
    said = shell("run", shell.asks(server.url()), "--json", "--events")

    assert said == type(said)(2, "", "--json and --events can't both have stdout. Choose one.\n")
    assert server.requests == []


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(
    form: list[str], shell: Shell, server: FaultyServer
) -> None:
    file = shell.asks(server.url(), server.url("csv"), repeats=7, temperature=0.5, stop=["x"])
    said = shell("run", file, "--dry-run", *form)

    assert (said.code, server.requests, shell.store.exists()) == (0, [], False)
    shell("run", file)
    sent = [each.json for each in server.requests]
    if form:
        assert said.json["plan"]["calls"] == 14
        assert [each["calls"] for each in said.json["configurations"]] == [7, 7]
        shown = [each["request"] for each in said.json["configurations"]]
        assert all(each in shown for each in sent)
        assert shown[0] in sent
        assert said.json["configurations"][0]["user_set"] == {"temperature": 0.5, "stop": ["x"]}
        assert "top_p" in said.json["configurations"][0]["not_sent"]
    else:
        assert json.dumps(sent[0], indent=2, ensure_ascii=False) in said.out
        assert "14 calls" in said.out
        assert said.out.endswith("Nothing was sent.\n")


@pytest.mark.parametrize(
    ("faults", "options", "code"),
    [
        (["ok"], [], 0),
        (["ok", "400_param"], [], 1),
        (["empty_choices"], [], 1),
        (["ok"], ["--max-calls", 3], 3),
        (["401"], ["--max-calls", 5], 4),
        (["401"], [], 4),
        (["404_model"], [], 4),
        (["429_long"], [], 4),
        (["402", "400_param"], [], 4),
        ([""], [], 4),  # nobody there
    ],
)
def test_the_status_says_how_a_run_ended(
    faults: list[str], options: list[Any], code: int, shell: Shell, server: FaultyServer
) -> None:
    urls = [server.url(fault) if fault else refused_url() for fault in faults]
    said = shell("run", shell.asks(*urls), "--concurrency", 1, *options, "--events")

    assert said.code == code
    assert said.events[-1]["complete"] is (code == 0)
    assert ("python -m lib resume" in said.err) is (code != 0)


def test_the_budget_is_kept_to_the_call_and_the_same_command_goes_on(
    shell: Shell, server: FaultyServer
) -> None:
    file = shell.asks(server.url("first:2:500"), server.url(), repeats=10)
    said = shell("run", file, "--max-calls", 7)
    assert (said.code, len(server.requests)) == (3, 7)
    assert "Stopped by the budget." in said.err

    again = shell("run", file, "--events")
    assert (again.code, again.events[0]["carried_on"]) == (0, True)
    assert len(server.requests) == 22  # 20 samples, and two failures

    anew = shell("run", file, "--events")  # it is complete, so the model is asked again
    assert (anew.events[0]["carried_on"], len(server.requests)) == (False, 42)


def test_new_starts_a_run_although_one_is_unfinished(shell: Shell, server: FaultyServer) -> None:
    file = shell.asks(server.url(), repeats=3)
    first = shell("run", file, "--max-calls", 1, "--events").events[0]["run"]

    second = shell("run", file, "--new", "--events").events[0]

    assert second["run"] != first
    assert second["calls"] == 3
    assert len(server.requests) == 4


def test_resume_raises_the_repeats_and_pays_for_the_missing(
    shell: Shell, server: FaultyServer
) -> None:
    run = shell("run", shell.asks(server.url(), repeats=2), "--events").events[0]["run"]

    said = shell("resume", run[:12], "--repeats", 5, "--json")

    assert (said.code, len(server.requests)) == (0, 5)
    assert said.json["run"] == run
    assert said.json["analysis"]["n_changed_after_results"]
    assert shell("resume", "latest", "--repeats", 3).code == 2
    assert shell("runs", "--json").json["runs"][0]["state"] == "finished"
    assert shell("resume").code == 0  # nothing is missing, so nothing is asked
    assert len(server.requests) == 5


def test_failed_samples_get_new_tries_where_asked_for(shell: Shell, server: FaultyServer) -> None:
    file = shell.asks(server.url("first:3:empty_choices"), repeats=2)
    assert shell("run", file, "--concurrency", 1).code == 1
    assert shell("resume").code == 1
    assert len(server.requests) == 4

    assert shell("resume", "--retry-failed").code == 0
    assert len(server.requests) == 5


def test_a_resume_names_the_store_that_it_needs(
    shell: Shell, server: FaultyServer, tmp_path: Path
) -> None:
    other = tmp_path / "another place" / "runs.sqlite"
    said = shell("run", shell.asks(server.url()), "--store", other, "--max-calls", 1)

    assert f"--store '{other}'" in said.err
    assert shell("runs", "--store", f"sqlite:///{other}", "--json").json["runs"][0]["samples"] == 1
    assert not shell.store.exists()


def test_more_repeats_than_the_file_says(shell: Shell, server: FaultyServer) -> None:
    assert shell("run", shell.asks(server.url(), repeats=2), "--repeats", 3).code == 0
    assert len(server.requests) == 3


def test_the_key_is_in_nothing_that_is_said_or_kept(shell: Shell, server: FaultyServer) -> None:
    urls = [server.url(f) for f in ("echo_headers", "401_echo_key", "param_echo_key")]
    file = shell.asks(*urls, repeats=2)
    said = [
        shell("run", file),
        shell("resume", "--retry-failed", "--events"),
        shell("show", "--json"),
        *(shell("show", "--sample", f"{number}.1") for number in (1, 2, 3)),
        shell("export", "latest", "--to", "-", "--format", "json"),
        shell("runs", "--json"),
    ]

    assert {each.authorization for each in server.requests} == {f"Bearer {KEY}"}
    assert not any(KEY in each.out + each.err for each in said)
    for path in shell.folder.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()


def test_never_more_calls_at_once_than_were_allowed(shell: Shell, server: FaultyServer) -> None:
    server.latency_s = 0.05
    shell("run", shell.asks(server.url(), server.url(), repeats=10), "--concurrency", 3)

    assert server.max_in_flight == 3


def test_a_call_that_takes_too_long_is_ended(shell: Shell, server: FaultyServer) -> None:
    said = shell("run", shell.asks(server.url("hang"), repeats=1), "--timeout", 1, "--events")

    assert said.code == 4
    assert {each["error"] for each in said.events if each["event"] == "failed"} == {"timeout"}
