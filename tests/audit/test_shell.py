"""`audit` in the shell: the plan, the report, the document, and its exit statuses."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.audit.model import Behaviour
from tests.audit.server import ModelServer
from tests.cli.shell import KEY, Shell, until


@pytest.fixture(autouse=True)
def _nothing_of_the_testers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SAMPLING_LAB_STORE", "SAMPLING_LAB_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def arguments(server: ModelServer, *more: object) -> tuple[object, ...]:
    where = ("--endpoint", "mine", "--base-url", server.url, "--model", "gpt-4o")
    return ("audit", *where, "--concurrency", 1, *more)


def test_a_dry_run_shows_every_kind_of_call_and_sends_nothing(shell: Shell) -> None:
    with ModelServer() as server:
        said = shell(*arguments(server, "--dry-run", "--json", "--settings", "top_k,n"))
        words = shell(*arguments(server, "--dry-run"))

    assert (said.code, words.code, server.bodies) == (0, 0, [])
    assert said.json["plan"]["calls"] == 18 + 32 + 6
    sent = [each["request"] for each in said.json["steps"]["top_k"]["columns"]]
    assert [each.get("top_k") for each in sent] == [1, None]
    assert said.json["steps"]["n"]["columns"][0]["request"]["n"] == 3
    assert "356 calls (at most 574" in words.out


def test_the_document_says_what_each_setting_does_and_nothing_else_is_on_stdout(
    shell: Shell,
) -> None:
    with ModelServer(Behaviour(ignores=frozenset({"top_p"}))) as server:
        said = shell(*arguments(server, "--json", "--settings", "top_p, stop"))

    assert said.code == 0
    document = said.json
    assert {name: each["verdict"] for name, each in document["settings"].items()} == {
        "top_p": "ignored",
        "stop": "honoured",
    }
    assert (document["format"], document["endpoint"], document["model"]) == (1, "mine", "gpt-4o")
    assert document["calls"] == len(server.bodies)
    assert document["logprobs_describe"] == "unknown"  # it was not looked at
    tests = document["settings"]["top_p"]["evidence"]["tests"]["top_p"]
    assert {"n", "same", "p", "p_adjusted", "ratio_for_no_effect", "power"} <= tests.keys()
    assert "Audit of gpt-4o at mine: 70 calls" in said.err


def test_people_get_a_table_and_a_run_to_look_at(shell: Shell) -> None:
    with ModelServer() as server:
        said = shell(*arguments(server, "--settings", "top_p"))

    assert said.code == 0
    assert "With top_p = 0.001, 16 of 16 answers were the same" in said.out
    run = said.out.split()[-1].strip("`.")
    assert shell("show", run, "--json").json["experiment"] == "Audit of mine: top_p"


def test_the_key_of_the_named_variable_is_sent_and_in_no_output(shell: Shell) -> None:
    with ModelServer(status=401) as server:
        said = shell(*arguments(server, "--api-key-env", "MY_KEY"))

    assert said.code == 4
    assert said.err.splitlines()[-1] == (
        "The key for mine was refused. Check it under Endpoints, or in MY_KEY."
    )
    assert KEY not in said.out + said.err


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--settings", "warmth"), "An audit knows no setting 'warmth'."),
        (("--calls", "3"), "An audit takes 10 to 2,000 calls for each setting, not 3."),
        (("--dialect", "latin"), "--dialect latin: there is none."),
    ],
)
def test_wrong_input_is_a_sentence_and_sends_nothing(
    shell: Shell, more: tuple[str, str], says: str
) -> None:
    with ModelServer() as server:
        said = shell(*arguments(server, *more))

    assert (said.code, said.out, server.bodies) == (2, "", [])
    assert said.err.startswith(says)


def test_an_endpoint_that_nobody_knows_needs_an_address(shell: Shell) -> None:
    said = shell("audit", "--endpoint", "mine", "--model", "m")

    assert said.code == 2
    assert said.err.startswith("There is no endpoint 'mine'.")


def test_a_budget_that_can_not_be_kept_is_refused_before_anything_is_sent(shell: Shell) -> None:
    with ModelServer() as server:
        said = shell(*arguments(server, "--max-cost", "1"))

    assert (said.code, said.out, server.bodies) == (2, "", [])
    assert said.err == (
        "A budget in USD can't be kept, as no price is known for gpt-4o at 127.0.0.1, "
        "which is no vendor's address. Start the audit without a budget in USD.\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGINT for another process")
def test_an_interrupted_audit_says_where_its_answers_are(shell: Shell) -> None:
    with ModelServer() as server:
        process = shell.start(*arguments(server, "--json"))
        until(lambda: len(server.bodies) > 20)
        process.send_signal(signal.SIGINT)
        said = shell.finish(process)

    assert (said.code, said.out) == (130, "")
    assert "The audit was stopped, so there is no report. What was answered is kept" in said.err
    stored = sum(run["samples"] for run in shell("runs", "--json").json["runs"])
    assert stored == len(server.bodies)
