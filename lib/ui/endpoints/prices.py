"""What a model costs and how much it reads, with the date of the list that says so."""

from __future__ import annotations

import streamlit as st

from lib.domain.configuration import Configuration, Endpoint
from lib.domain.cost import Unknown
from lib.engine.costing import today
from lib.providers.capabilities import capital
from lib.providers.context_windows import context_window
from lib.providers.embedded.launch import CONTEXT
from lib.providers.prices import basis, price_of
from lib.ui import inert
from lib.ui.endpoints import price_list
from lib.ui.sample.plain_table import plain_table


def draw(endpoint: Endpoint, model: str) -> None:
    """Draw the price of a model's tokens, or why none is known."""
    asked = Configuration(name="asked", endpoint=endpoint, model=model)
    price = price_of(asked, day=today())
    if isinstance(price, Unknown):
        st.info("The price is not known, so a budget in money is refused.", icon=":material/help:")
        inert.text(f"{capital(price.why)}.")
        return
    if price.seller is None:
        st.markdown("**It costs nothing**: it runs on this machine.")
        st.markdown(f"**Context window**: {CONTEXT:,} tokens, or fewer if it was made for fewer")
        return
    plain_table(
        price_list.HEADINGS,
        price_list.rows(price),
        key="endpoints.prices",
        alt="Prices of a million tokens",
        widths=[3, 2],
    )
    window = context_window(price)
    fits = "not known" if window is None else f"{window:,} tokens"
    st.markdown(f"**Context window**: {fits}")
    if said := price_list.long_prompts(price):
        inert.text(said)
    st.caption(
        f"From {basis()}, at the standard service tier. An estimate: discounts, taxes and what an "
        "account has agreed on are in no list."
    )
