"""Small private files that are there whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_json(path: Path, value: object) -> None:
    """Put `value` at `path` in one step, readable by this user alone.

    Raises:
        OSError: if it can't be written; then what was at `path` is still there.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", dir=path.parent)  # made with 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(value, file)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def size_text(size: int) -> str:
    """A number of bytes as people say it.

    Example:
        >>> size_text(98_362_432)
        '98 MB'
    """
    if size < 10**6:
        return f"{size:,} bytes"
    return f"{size / 10**6:.0f} MB" if size < 10**9 else f"{size / 10**9:.1f} GB"
