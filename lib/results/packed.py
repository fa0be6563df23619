"""A planned sample whole in one cell, so that a table of samples can bring its run back.

The cell is JSON, zstd and base64. It begins with letters, so no spreadsheet takes it for a formula.
The last row of a run has its head as well, and the planned samples without an answer, which have no
row. So a table that was cut off is seen to be.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any

import zstandard

from lib.domain.errors import InputError
from lib.store.bodies import MOST_BYTES
from lib.store.record import Record

PLAIN, LAST = "lab2.", "lab2+"
"""What a cell begins with; that of a run's last row with the second one."""

_COMPRESSOR_LEVEL = 3


def packed(value: Record, *, last: bool = False) -> str:
    """The cell of a row."""
    raw = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()
    frame = zstandard.ZstdCompressor(level=_COMPRESSOR_LEVEL, write_checksum=True).compress(raw)
    return (LAST if last else PLAIN) + base64.b64encode(frame).decode()


def unpacked(cell: str) -> Record:
    """What was packed.

    Raises:
        InputError: if the cell is damaged, or would unpack to more than it may.
    """
    try:
        frame = base64.b64decode(cell[len(PLAIN) :], validate=True)
        if not 0 < zstandard.frame_content_size(frame) <= MOST_BYTES:
            raise InputError("The record in a row is damaged: its length can't be true.", _FIX)
        raw = zstandard.ZstdDecompressor().decompress(frame, allow_extra_data=False)
        found: Any = json.loads(raw)
    except (ValueError, RecursionError, binascii.Error, zstandard.ZstdError) as error:
        raise InputError("The record in a row is damaged.", _FIX) from error
    if not isinstance(found, dict):
        raise InputError("The record in a row is damaged.", _FIX)
    return found


def places(found: Record) -> Iterator[tuple[int, Record]]:
    """The planned samples in a cell, each with its place in the plan's order.

    Raises:
        InputError: if it has none.
    """
    given = [[found.get("place"), found.get("planned")], *_list(found.get("rest", []))]
    for each in given:
        match each:
            case [int(place), dict(planned)] if not isinstance(place, bool) and place >= 0:
                yield place, planned
            case _:
                raise InputError("The record in a row is damaged.", _FIX)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_FIX = "Nothing was changed. Export the run again."
