"""Runs as files, runs that go for good, and runs compared with earlier ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.cli.exits import Exit
from tests.cli.shell import KEY, Shell
from tests.faulty import FaultyServer

CANARY = "A fruit that is named nowhere else: quince-7731."


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as running:
        yield running


def ids(shell: Shell) -> list[str]:
    return [each["id"] for each in shell("runs", "--store", shell.store, "--json").json["runs"]]


def asked(shell: Shell, server: FaultyServer, *more: object, fault: str = "ok") -> str:
    file = shell.asks(server.url(fault), repeats=6)
    said = shell("run", file, "--store", shell.store, "--json", "--new", *more)
    assert said.code == 0, said.err
    return str(said.json["run"])


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "parquet"])
def test_a_run_goes_out_is_deleted_and_comes_back(
    form: str, shell: Shell, server: FaultyServer
) -> None:
    run = asked(shell, server)
    before, after = shell.folder / f"a.{form}", shell.folder / f"b.{form}"
    assert shell("export", run, "--to", before, "--store", shell.store).code == 0
    assert shell("delete", run, "--yes", "--store", shell.store).code == 0
    assert ids(shell) == []

    said = shell("import", before, "--store", shell.store)
    again = shell("import", before, "--store", shell.store, "--json")

    assert said.out == f"{run}  Fruit, 6 of 6 samples: is imported.\n"
    assert again.json["imported"][0]["already"] is True
    assert shell("export", run, "--to", after, "--store", shell.store).code == 0
    assert before.read_bytes() == after.read_bytes()
    assert KEY.encode() not in before.read_bytes()


def test_what_is_deleted_is_in_the_file_no_more(shell: Shell, server: FaultyServer) -> None:
    file = shell.asks(server.url("ok"), repeats=2)
    file.write_text(file.read_text().replace("Name a fruit.", CANARY))
    shell("run", file, "--store", shell.store)
    held = b"".join(
        each.read_bytes() for each in shell.folder.glob("lab.sqlite*") if each.is_file()
    )
    assert CANARY.encode() in held

    said = shell("delete", "latest", "--yes", "--store", shell.store)

    assert said.code == 0
    for each in shell.folder.rglob("lab.sqlite*"):
        assert not each.is_file() or CANARY.encode() not in each.read_bytes()


def test_nothing_is_deleted_without_a_yes(shell: Shell, server: FaultyServer) -> None:
    run = asked(shell, server)

    said = shell("delete", run, "--store", shell.store)

    assert said.code == Exit.WRONG_INPUT
    assert "Nothing was deleted: nobody is there to be asked. Add --yes." in said.err
    assert ids(shell) == [run]


def test_a_file_that_is_no_run_changes_nothing(shell: Shell, server: FaultyServer) -> None:
    run = asked(shell, server)
    bad = shell.file('{"planned": []}', "bad.json")

    said = shell("import", bad, "--store", shell.store)

    assert (said.code, said.out) == (Exit.WRONG_INPUT, "")
    assert said.err.startswith("The file is JSON, but no exported run.")
    assert shell("import", shell.folder / "none.json", "--store", shell.store).code == 2
    assert ids(shell) == [run]


def test_an_imported_run_is_not_resumed(shell: Shell, server: FaultyServer) -> None:
    run = asked(shell, server)
    file = shell.folder / "run.json"
    shell("export", run, "--to", file, "--store", shell.store)
    other = shell.folder / "other.sqlite"
    shell("import", file, "--store", other)
    before = len(server.requests)

    said = shell("resume", run, "--repeats", 9, "--store", other)

    assert said.code == Exit.WRONG_INPUT
    assert "This run was imported, so nothing is added to it." in said.err
    assert len(server.requests) == before


def test_a_report_is_written(shell: Shell, server: FaultyServer) -> None:
    run = asked(shell, server)
    one, two = shell.folder / "one.html", shell.folder / "two.html"

    assert shell("report", run, "--to", one, "--store", shell.store).code == 0
    assert shell("export", run, "--to", two, "--store", shell.store).code == 0

    for each in (one, two):
        assert "default-src &#x27;none&#x27;" in each.read_text()
        assert run in each.read_text()


def test_two_runs_are_compared(shell: Shell, server: FaultyServer) -> None:
    then, now = asked(shell, server), asked(shell, server)

    said = shell("compare", then, now, "--store", shell.store, "--json").json

    assert (said["then"], said["now"], said["differs"]) == (then, now, False)
    assert {each["family"] for each in said["comparisons"]} == {"primary", "exploratory"}
    assert "No difference was found" in shell("compare", then, now, "--store", shell.store).out
    assert shell("compare", then, then, "--store", shell.store).code == Exit.WRONG_INPUT


def saying(shell: Shell, server: FaultyServer, fault: str, *more: object) -> tuple[int, str]:
    """Run the same experiment where its server plays something else."""
    file = shell.file(
        f"""
name = "Fruit"
repeats = 20
messages = [{{ role = "user", content = "Name a fruit." }}]
[endpoints.mine]
base_url = "{server.url(fault)}"
[[configurations]]
name = "C1"
endpoint = "mine"
model = "some-model"
"""
    )
    said = shell("run", file, "--new", "--store", shell.store, "--json", *more)
    return said.code, said.out


def test_a_check_says_by_its_status_whether_a_new_run_differs(
    shell: Shell, server: FaultyServer
) -> None:
    code, out = saying(shell, server, "ok")
    run = json.loads(out)["run"]

    same, _ = saying(shell, server, "ok", "--check", run)
    other, out = saying(shell, server, "xss", "--check", run)

    assert (code, same, other) == (0, 0, Exit.DIFFERS)
    check = json.loads(out)["check"]
    assert (check["then"], check["differs"]) == (run, True)
    assert check["says"].startswith("Different: ")
    assert "asked something else" in check["notes"][0]  # the address is another one


def test_a_check_by_latest_means_the_run_before(shell: Shell, server: FaultyServer) -> None:
    _, out = saying(shell, server, "ok")

    _, later = saying(shell, server, "ok", "--check", "latest")

    assert json.loads(later)["check"]["then"] == json.loads(out)["run"]


def test_a_check_that_can_not_be_made_sends_nothing(
    shell: Shell, server: FaultyServer, tmp_path: Path
) -> None:
    run = asked(shell, server)
    before = len(server.requests)
    file = shell.asks(server.url("ok"), repeats=2)
    file.write_text(file.read_text().replace('name = "C1"', 'name = "Other"'))

    said = shell("run", file, "--check", run, "--store", shell.store)
    none = shell("run", file, "--check", "01ZZ", "--store", shell.store)

    assert (said.code, none.code) == (Exit.WRONG_INPUT, Exit.WRONG_INPUT)
    assert "has no configuration 'Other', so it can't be checked." in said.err
    assert len(server.requests) == before


def test_a_check_of_a_run_without_all_its_answers_is_not_made(
    shell: Shell, server: FaultyServer
) -> None:
    _, out = saying(shell, server, "ok")
    run = json.loads(out)["run"]

    code, out = saying(shell, server, "400_param", "--check", run)

    assert code == Exit.REFUSED
    assert "check" not in json.loads(out)


def test_events_end_with_the_check(shell: Shell, server: FaultyServer) -> None:
    run = asked(shell, server)
    file = shell.asks(server.url("ok"), repeats=6)

    said = shell("run", file, "--new", "--check", run, "--events", "--store", shell.store)

    last = said.events[-1]
    assert (last["event"], last["complete"], last["check"]["differs"]) == ("done", True, False)
