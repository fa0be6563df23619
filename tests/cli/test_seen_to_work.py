"""One experiment in all four dialects and on the embedded model; no key is in what it leaves."""

from __future__ import annotations

import base64
import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import zstandard

from lib.domain.configuration import DIALECTS
from lib.providers.embedded import card as cards
from tests.cli.shell import Said, Shell
from tests.faulty import FaultyServer
from tests.faulty.languages import LANGUAGES
from tests.homes import home_with_model

pytestmark = pytest.mark.xdist_group("embedded")  # one engine at a time: it wants all cores

KEYS = {dialect: f"sk-canary-of-{dialect}-0123456789abcdefABCDEF" for dialect in DIALECTS}
SYSTEM, USER = "You name fruit.", "Name a fruit."
REPEATS = 3
ECHOES = ("echo_headers",)
REFUSING = ("401_echo_key", "param_echo_key")


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    home = home_with_model(tmp_path / "home")
    variables = {f"KEY_{number}": key for number, key in enumerate(KEYS.values())}
    yield Shell(home, {**variables, "SAMPLING_LAB_STORE": ""})
    card = cards.read(cards.run_folder(home))
    if card and card.stands():
        psutil.Process(card.pid).kill()


def experiment(server: FaultyServer, *models: str, local: bool = False) -> str:
    """A configuration for each model at each dialect's endpoint, and one of the embedded model."""
    parts = [
        f'name = "Side by side"\nrepeats = {REPEATS}',
        f'messages = [{{ role = "system", content = "{SYSTEM}" }}, '
        f'{{ role = "user", content = "{USER}" }}]',
        "[defaults]\ntemperature = 0.5\nmax_tokens = 16",
    ]
    parts += [
        f'[endpoints.at_{number}]\ndialect = "{dialect}"\napi_key_env = "KEY_{number}"\n'
        f'base_url = "{server.url(dialect=dialect)}"'
        for number, dialect in enumerate(DIALECTS)
    ]
    parts += [
        f'[[configurations]]\nname = "{dialect} {model}"\nendpoint = "at_{number}"\n'
        f'model = "{model}"'
        for number, dialect in enumerate(DIALECTS)
        for model in models
    ]
    if local:
        parts.append('[[configurations]]\nname = "embedded"')
    return "\n".join(parts) + "\n"


def asked(body: dict[str, Any]) -> list[str]:
    """The texts that a request asks with, in any dialect."""
    match body:
        case {"contents": turns, "systemInstruction": {"parts": parts}}:
            told = [*parts, *(part for turn in turns for part in turn["parts"])]
            return [part["text"] for part in told]
        case {"system": system, "messages": turns}:
            return [system, *(turn["content"] for turn in turns)]
        case {"messages": turns} | {"input": turns}:
            return [turn["content"] for turn in turns]
        case _:
            return []


def kept(home: Path) -> Iterator[tuple[str, bytes]]:
    """Every file, and every value of every table with its compression undone."""
    for path in home.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
    for path in home.rglob("*.sqlite"):
        store = sqlite3.connect(path)
        tables = [*store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for (table,) in tables:
            for row in store.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  of its own schema
                yield from ((table, _plain(value)) for value in row)
        store.close()


def _plain(value: object) -> bytes:
    if isinstance(value, bytes) and value.startswith(zstandard.MAGIC_NUMBER.to_bytes(4, "little")):
        return zstandard.ZstdDecompressor().decompress(value)
    return value if isinstance(value, bytes) else str(value).encode()


def forms(key: str) -> list[bytes]:
    """The key, and other ways to write it down."""
    encoded = base64.b64encode(key.encode())
    return [key.encode(), encoded.rstrip(b"="), key.encode().hex().encode(), key[8:].encode()]


def test_one_file_runs_in_every_dialect_and_no_key_is_in_anything_that_it_leaves(
    shell: Shell, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[Said] = []

    def run(*arguments: object) -> Said:
        said.append(shell(*arguments))
        return said[-1]

    with FaultyServer() as server:
        good = shell.file(experiment(server, "some-model", *ECHOES, local=True), "good.toml")
        run("run", good, "--dry-run", "--json")
        assert server.requests == []
        found = run("run", good, "--json").json
        assert len(server.requests) == 4 * 2 * REPEATS
        for dialect, key in KEYS.items():
            mine = [each for each in server.requests if each.language is LANGUAGES[dialect]]
            assert {each.key for each in mine} == {key}
            assert {tuple(asked(each.json)) for each in mine} == {(SYSTEM, USER)}

        refused = shell.file(experiment(server, *REFUSING), "refused.toml")
        failed = run("run", refused, "--events")

    assert found["complete"]
    assert found["warnings"] == []
    names = [each["name"] for each in found["configurations"]]
    assert names == [f"{d} {m}" for d in DIALECTS for m in ("some-model", *ECHOES)] + ["embedded"]
    assert {each["samples"] for each in found["configurations"]} == {REPEATS}
    outcomes = {each["name"]: each["outcomes"] for each in found["configurations"]}
    assert {each["ok"] for each in outcomes.values()} == {REPEATS}
    assert failed.code == 4

    for form in ("json", "jsonl", "csv"):
        run("export", found["run"], "--to", "-", "--format", form)
    run("export", "latest", "--to", "-", "--format", "json")
    run("analyze", found["run"], "--json")
    run("show", found["run"])
    for number in range(2, 2 * len(DIALECTS) + 1, 2):
        run("show", found["run"], "--sample", f"{number}.1")
        run("show", found["run"], "--sample", f"{number}.1", "--json")
        run("code", found["run"], "--sample", f"{number}.1")

    told = [(str(each.code), f"{each.out}\n{each.err}".encode()) for each in said]
    told += [("log", caplog.text.encode()), ("out", "".join(capfd.readouterr()).encode())]
    stored = [*kept(shell.folder)]
    bodies = [data for place, data in stored if place == "reply"]
    assert sum(b"[key removed]" in data for data in bodies) >= len(KEYS)  # so they are looked into
    for key in KEYS.values():
        for written in forms(key):
            assert [place for place, data in (*told, *stored) if written in data] == []
    assert all(SYSTEM in json.dumps(asked(each.json)) for each in server.requests)
