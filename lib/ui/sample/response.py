"""The response as an object: as it was received, or put together from a stream."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lib.domain.vocabulary import Reply, Slot
from lib.results.response import response
from lib.ui import inert
from lib.ui.sample import fields, values
from lib.ui.sample.plain_table import plain_table

HOW = {
    "json": "The response body, parsed.",
    "assembled": "The answer came as a stream: this is the object that its pieces make. The stream "
    "itself is under Raw.",
    "text": "The response isn't JSON. This is its text.",
}
"""What is shown, by how it was read."""


def draw(slot: Slot, reply: Reply, *, key: str) -> None:
    """Show each field of a response with what it means, and the whole as a tree."""
    read = response(slot, reply)
    st.caption(HOW[read["kind"]])
    match read["value"]:
        case str(text) if read["kind"] == "text":
            inert.block(values.encodable(text[: values.MOST_CHARACTERS]) or "(empty)", height=400)
            if len(text) > values.MOST_CHARACTERS:
                st.caption(
                    f"The first {values.MOST_CHARACTERS:,} of {len(text):,} characters. Raw has "
                    "the bytes."
                )
        case Mapping() as answer:
            _tree(answer)
            known = fields.of_response(answer, slot.configuration.endpoint.dialect)
            plain_table(
                ("Field", "Value", "What it means"),
                [(each.name, each.value, each.means) for each in known],
                key=f"{key}.fields",
                alt="Fields of the response",
                code=(True, True),
                widths=(6, 6, 9),
            )
        case other:
            _tree(other, expanded=True)


def _tree(value: object, *, expanded: bool = False) -> None:
    """The object as it is: above its fields, so that it needn't be looked for below them."""
    with st.expander(
        "The whole object, as a tree", expanded=expanded, icon=":material/account_tree:"
    ):
        tree = values.tree(value)
        if not tree.whole:
            st.caption("Long lists and texts are cut, and say by how much. Raw has the bytes.")
        if isinstance(tree.value, dict | list):
            st.json(tree.value, expanded=4)
        else:
            inert.block(values.cell(tree.value, most=values.MOST_CHARACTERS))
