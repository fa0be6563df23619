"""A streamed answer, piece by piece: each has the finish reason null, but for the last."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.domain.vocabulary import Reply, Slot
from lib.providers.events import is_stream
from lib.providers.stream_pieces import StreamPiece, pieces
from lib.ui import inert
from lib.ui.sample.plain_table import plain_table

MOST_ROWS = 24


def draw(slot: Slot, reply: Reply | None) -> None:
    """Draw the pieces of a stored answer as they came."""
    if reply is None:
        st.info("No response was received.", icon=":material/cloud_off:")
        return
    if not is_stream(reply):
        st.info(
            "This answer came whole, not as a stream: it had its finish reason at once.",
            icon=":material/inbox:",
        )
        return
    found = pieces(reply.body)
    if not found:
        st.info("No piece of text could be read from this stream; its bytes are under Raw.")
        return
    ends = sum(each.finish_reason is not None for each in found)
    st.caption(
        f"{len(found):,} pieces came. Until the last, `finish_reason` is null: the answer is not "
        f"whole. {ends} of them ended it."
    )
    shown = found[:MOST_ROWS] if len(found) <= MOST_ROWS else [*found[: MOST_ROWS - 1], found[-1]]
    plain_table(
        ("Piece", "Text", "finish_reason"),
        _rows(shown, found),
        key=f"conversation.stream.{slot.id}",
        alt="The pieces of the stream, each with its finish reason",
    )
    if len(shown) < len(found):
        st.caption(f"{len(found) - len(shown):,} pieces before the last are left out here.")


def _rows(shown: Sequence[StreamPiece], all_: Sequence[StreamPiece]) -> list[tuple[str, str, str]]:
    last = len(all_)
    numbers = [*range(1, len(shown)), last] if shown else []
    return [
        (str(number), inert.visible(each.text), each.finish_reason or "null")
        for number, each in zip(numbers, shown, strict=True)
    ]
