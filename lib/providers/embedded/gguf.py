"""Whether a file is a GGUF, and which one, without reading all of it at every start."""

from __future__ import annotations

import hashlib
import json
import stat
from contextlib import suppress
from pathlib import Path

from lib.providers.embedded.errors import ModelCorrupt, ModelMissing
from lib.providers.embedded.files import size_text, write_json

_HEADER = 24  # magic, version, number of tensors, number of keys


def check(path: Path, *, whole: int | None = None, fix: str = "") -> None:
    """Look at kind, size and magic: cheap enough for every start.

    Only llama.cpp can tell that a foreign file is cut short behind its header; it does when it
    loads the file, and `launch` says so.

    Args:
        path: The file.
        whole: Its size in bytes, where it is known.
        fix: What the user can do if it isn't right.

    Raises:
        ModelMissing: if there is no such file.
        ModelCorrupt: if it is anything else than a readable GGUF of that size.
    """
    try:
        seen = path.stat()
        if stat.S_ISDIR(seen.st_mode):
            raise ModelCorrupt(f"{path} is a folder, not a model file.", fix)
        if not stat.S_ISREG(seen.st_mode):
            raise ModelCorrupt(f"{path} is not an ordinary file.", fix)
        with path.open("rb") as file:
            magic = file.read(4)
    except (FileNotFoundError, NotADirectoryError):
        raise ModelMissing(f"There is no model file at {path}.", fix) from None
    except OSError as error:
        raise ModelCorrupt(f"{path} can't be read: {error.strerror}.", fix) from None
    if not magic:
        raise ModelCorrupt(f"{path} is empty.", fix)
    if magic != b"GGUF":
        raise ModelCorrupt(f"{path} is not a GGUF model file.", fix)
    if seen.st_size < (whole or _HEADER):
        there = size_text(seen.st_size)
        of = f" of {size_text(whole)}" if whole else ""
        raise ModelCorrupt(f"{path} is cut short: only {there}{of} are there.", fix)


def sha256(path: Path, record: Path) -> str:
    """The file's SHA-256, from `record` if size and time of change are still those of then.

    Raises:
        ModelCorrupt: if the file can't be read to its end.
    """
    seen = path.stat()
    then = _recorded(record)
    if then and (then["size"], then["mtime_ns"]) == (seen.st_size, seen.st_mtime_ns):
        return str(then["sha256"])
    return rehash(path, record)


def rehash(path: Path, record: Path) -> str:
    """The file's SHA-256, read anew and recorded.

    Raises:
        ModelCorrupt: if the file can't be read to its end.
    """
    seen = path.stat()  # before: a change while we read must not pass for what was hashed
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelCorrupt(f"{path} can't be read: {error.strerror}.") from None
    with suppress(OSError):  # without a record it is hashed again next time, no more
        record.parent.mkdir(parents=True, exist_ok=True)
        said = {"size": seen.st_size, "mtime_ns": seen.st_mtime_ns, "sha256": digest}
        write_json(record, said)
    return digest


def _recorded(record: Path) -> dict[str, object] | None:
    """What was noted of a file when it was hashed; `None` for no note, or a damaged one."""
    try:
        said = json.loads(record.read_bytes())
    except (OSError, ValueError):
        return None
    whole = isinstance(said, dict) and {"size", "mtime_ns", "sha256"} <= said.keys()
    return said if whole else None
