"""The shell, in this process where that is enough, and in one of its own where it isn't."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from lib.cli.app import app
from lib.store import Store

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk-canary0123456789abcdefABCDEF"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(slots=True)
class Shell:
    """Commands with a home and a store of their own."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.folder / "lab.sqlite"

    @property
    def variables(self) -> dict[str, str]:
        return {
            "SAMPLING_LAB_HOME": str(self.folder),
            "MY_KEY": KEY,
            "COLUMNS": "200",
            **self.env,
        }

    def __call__(self, *arguments: object) -> Said:
        """Run a command in this process."""
        done = CliRunner().invoke(app, list(map(str, arguments)), env=self.variables)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    def start(self, *arguments: object, **given: Any) -> subprocess.Popen[bytes]:
        """Start a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "lib", *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, "PYTHONWARNINGS": "error", **self.variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **given,
        )

    def finish(self, process: subprocess.Popen[bytes]) -> Said:
        out, err = process.communicate(timeout=60)
        return Said(process.returncode, out.decode(), err.decode())

    def opened(self) -> Store:
        return Store.open(self.store)

    def file(self, text: str, name: str = "fruit.toml") -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def asks(self, *urls: str, repeats: int = 4, **settings: Any) -> Path:
        """An experiment file with an endpoint and a configuration for each address."""
        return self.file(experiment(*urls, repeats=repeats, **settings))


def experiment(*urls: str, repeats: int = 4, name: str = "Fruit", **settings: Any) -> str:
    parts = [f"name = {json.dumps(name)}", f"repeats = {repeats}"]
    parts.append('messages = [{ role = "user", content = "Name a fruit." }]')
    for number, url in enumerate(urls, start=1):
        parts.append(f'[endpoints.e{number}]\nbase_url = "{url}"\napi_key_env = "MY_KEY"')
    for number, _ in enumerate(urls, start=1):
        parts.append(
            f'[[configurations]]\nname = "C{number}"\nendpoint = "e{number}"\nmodel = "some-model"'
        )
        parts += [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    return "\n".join(parts) + "\n"


def lines(process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """The events of a process, as it says them."""
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


def until(condition: Callable[[], bool], limit_s: float = 30.0) -> None:
    ends = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.005)
