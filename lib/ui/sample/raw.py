"""What went over the wire: status, headers and bytes."""

from __future__ import annotations

import streamlit as st

from lib.domain.vocabulary import Reply, Request
from lib.ui import inert
from lib.ui.sample import fields, values
from lib.ui.sample.plain_table import plain_table

MOST_BYTES = 200_000
"""Of a body on the screen; a download has all of it."""


def received(reply: Reply, *, key: str) -> None:
    """Show a reply: its status, the headers that were kept, and its body."""
    st.markdown(f"**Status {reply.status}, after {reply.seconds:.3f} s**")
    st.caption("Headers that say something about the call. Cookies and accounts are never kept.")
    if reply.headers:
        plain_table(
            ("Header", "Value", "What it means"),
            [(each.name, each.value, each.means) for each in fields.of_headers(reply.headers)],
            key=f"{key}.headers",
            alt="Headers of the response",
            code=(True, True),
            widths=(6, 6, 9),
        )
    else:
        st.text("none")
    st.markdown("**Response body as received**")
    if reply.redacted:
        st.caption("The endpoint echoed the key, which was taken out before anything was kept.")
    _body(reply.body, name="response.bin", key=f"{key}.response")


def sent(request: Request, *, key: str) -> None:
    """Show the bytes of a request."""
    st.markdown("**Request body as sent**")
    _body(request.body, name="request.json", key=f"{key}.request")


def _body(body: bytes, *, name: str, key: str) -> None:
    shown = "" if len(body) <= MOST_BYTES else f", of which the first {MOST_BYTES:,} are shown"
    st.caption(f"{len(body):,} bytes{shown}")
    if body:
        height = 400 if len(body) > 1_500 else None
        inert.block(values.decoded(body[:MOST_BYTES]), height=height)
    st.download_button(
        "Download these bytes",
        body,
        name,
        "application/octet-stream",
        key=f"{key}.download",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )
