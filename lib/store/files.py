"""Files that are whole or not there, private, and durable once they are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def create_private(path: Path) -> None:
    """An empty file that only its owner may read. What was left there by a killed process goes."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def take_the_place(new: Path, path: Path, *, old: Path | None = None) -> None:
    """Give a file another one's name in one step, so that there is always one of the two.

    Args:
        new: what takes the place.
        path: the place.
        old: a name under which the one that was there is kept.
    """
    _sync(new)
    if old is not None:
        old.unlink(missing_ok=True)
        try:
            old.hardlink_to(path)
        except OSError:  # not every file system has such links
            shutil.copy2(path, old)
            _sync(old)
    new.replace(path)
    if os.name != "nt":  # Windows can't sync a folder, and needn't
        _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
