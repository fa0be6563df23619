"""`runs`, `show`, `analyze` and `export`: what is stored, told without doing harm."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.results import export
from tests.cli.shell import ROOT, Said, Shell, experiment
from tests.faulty import FaultyServer

ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What a terminal obeys, or what turns a line around: none of it may be written raw."""


def test_runs_lists_what_is_stored_the_newest_first(shell: Shell, server: FaultyServer) -> None:
    assert shell("runs").out.startswith("Nothing is stored yet.")
    assert shell("runs", "--json").json == {"format": 1, "runs": []}
    shell("run", shell.file(experiment(server.url(), name="First")))
    shell("run", shell.file(experiment(server.url(), repeats=5, name="Second")), "--max-calls", 2)

    said, listed = shell("runs"), shell("runs", "--json").json["runs"]

    assert [each["name"] for each in listed] == ["Second", "First"]
    assert [each["samples"] for each in listed] == [2, 4]
    assert [each["state"] for each in listed] == ["interrupted", "finished"]
    assert all(each["id"] in said.out for each in listed)
    assert "2 of 5" in said.out


def test_show_has_the_whole_request_and_response_of_a_sample(
    shell: Shell, server: FaultyServer
) -> None:
    shell("run", shell.asks(server.url("first:1:500"), repeats=1, temperature=0.5))

    said = shell("show", "--sample", "1.1")
    whole = shell("show", "latest", "--sample", "1.1", "--json").json

    assert [attempt["n"] for attempt in whole["attempts"]] == [1, 2]
    failed, good = whole["attempts"]
    assert failed["error"]["code"] == "server_error"
    assert failed["reply"]["status"] == 500
    assert json.loads(good["request"]["body"]["text"]) == server.requests[1].json
    assert good["request"]["user_set"] == {"temperature": 0.5}
    assert good["response"]["value"]["choices"][0]["message"]["content"] == "Apple"
    assert whole["read"]["output"] == "Apple"
    for word in ("Attempt 1", "Attempt 2", "server_error", '"temperature": 0.5', "chatcmpl-2"):
        assert word in said.out


@pytest.mark.parametrize("name", ["2.1", "1.9", "x", "0.0"])
def test_a_sample_that_is_not_there_is_a_sentence(
    name: str, shell: Shell, server: FaultyServer
) -> None:
    shell("run", shell.asks(server.url(), repeats=3))

    said = shell("show", "--sample", name)

    assert (said.code, said.out) == (2, "")
    assert said.err == f"The run has no sample {name!r}. Say C.R, from 1.1 to 1.3.\n"


@pytest.mark.parametrize(
    "fault", ["nan_json", "deep_json", "huge_int", "bad_utf8", "html_200", "sse_unasked"]
)
def test_any_reply_can_be_shown(fault: str, shell: Shell, server: FaultyServer) -> None:
    shell("run", shell.asks(server.url(fault), repeats=1), "--events")

    assert shell("show", "--sample", "1.1").code == 0
    assert shell("show", "--sample", "1.1", "--json").json["attempts"]


HOSTILE = "\x1b[31mred\x1b]0;title\x07 \u202egnirts\u2066 \x9b2J \r over"


@pytest.fixture
def hostile(shell: Shell, server: FaultyServer) -> Said:
    """A run whose names, messages and answers all try to act on the terminal."""
    server.answer = HOSTILE
    urls = [server.url(f) for f in ("ansi", "unicode", "ok", "ansi", "400_param", "401_echo_key")]
    text = experiment(*urls, repeats=2, name=HOSTILE).replace('"C1"', json.dumps(HOSTILE))
    return shell("run", shell.file(text.replace("Name a fruit", json.dumps(HOSTILE)[1:-1])))


def test_nothing_that_an_answer_or_a_name_holds_acts_on_the_terminal(
    hostile: Said, shell: Shell
) -> None:
    said = [
        hostile,
        shell("run", shell.folder / "fruit.toml", "--dry-run"),
        shell("run", shell.folder / "fruit.toml", "--events", "--new"),
        shell("runs"),
        shell("show"),
        shell("show", "--sample", "1.1"),
        shell("show", "--sample", "5.1"),
        shell("analyze", "latest"),
        *(shell(each, "--json") for each in ("runs", "show", "models", "doctor")),
        shell("export", "latest", "--to", shell.folder / "\x1b[31m\u202e.csv"),
        shell("show", "--sample", HOSTILE),
        shell("show", HOSTILE),
        shell("run", shell.folder / HOSTILE),
        shell("export", "latest", "--to", HOSTILE),
        shell("analyze", f"{HOSTILE}.json"),
        shell("run", shell.file(f"{json.dumps(HOSTILE)} = 1")),
    ]

    assert "\\u001b[31mred" in hostile.out
    for each in said:
        assert not ACTS.search(each.out + each.err), each


