"""A model that is fetched once for all test runs, homes of a test's own, and parents to kill."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from lib.providers.embedded import card as cards
from lib.providers.embedded import model as models
from lib.providers.embedded.model import Model

ROOT = Path(__file__).resolve().parents[3]
HOLDER = """
import json, sys
from pathlib import Path
from lib.providers.embedded.lease import acquire
with acquire(Path(sys.argv[1])) as lease:
    print(json.dumps({"pid": lease.pid, "url": lease.url}), flush=True)
    sys.stdin.read()
"""


def until(condition: Callable[[], bool], limit_s: float = 10.0) -> bool:
    """Whether it came true within the limit."""
    ends = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


def runs(pid: int) -> bool:
    with suppress(psutil.Error):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


class Holder:
    """Another process of the user's that holds a lease."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def engine(self) -> int:
        """The process of the engine that it holds. Waits until it has it."""
        assert self.process.stdout is not None
        return int(json.loads(self.process.stdout.readline())["pid"])

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(autouse=True)
def _no_choice_of_the_tester(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(models.VARIABLE, raising=False)


@pytest.fixture(scope="session")
def bundled() -> Model:
    """The real model. The only thing here that may use the network, and only the first time."""
    said = os.environ.get("SAMPLING_LAB_TEST_HOME", "~/.cache/sampling-lab-tests")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(models.VARIABLE, raising=False)
        return models.setup(Path(said).expanduser(), progress=lambda _: None)


def home_with(model: Model, folder: Path) -> Path:
    """A home of one's own with the real model in it."""
    (folder / "models").mkdir(parents=True)
    there = folder / "models" / model.path.name
    try:
        os.link(model.path, there)
    except OSError:  # another disk
        shutil.copyfile(model.path, there)
    return folder


def end_engine(home: Path) -> None:
    card = cards.read(cards.run_folder(home))
    if card and card.stands():
        psutil.Process(card.pid).kill()


@pytest.fixture
def home(bundled: Model, tmp_path: Path) -> Iterator[Path]:
    made = home_with(bundled, tmp_path / "home")
    yield made
    end_engine(made)


@pytest.fixture
def holder(home: Path) -> Iterator[Callable[[], Holder]]:
    held: list[Holder] = []

    def hold() -> Holder:
        held.append(Holder(home))
        return held[-1]

    yield hold
    for one in held:
        one.kill()
