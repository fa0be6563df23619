"""`export`: a run as a file, or on stdout."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from lib.cli.listing import opened
from lib.cli.terminal import console, plain, safe
from lib.domain.errors import InputError
from lib.engine.loading import load
from lib.results import export as exports


def export(reference: str, to: str, form: str | None, store: str | None) -> None:
    """Write a run to a file, or to stdout where `to` is `-`."""
    chosen = form or Path(to).suffix.removeprefix(".").lower()
    if chosen not in exports.FORMATS and chosen != "html":
        raise InputError(
            f"{chosen or to!r} is not a format that can be written.",
            f"Use one of {', '.join(exports.FORMATS)}, html: as the file's ending, or by --format.",
        )
    with opened(store) as there:
        snapshot = load(there, reference).snapshot()
        if chosen in exports.FORMATS:
            pieces = exports.write(there, snapshot, chosen)
        else:
            from lib.report.of_run import report  # late: the analysis takes a moment to load

            pieces = report(there, snapshot.run)
        if to == "-":
            _print(pieces)
            return
        write(Path(to), pieces)
    console(stderr=True).print(plain(f"{snapshot.done} samples are in {to}."))


def _print(pieces: Iterable[bytes]) -> None:
    """Write to stdout byte for byte; to a terminal with everything made inert that could act."""
    if sys.stdout.isatty():
        for piece in pieces:
            sys.stdout.write(safe(piece.decode(errors="replace").replace("\r\n", "\n")))
        return
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file whole or not at all. Raises `InputError` if it can't be."""
    try:
        if path.exists() and not path.is_file():  # such as a pipe, which nothing may take away
            path.write_bytes(b"".join(pieces))
        else:
            _replace(path, pieces)
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror}.", "Check it.") from error


def _replace(path: Path, pieces: Iterable[bytes]) -> None:
    """Write beside the file, then take its place: never half a file."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".export-", delete=False) as beside:
        try:
            beside.writelines(pieces)
            beside.flush()
            os.fsync(beside.fileno())
            beside.close()  # or Windows doesn't let it be moved
            os.replace(beside.name, path)
        except BaseException:
            beside.close()
            with suppress(OSError):
                os.unlink(beside.name)
            raise
