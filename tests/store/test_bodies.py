"""Bodies: whatever the bytes, they come back; and what was damaged doesn't pass for an answer."""

from __future__ import annotations

from contextlib import suppress

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.errors import StoreError
from lib.store.bodies import MOST_BYTES, Packer, unpacked

packed = Packer().packed


@given(st.binary(max_size=5000) | st.binary(max_size=50).map(lambda part: part * 1000))
def test_any_body_comes_back(body: bytes) -> None:
    assert unpacked(packed(body)) == body


@given(st.binary(max_size=200))
def test_packing_never_costs_more_than_13_bytes(body: bytes) -> None:
    assert len(packed(body)) <= len(body) + 13


@given(st.binary(min_size=1, max_size=300), st.data())
def test_a_flipped_bit_never_passes_for_the_body(body: bytes, data: st.DataObject) -> None:
    frame = bytearray(packed(body))
    bit = data.draw(st.integers(0, len(frame) * 8 - 1))
    frame[bit // 8] ^= 1 << bit % 8

    with suppress(StoreError):
        assert unpacked(bytes(frame)) == body  # a bit that zstd leaves unused


@pytest.mark.parametrize("frame", [b"", b"\x89PNG", packed(b"x" * 999)[:-3], packed(b"x") + b"y"])
def test_what_is_no_whole_frame_is_damaged(frame: bytes) -> None:
    with pytest.raises(StoreError, match="damaged"):
        unpacked(frame)


def test_a_frame_that_would_fill_the_memory_is_refused() -> None:
    bomb = zstandard.ZstdCompressor().compress(bytes(MOST_BYTES + 1))

    assert len(bomb) < 10_000
    with pytest.raises(StoreError, match="its length can't be true"):
        unpacked(bomb)
    with pytest.raises(StoreError, match="too long"):
        packed(bytes(MOST_BYTES + 1))
