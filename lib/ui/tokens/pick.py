"""Going on in the next-token lab: pick a token or let one be drawn, and see what follows it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod

import numpy as np
import streamlit as st

from lib.analysis.next_token import NextToken
from lib.analysis.what_if import WhatIf
from lib.charts.inert import plain_token, shortened
from lib.charts.next_token import share_words, token_words
from lib.ui import inert
from lib.ui.tokens.context import Context, Picked

MOST_TO_PICK = 500
MOST_TOLD = 12
_NO_TEXT = "A part of a character, or a control token"
_PART = "A part of a character"


def draw(lab: Context, found: NextToken, result: WhatIf) -> None:
    """Draw the choice of a token, the buttons that go on, and what was added so far."""
    st.markdown("**Go on**")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox(
            "Token",
            range(min(MOST_TO_PICK, len(found.tokens))),
            format_func=lambda each: _option(found, result, each),
            key=key(lab),
            width=340,
            help="Also by a click on a bar. Type to search. The probabilities are those before "
            "the sliders.",
        )
        token = found.tokens[place].token
        why_not = _why_not(token)
        st.button(
            "Go on with it",
            icon=":material/arrow_forward:",
            key="tokens.lab.go_on",
            on_click=lab.go_on,
            args=(token, float(result.after[place])),
            disabled=why_not is not None,
        )
        st.button(
            "Draw one",
            icon=":material/casino:",
            key="tokens.lab.draw_one",
            on_click=partial(_draw_one, lab, found, result),
            help="Drawn here, from the distribution after the sliders; then the model is asked "
            "what follows it.",
        )
    with st.container():
        if why_not is not None:
            st.caption(f"{why_not}: a text can't go on with it.")
        elif cut := result.cut_by(place):
            st.caption(f"Under these settings it would never be drawn: {cut} cuts it.")
    if message := st.session_state.pop("tokens.lab.drawn", None):
        inert.text(message)
    if lab.back:
        inert.text(so_far(lab.back))


def so_far(picked: Sequence[Picked]) -> str:
    """The tokens that were gone on with, and how likely all of them are together. Pure."""
    shown = picked[-MOST_TOLD:]
    told = ", ".join(
        f"“{shortened(plain_token(each.token), 24)}” {share_words(each.share)}" for each in shown
    )
    left_out = len(picked) - len(shown)
    before = f"{left_out:,} tokens, then " if left_out else ""
    together = prod(each.share for each in picked)
    return (
        f"Added so far: {before}{told}. Drawn one after the other, these come with a probability "
        f"of {share_words(together)}."
    )


def key(lab: Context) -> str:
    """Of the choice: another for each call, as the same place is another token there."""
    return f"tokens.lab.picked.{lab.run}"


def _option(found: NextToken, result: WhatIf, place: int) -> str:
    """Not with what the sliders make of it: a list whose texts change forgets what was chosen."""
    text = shortened(token_words(found.tokens[place]), 28)
    return f"{text}   {share_words(float(result.before[place]))}"


def _why_not(token: str) -> str | None:
    if not token:
        return _NO_TEXT
    return _PART if "\ufffd" in token else None


def _draw_one(lab: Context, found: NextToken, result: WhatIf) -> None:
    place = int(np.random.default_rng().choice(len(result.after), p=result.after))
    token = found.tokens[place].token
    if (why_not := _why_not(token)) is not None:
        st.session_state["tokens.lab.drawn"] = f"Drawn: {why_not.lower()}, so the text ends here."
        return
    lab.go_on(token, float(result.after[place]))
