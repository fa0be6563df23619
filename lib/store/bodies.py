"""Bodies: compressed when kept, and checked when read.

A body is one zstd frame with a checksum. What zstd can't make smaller it keeps as it is, 13 bytes
longer, so there is one way for all. The frame begins with zstd's own magic number: another codec
could be told from it.
"""

from __future__ import annotations

import zstandard

from lib.domain.errors import StoreError

LEVEL = 3
MOST_BYTES = 64 * 2**20
"""No body is longer than this: a frame that says otherwise is damaged, or hostile."""


class Packer:
    """Packs bodies, one at a time: not for two threads at once."""

    def __init__(self) -> None:
        # Made once: for a body of 2 kB making it takes longer than its work.
        self._compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)

    def packed(self, body: bytes) -> bytes:
        """The body as it is kept.

        Raises:
            StoreError: if it is too long.
        """
        if len(body) > MOST_BYTES:
            raise StoreError(f"A body of {len(body):,} bytes is too long to be kept.")
        return self._compressor.compress(body)


def unpacked(frame: bytes) -> bytes:
    """The body that was packed.

    Raises:
        StoreError: if these aren't those bytes any more.
    """
    try:
        # Asked first: the decompressor takes a frame's word for how much memory it needs.
        if not 0 <= (size := zstandard.frame_content_size(frame)) <= MOST_BYTES:
            raise StoreError("A kept body is damaged: its length can't be true.", _FIX)
        if size == 0 and len(frame) != _EMPTY:  # taken at its word as well, and not looked into
            raise StoreError("A kept body is damaged: it isn't empty.", _FIX)
        return zstandard.ZstdDecompressor().decompress(frame, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise StoreError("A kept body is damaged: its checksum is wrong.", _FIX) from error


_EMPTY = 13
"""Bytes of a frame with nothing in it."""
_FIX = "The others can still be read. Check the disk, and restore the store from a backup."
