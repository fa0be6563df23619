"""What is refused before anything is sent: keys, addresses, files, options, stores."""

from __future__ import annotations

import pytest

from tests.cli.shell import KEY, Shell, experiment
from tests.faulty import FaultyServer


def test_a_key_that_can_not_be_one_is_refused_before_anything_is_planned(
    shell: Shell, server: FaultyServer
) -> None:
    shell.env["MY_KEY"] = "two words"
    said = shell("run", shell.asks(server.url()))

    assert (said.code, server.requests, shell.store.exists()) == (2, [], False)
    assert "two words" not in said.err


def test_a_key_that_would_travel_unencrypted_is_refused_before_anything_is_planned(
    shell: Shell,
) -> None:
    said = shell("run", shell.asks("http://api.example.com/v1"), "--trust-endpoint", "e1")

    assert said.code == 2
    assert "would travel unencrypted over http" in said.err
    assert shell("runs", "--json").json["runs"] == []


@pytest.mark.parametrize("host", ["localhost.", "LOCALHOST.", "127.0.0.1", "[::1]"])
def test_this_machine_needs_no_ones_word(host: str, shell: Shell) -> None:
    assert shell("run", shell.asks(f"http://{host}/v1"), "--dry-run").code == 0


def test_the_openai_key_is_not_sent_where_a_file_points(shell: Shell, server: FaultyServer) -> None:
    shell.env["OPENAI_API_KEY"] = KEY
    text = experiment("https://example.com/v1").replace("MY_KEY", "OPENAI_API_KEY")
    said = shell("run", shell.file(text), "--trust-endpoint", "e1")

    assert said.code == 2
    assert "OPENAI_API_KEY is not sent to example.com" in said.err


def test_an_endpoint_elsewhere_needs_the_operators_word(shell: Shell) -> None:
    file = shell.asks("https://api.example.com/v1", "http://127.0.0.1:9/v1")

    said = shell("run", file, "--dry-run")
    assert said.code == 2
    assert "'e1' is at api.example.com, which is not this machine" in said.err
    assert "--trust-endpoint e1" in said.err

    assert shell("run", file, "--dry-run", "--trust-endpoint", "e1").code == 0
    assert shell("run", file, "--dry-run", "--trust-endpoint", "e2").code == 2
    typo = shell("run", file, "--dry-run", "--trust-endpoint", "e9")
    assert (typo.code, "e9" in typo.err) == (2, True)


@pytest.mark.parametrize(
    "host", ["127.1", "0.0.0.1", "localhost.evil.example", "127.0.0.1.evil.example", "2130706433"]
)
def test_only_what_is_written_as_this_machine_is_this_machine(host: str, shell: Shell) -> None:
    assert shell("run", shell.asks(f"http://{host}/v1"), "--dry-run").code == 2


def test_a_price_that_nobody_knows_can_not_be_limited(shell: Shell, server: FaultyServer) -> None:
    said = shell("run", shell.asks(server.url()), "--max-cost", 1)

    assert (said.code, server.requests) == (2, [])
    assert "--max-calls" in said.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("repeats =", "is not TOML"),
        ("", "messages: there is none."),
        ('[[messages]]\nrole = "user"\ncontent = "x"\n[defaults]\ntop_p = 2\n', "top_p is 2"),
        ("colour = 1", "colour is not a known key."),
        ('api_key = "x"', "a key does not belong in a file"),
        ("a = " + "[" * 5000, "is not TOML"),
        ("repeats = 1" + "0" * 5000, "is not TOML"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_wrong_file_is_refused_with_sentences(text: str, says: str, shell: Shell) -> None:
    said = shell("run", shell.file(text))

    assert (said.code, said.out) == (2, "")
    assert says in said.err
    assert "Traceback" not in said.err
    assert all(line.endswith((".", "?")) for line in said.err.splitlines())
    assert not shell.store.exists()


def test_a_file_that_is_not_there_is_a_sentence(shell: Shell) -> None:
    said = shell("run", shell.folder / "nowhere.toml")

    assert (said.code, said.err) == (
        2,
        f"{shell.folder / 'nowhere.toml'} can't be read: No such file or directory. "
        "Check the path.\n",
    )


@pytest.mark.parametrize(
    "option", [("--concurrency", 0), ("--concurrency", 501), ("--max-calls", 0), ("--timeout", 0)]
)
def test_options_out_of_range_are_refused(
    option: tuple[str, int], shell: Shell, server: FaultyServer
) -> None:
    said = shell("run", shell.asks(server.url()), *option)

    assert (said.code, server.requests) == (2, [])
    assert option[0] in said.err


@pytest.mark.parametrize("reference", ["01NOTHERE", "latest", ""])
def test_a_run_that_is_not_there_is_a_sentence(reference: str, shell: Shell) -> None:
    for command in ("resume", "show", "analyze"):
        said = shell(command, reference)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(("No run's id begins with", "There is no run"))
    assert shell("export", reference, "--to", "x.json").code == 2


@pytest.mark.parametrize("store", ["folder", "junk", "postgresql://x/y", "\0"])
def test_a_store_that_can_not_be_used_is_a_sentence_and_nothing_is_sent(
    store: str, shell: Shell, server: FaultyServer
) -> None:
    (shell.folder / "folder").mkdir()
    (shell.folder / "junk").write_bytes(b"\x89PNG" * 1000)
    where = store if "://" in store else shell.folder / store
    said = shell("run", shell.asks(server.url()), "--store", where)

    assert said.code in {1, 2}
    assert server.requests == []
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert "fault of its own" not in said.err