def test_a_file_of_outputs_is_analysed_without_a_run(shell: Shell) -> None:
    columns = [
        {"name": "A", "outputs": ["x"] * 20},
        {"name": "B", "outputs": [str(number) for number in range(20)]},
    ]
    file = shell.file(json.dumps({"configurations": columns}), "other.json")

    said, found = shell("analyze", file), shell("analyze", file, "--json").json

    assert (found["run"], found["experiment"], found["complete"]) == (None, "other", True)
    primary = [each for each in found["comparisons"] if each["family"] == "primary"]
    assert [each["verdict"] for each in primary] == ["different"]
    assert "“A”" in said.out
    assert not shell.store.exists()


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_an_exported_run_is_analysed_like_the_run_itself(
    ending: str, shell: Shell, server: FaultyServer
) -> None:
    server.answer = lambda asked, number: ["Apple", "=Pear", "'+1", "a\r\nb"][number % 4]
    shell("run", shell.asks(server.url(), server.url(), repeats=12))
    to = shell.folder / f"out.{ending}"
    assert shell("export", "latest", "--to", to).err == f"24 samples are in {to}.\n"

    again, run = shell("analyze", to, "--json").json, shell("analyze", "latest", "--json").json

    def told(found: dict[str, list[dict[str, dict[str, object]]]]) -> object:
        by_name = sorted(found["configurations"], key=lambda each: str(each["name"]))
        return [
            (each["metrics"]["collision_probability"], each["finish_reasons"]) for each in by_name
        ]

    assert told(again) == told(run)


def test_a_wrong_file_of_outputs_is_one_sentence(shell: Shell) -> None:
    said = shell("analyze", shell.file("[1, 2", "bad.json"), "--json")

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("bad.json is not JSON: ")
    assert said.err.count("\n") == 1


def test_an_export_to_stdout_is_exact_and_nothing_else(shell: Shell, server: FaultyServer) -> None:
    server.answer = "Äpfel\r\n\u2028 =1"
    shell("run", shell.asks(server.url(), repeats=1))

    lines = shell("export", "latest", "--to", "-", "--format", "jsonl")
    table = shell("export", "latest", "--to", "-", "--format", "csv")
    whole = shell("export", "latest", "--to", "-", "--format", "json")

    assert json.loads(lines.out)["output"] == server.answer
    (row,) = csv.DictReader(io.StringIO(table.out, newline=""))
    assert row["output"].replace("\r\n", "\n") == "Äpfel\n\u2028 =1"
    assert whole.json["kind"] == "sampling-lab-run"
    assert lines.err == table.err == whole.err == ""


def test_an_export_takes_the_files_place_whole_or_not_at_all(
    shell: Shell, server: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell("run", shell.asks(server.url(), repeats=3))
    to = shell.file("what was there", "out.jsonl")
    real = export.rows

    def broken(*given: object) -> Iterator[object]:
        yield from real(*given)  # type: ignore[arg-type]
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(export, "rows", broken)
        said = shell("export", "latest", "--to", to)

    assert (said.code, said.err) == (
        2,
        f"{to} can't be written: No space left on device. Check it.\n",
    )
    assert to.read_text() == "what was there"
    assert [path.name for path in shell.folder.glob(".export*")] == []

    assert shell("export", "latest", "--to", to).code == 0
    assert len(to.read_text().splitlines()) == 3
    assert stat.S_IMODE(to.stat().st_mode) == 0o600  # messages and answers are private


@pytest.mark.skipif(sys.platform == "win32", reason="has no such pipes")
def test_an_export_into_a_pipe_leaves_the_pipe_there(shell: Shell, server: FaultyServer) -> None:
    shell("run", shell.asks(server.url(), repeats=2))
    pipe = shell.folder / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)

    said = shell("export", "latest", "--to", pipe, "--format", "jsonl")

    out, _ = reader.communicate(timeout=10)
    assert (said.code, out.count(b"\n"), pipe.is_fifo()) == (0, 2, True)


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("out.txt", "'txt' is not a format that can be written."),
        ("out", "'out' is not a format that can be written."),
        ("-", "'-' is not a format that can be written."),
        ("no/such/folder/out.csv", "can't be written: No such file or directory."),
    ],
)
def test_an_export_that_can_not_be_is_one_sentence(
    to: str, says: str, shell: Shell, server: FaultyServer
) -> None:
    shell("run", shell.asks(server.url(), repeats=1))

    said = shell("export", "latest", "--to", to)

    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert says in said.err


