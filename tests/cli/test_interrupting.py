"""Signals, kills, full disks and second processes: a run that breaks off can be carried on."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import Said, Shell, lines, until
from tests.faulty import FaultyServer

resource = pytest.importorskip("resource", reason="Windows has other signals, and no limits")

KILLS = 4
AT_ONCE = 6
SLACK_S = 10
"""What a busy machine may add to a limit."""


@pytest.fixture
def draw() -> random.Random:
    seed = int(os.environ.get("SAMPLING_LAB_TEST_SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"SAMPLING_LAB_TEST_SEED={seed}\n")  # pytest shows it with a failure
    return random.Random(seed)


def accepted(store: Path) -> set[str]:
    """Samples that a reader of the file sees, by `C.R`."""
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT number, repeat FROM planned_sample "
            "WHERE id IN (SELECT planned_sample FROM sample)"
        )
        return {f"{number}.{repeat}" for number, repeat in rows}


def test_an_event_says_stored_only_after_its_commit_and_at_once(
    shell: Shell, server: FaultyServer
) -> None:
    seen: list[str] = []

    def apple(asked: dict[str, Any], number: int) -> str:
        until(lambda: len(seen) == number - 1)  # an event held back would hold everything up
        return "Apple"

    server.answer = apple
    process = shell.start(
        "run", shell.asks(server.url(), repeats=6), "--events", "--concurrency", 1
    )
    for event in lines(process):
        if event["event"] == "stored":
            assert event["sample"] in accepted(shell.store)
            seen.append(event["sample"])

    assert (len(seen), shell.finish(process).code) == (6, 0)


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)],
    ids=["SIGINT", "SIGTERM", "SIGHUP"],
)
def test_a_signal_ends_a_run_in_good_order(
    number: signal.Signals, code: int, shell: Shell, server: FaultyServer
) -> None:
    server.latency_s = 0.2
    file = shell.asks(server.url(), repeats=200)
    process = shell.start("run", file)
    until(lambda: len(server.requests) > 10)

    began = time.monotonic()
    process.send_signal(number)
    said = shell.finish(process)

    assert time.monotonic() - began < 1 + SLACK_S
    assert said.code == code
    assert "Traceback" not in said.err
    (run,) = shell("runs", "--json").json["runs"]
    assert (run["state"], run["samples"]) == ("interrupted", len(server.requests))
    assert said.err.splitlines()[-1] == (
        f"Interrupted. {run['samples']} of 200 planned samples are stored. The same command goes "
        f"on, and so does: python -m lib resume {run['id']}"
    )


def test_calls_that_never_end_are_given_five_seconds(shell: Shell, server: FaultyServer) -> None:
    process = shell.start("run", shell.asks(server.url("hang"), repeats=5), "--json")
    until(lambda: len(server.requests) > 0)

    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    said = shell.finish(process)

    assert 4.5 < time.monotonic() - began < 6 + SLACK_S
    assert said.code == 143
    assert said.json["configurations"][0]["outcomes"] == {
        **dict.fromkeys(("ok", "empty", "filtered", "refused", "tool_call", "malformed"), 0),
        "failed": 1,  # it was sent, so it may have been billed
        "not_sent": 4,
    }


def test_a_second_signal_ends_at_once(shell: Shell, server: FaultyServer) -> None:
    process = shell.start("run", shell.asks(server.url("hang"), repeats=5))
    until(lambda: len(server.requests) > 0)

    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    until(lambda: process.poll() is not None or time.monotonic() - began > 0.5)
    process.send_signal(signal.SIGINT)
    said = shell.finish(process)

    assert (said.code, time.monotonic() - began < 4.5) == (130, True)


def test_a_signal_that_is_ignored_stays_ignored(shell: Shell, server: FaultyServer) -> None:
    server.latency_s = 0.1
    process = shell.start(
        "run",
        shell.asks(server.url(), repeats=24),
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),  # as nohup does
    )
    until(lambda: len(server.requests) > 3)
    process.send_signal(signal.SIGHUP)

    assert (shell.finish(process).code, len(server.requests)) == (0, 24)


def test_whoever_stops_reading_events_stops_the_run(shell: Shell, server: FaultyServer) -> None:
    server.latency_s = 0.05
    process = shell.start("run", shell.asks(server.url(), repeats=200), "--events")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    with process.stderr as said:
        err = said.read().decode()

    assert process.wait(30) == 1
    assert len(server.requests) < 100
    assert "Traceback" not in err
    assert "python -m lib resume" in err


def test_a_second_process_is_told_who_has_the_run(shell: Shell, server: FaultyServer) -> None:
    server.latency_s = 0.2
    file = shell.asks(server.url(), repeats=100)
    first = shell.start("run", file, "--events")
    run = next(lines(first))["run"]

    for command in (["run", file], ["resume", run], ["resume", run, "--repeats", 200]):
        began = time.monotonic()
        said = shell(*command)
        assert (said.code, said.out) == (1, "")
        assert f"Process {first.pid} is carrying this run out." in said.err
        assert time.monotonic() - began < 2 + SLACK_S

    first.kill()
    shell.finish(first)
    server.latency_s = 0
    assert shell("run", file, "--events").events[0]["run"] == run
    assert shell("runs", "--json").json["runs"][0]["samples"] == 100


def test_another_experiment_runs_beside_it(shell: Shell, server: FaultyServer) -> None:
    server.latency_s = 0.1
    first = shell.start("run", shell.asks(server.url(), repeats=40), "--events")
    next(lines(first))

    second = shell("run", shell.asks(server.url(), repeats=5, temperature=1), "--events")

    assert (second.code, shell.finish(first).code) == (0, 0)
    assert [each["samples"] for each in shell("runs", "--json").json["runs"]] == [5, 40]


def test_a_full_disk_ends_the_calls_with_a_sentence_and_space_lets_it_go_on(
    shell: Shell, server: FaultyServer
) -> None:
    server.answer = lambda asked, number: random.Random(number).randbytes(6000).hex()
    file = shell.asks(server.url(), repeats=300)
    room = 600_000
    process = shell.start(
        "run",
        file,
        "--events",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    said = shell.finish(process)

    assert said.code == 1
    assert "The disk is full, or failing" in said.err
    assert "Traceback" not in said.err
    acknowledged = {each["sample"] for each in said.events if each["event"] == "stored"}
    assert 5 < len(acknowledged) < 300
    paid = len(server.requests)
    assert paid - len(acknowledged) <= 2 * 8  # under way, or committed but not yet told
    assert acknowledged <= accepted(shell.store)

    again = shell("run", file, "--events")
    assert (again.code, again.events[0]["carried_on"]) == (0, True)
    assert len(server.requests) - paid == 300 - again.events[0]["stored"]


def test_a_folder_that_can_not_be_written_to_costs_no_call(
    shell: Shell, server: FaultyServer
) -> None:
    said = shell("run", shell.asks(server.url()), "--store", "/proc/lab.sqlite")

    assert (said.code, server.requests) == (1, [])
    assert said.err.count("\n") == 1


# Killed without warning


class Killed:
    """Runs of one experiment, each killed at some moment, and what they had said until then."""

    def __init__(self, shell: Shell, file: Path, server: FaultyServer) -> None:
        self.shell, self.file, self.server = shell, file, server
        self.stored: set[str] = set()
        self.runs: set[str] = set()

    def round(self, moment: int) -> None:
        """Run until so many further calls have come, then kill."""
        process = self.shell.start(
            "run", self.file, "--events", "--concurrency", AT_ONCE, "--timeout", 30
        )
        wanted = len(self.server.requests) + moment
        until(lambda: len(self.server.requests) >= wanted or process.poll() is not None)
        process.kill()
        out = self.shell.finish(process).out
        self._hear(json.loads(line) for line in out.splitlines() if line.endswith("}"))

    def _hear(self, events: Any) -> None:
        for event in events:
            self.runs.add(event["run"])
            if event["event"] == "stored":
                assert event["sample"] not in self.stored  # it would be a second answer
                self.stored.add(event["sample"])

    def last_round(self) -> Said:
        said = self.shell("run", self.file, "--events", "--concurrency", AT_ONCE)
        self._hear(said.events)
        return said


def test_a_run_that_is_killed_again_and_again_loses_nothing_and_doubles_nothing(
    shell: Shell, server: FaultyServer, draw: random.Random
) -> None:
    server.latency_s = 0.02
    server.answer = lambda asked, number: f"Apple {number} \u00e4"
    planned = 2 * 60
    killed = Killed(shell, shell.asks(server.url(), server.url(), repeats=60), server)
    for _ in range(KILLS):
        before = len(server.requests)
        killed.round(draw.randint(0, 25))
        assert killed.stored <= accepted(shell.store)
        assert len(server.requests) - before < planned

    said = killed.last_round()

    assert said.code == 0
    assert len(killed.runs) == 1  # the same command, without an id
    everything = {f"{number}.{repeat}" for number in (1, 2) for repeat in range(1, 61)}
    assert accepted(shell.store) == everything
    assert planned <= len(server.requests) <= planned + KILLS * AT_ONCE
    check_bytes(shell, server, said.events[0]["run"])


def check_bytes(shell: Shell, server: FaultyServer, run: str) -> None:
    """Every request as the server got it, every reply as it sent it; none doubled."""
    store = shell.opened()
    try:
        attempts = [attempt for slot, _ in store.planned(run) for attempt in store.attempts(slot)]
    finally:
        store.close()
    sent = Counter(hashlib.sha256(attempt.request.body).hexdigest() for attempt in attempts)
    came = Counter(each.sha256 for each in server.requests)
    assert came - sent == Counter()  # a call is written down before it is made
    replies = [attempt.reply for attempt in attempts if attempt.reply is not None]
    kept = Counter(hashlib.sha256(reply.body).hexdigest() for reply in replies)
    assert kept - Counter(each.sent_sha256 for each in server.requests) == Counter()
    assert len(replies) == sum(attempt.accepted for attempt in attempts) == 120
    assert max(kept.values()) == 1  # each answer has its number


def test_every_byte_of_every_try_is_kept(shell: Shell, server: FaultyServer) -> None:
    server.answer = lambda asked, number: f"Apple {number}"
    faults = ("500", "truncated_json", "bad_utf8", "502_html", "429_ms", "error_200", "sse_error")
    urls = [server.url(f"first:1:{fault}") for fault in faults]
    said = shell("run", shell.asks(*urls, repeats=3), "--events")

    assert said.code == 0
    store = shell.opened()
    attempts = [
        attempt
        for slot, _ in store.planned(said.events[0]["run"])
        for attempt in store.attempts(slot)
    ]
    store.close()
    assert len(attempts) == len(server.requests) == 3 * len(faults) + len(faults)
    assert Counter(hashlib.sha256(each.request.body).hexdigest() for each in attempts) == Counter(
        each.sha256 for each in server.requests
    )
    assert Counter(
        hashlib.sha256(each.reply.body).hexdigest() for each in attempts if each.reply
    ) == Counter(each.sent_sha256 for each in server.requests)