LOADED = """
import sys
sys.argv = ["lab", *sys.argv[1:]]
from lib.cli.app import main
try:
    main()
finally:
    sys.stderr.write(" ".join(name for name in sys.modules if "." not in name))
"""


@pytest.mark.parametrize(
    ("command", "not_loaded"),
    [
        ("--help", {"scipy", "numpy", "openai", "aiohttp", "sqlalchemy", "rich"}),
        ("runs", {"scipy", "numpy", "openai", "aiohttp"}),
    ],
)
def test_a_small_command_loads_little(command: str, not_loaded: set[str], shell: Shell) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, command],
        cwd=ROOT,
        env={**os.environ, **shell.variables},
        capture_output=True,
        text=True,
        check=True,
    )

    assert not not_loaded & set(done.stderr.split())


def test_a_fault_of_the_lab_is_a_sentence_without_a_traceback(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lib.cli import listing

    def broken(*given: object, **named: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(listing, "runs", broken)
    said = shell("runs")

    assert (said.code, said.out) == (1, "")
    assert re.fullmatch(
        r"The lab broke off because of a fault of its own \(ZeroDivisionError at "
        r"test_showing\.py:\d+\)\. What was stored is kept\. Please report this\.\n",
        said.err,
    )


def test_models_lists_what_can_be_asked(shell: Shell, server: FaultyServer) -> None:
    nothing = shell("models", "--json").json["endpoints"]
    assert [each["endpoint"] for each in nothing] == [
        "local",
        "openai",
        "openai-responses",
        "anthropic",
        "gemini",
    ]
    assert nothing[0]["why_none"].startswith("There is no model file")
    assert nothing[1]["why_none"] == "no key: set OPENAI_API_KEY"

    shell.env |= {"OPENAI_API_KEY": "sk-some-key", "OPENAI_BASE_URL": server.url()}
    assert shell("models", "--json").json["endpoints"][1]["models"] == ["one", "two"]
    assert "one" in shell("models").out
    shell.env["OPENAI_BASE_URL"] = server.url("401_echo_key")
    said = shell("models", "--json")
    assert said.json["endpoints"][1]["why_none"].startswith("The key for openai was refused.")
    assert "sk-some-key" not in said.out


def test_doctor_says_what_is_missing_and_never_a_key(shell: Shell) -> None:
    shell.env["OPENAI_API_KEY"] = "sk-some-key"
    said = shell("doctor", "--json")

    verdicts = {each["what"]: each["verdict"] for each in said.json["findings"]}
    assert (said.code, verdicts["embedded model"], verdicts["store"]) == (1, "missing", "fine")
    assert verdicts["key for openai"] == "fine"
    assert "sk-some-key" not in said.out + shell("doctor").out
    assert "python -m lib setup" in shell("doctor").out


def test_setup_refuses_what_is_no_model(shell: Shell, tmp_path: Path) -> None:
    said = shell("setup", "--model", shell.file("no model", "x.gguf"))

    assert (said.code, said.out) == (1, "")
    assert "Traceback" not in said.err


def test_code_repeats_the_request_of_a_sample(shell: Shell, server: FaultyServer) -> None:
    shell("run", shell.asks(server.url(), repeats=1, temperature=0.5))

    python = shell("code", "latest", "--sample", "1.1").out
    curl = shell("code", "--as", "curl").out

    done = subprocess.run(
        [sys.executable, "-c", python],
        env={**os.environ, "MY_KEY": "sk-canary"},
        capture_output=True,
        check=True,
        timeout=60,
        text=True,
    )
    assert json.loads(done.stdout)["choices"][0]["message"]["content"] == "Apple"
    sent, again = server.requests
    assert again.json == sent.json
    assert sent.body.decode() in curl


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("gemini", "This request was sent in the dialect openai, which gemini doesn't speak."),
        ("cobol", "cobol is not a form of code."),
    ],
)
def test_code_in_a_form_that_cannot_be_is_a_sentence(
    form: str, says: str, shell: Shell, server: FaultyServer
) -> None:
    shell("run", shell.asks(server.url(), repeats=1))

    said = shell("code", "--as", form)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(says)
