"""The next-token lab: type a context, see the whole distribution, turn the knobs, go on."""

from __future__ import annotations

from math import exp

import streamlit as st

from lib.analysis.next_token import NextToken
from lib.analysis.what_if import WhatIf, what_if
from lib.charts.inert import shortened
from lib.charts.next_token import cuts_in_words, next_token, share_words, token_words
from lib.charts.theme import Look
from lib.charts.words import number
from lib.domain.message import ROLES, Message, Role
from lib.engine.progress import Snapshot
from lib.results import next_token as asking
from lib.ui import inert, projector, resources, state
from lib.ui.tokens import all_tokens, draws, knobs, pick, plotting
from lib.ui.tokens.context import Context, context, snapshot_of

POLL_S = 0.3
MOST_ROWS = (10, 15, 30, 50)


def draw() -> None:
    """Draw the context, and what follows it once that was asked."""
    lab = context()
    if trouble := resources.embedded_trouble():
        st.warning("The lab needs the embedded model.", icon=":material/warning:")
        inert.text(trouble)
        return
    _edit(lab)
    if lab.trouble:
        st.error("The call was not made.", icon=":material/error:")
        inert.text(lab.trouble)
    snapshot = snapshot_of(lab.run)
    if snapshot is None:
        st.info(
            "One call to the embedded model reports the probability of every token that it knows. "
            "Everything below is computed from all of them, so the sliders are exact.",
            icon=":material/science:",
        )
    elif snapshot.running:
        _wait(snapshot.run)
    elif (found := all_tokens.distribution(snapshot)) is None:
        _nothing(snapshot)
    else:
        if not lab.asked(snapshot):
            st.caption("The context has changed since this call: press Show the next token.")
        _shown(snapshot.run, lab.version, found)


def _edit(lab: Context) -> None:
    with st.container(border=True):
        messages = []
        system = next((m.content for m in lab.messages if m.role == "system"), "")
        left, right = st.columns(2, gap="medium")
        with left:
            said = st.text_area(
                "System (optional)",
                value=system,
                key=f"tokens.lab.{lab.version}.system",
                height=68,
                placeholder="No system message",
            )
            if said:
                messages.append(Message("system", said))
            for place, message in enumerate(lab.messages):
                if message.role != "system":
                    messages.append(_turn(lab, place, message.role, message.content))
        with right:
            prefill = st.text_area(
                "The answer so far (prefill)",
                value=lab.prefill,
                key=f"tokens.lab.{lab.version}.prefill",
                height=124,
                placeholder="The answer starts from nothing",
                help="The model goes on from here. A picked token is added at its end, and the "
                "whole text is cut into tokens anew.",
            )
            _buttons(lab)
        lab.messages, lab.prefill = tuple(messages), prefill or ""


def _turn(lab: Context, place: int, role: str, content: str) -> Message:
    typed = st.text_area(
        role.capitalize(), value=content, key=f"tokens.lab.{lab.version}.turn.{place}", height=68
    )
    known: Role = next(each for each in ROLES if each == role)
    return Message(known, typed or "")


def _buttons(lab: Context) -> None:
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "Show the next token",
            type="primary",
            icon=":material/play_arrow:",
            key="tokens.lab.ask",
            shortcut="Mod+Enter",
        ):
            st.session_state["tokens.lab.pressed"] = True
        if lab.back:
            st.button(
                "Take the last token back",
                icon=":material/undo:",
                key="tokens.lab.back",
                on_click=lab.take_back,
            )
        run = state.run_id()
        if run is not None and st.button(
            "Take the messages of the open run",
            icon=":material/input:",
            key="tokens.lab.take",
            type="tertiary",
            help="Those of its first configuration.",
        ):
            st.session_state["tokens.lab.take_from"] = run


def settle() -> bool:
    """Do what a button asked for, now that all texts have been read. Whether there was anything."""
    lab = context()
    if st.session_state.pop("tokens.lab.pressed", False):
        lab.back = []
        lab.ask()
        return True
    taken = snapshot_of(st.session_state.pop("tokens.lab.take_from", None))
    if taken is not None:
        lab.put(*asking.asked(taken))
        lab.back = []
        return True
    return False


@st.fragment(run_every=POLL_S)
def _wait(run: str) -> None:
    snapshot = snapshot_of(run)
    if snapshot is None or not snapshot.running:
        st.rerun()
    else:
        st.progress(0.5, "Asking for the probability of every token …")


def _nothing(snapshot: Snapshot) -> None:
    st.error("The call brought no distribution.", icon=":material/error:")
    for failure in snapshot.failures.values():
        inert.text(str(failure))
    for warning in snapshot.warnings:
        inert.text(warning)


@st.fragment
def _shown(run: str, version: int, found: NextToken) -> None:
    """The sliders and what they do. A part of its own, so that the page stays as it is."""
    lab = context()
    if (lab.run, lab.version) != (run, version):  # gone on: text and call are drawn outside
        st.rerun()
    st.subheader("What follows")
    turned = knobs.draw("lab")
    result = what_if(found, turned.settings, turned.order)
    _numbers(found, result)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        most = st.selectbox(
            "Tokens shown",
            MOST_ROWS,
            index=1,
            key="tokens.lab.most",
            persist_state="session",
            width=140,
        )
        logarithmic = st.toggle(
            "Logarithmic",
            key="tokens.lab.log",
            persist_state="session",
            help="Shows rare tokens, too: each line of the grid is ten times as likely.",
        )
    chart = next_token(
        found,
        result,
        top_p=turned.settings.top_p,
        most=most,
        logarithmic=logarithmic,
        look=Look(projector.scale()),
    )
    clicked = plotting.show(chart, "next", clicked=True)
    if clicked:
        place = int(clicked[0])
        if place < most:
            st.session_state[pick.key(lab)] = place
            st.rerun(scope="fragment")
    pick.draw(lab, found, result)
    draws.draw(lab, run, found, turned)


def _numbers(found: NextToken, result: WhatIf) -> None:
    all_ = len(found.tokens)
    likeliest = found.tokens[0]
    with st.container(horizontal=True, gap="large"):
        _metric("Tokens left", f"{result.kept:,}", f"of {all_:,}")
        _metric(
            "Entropy",
            f"{number(result.entropy_after)} nats",
            f"{number(result.entropy_before)} before",
            help_="How open the choice is: as open as one of "
            f"{number(exp(result.entropy_after))} tokens that are all equally likely.",
        )
        _metric(
            "The likeliest token",
            share_words(float(result.after[0])),
            f"{share_words(float(result.before[0]))} before",
        )
    inert.text(
        f"Exact: computed from all {all_:,} tokens. {cuts_in_words(result.cuts)} "
        f"The likeliest is “{shortened(token_words(likeliest), 24)}”."
    )
    if found.near_tie:
        st.caption(
            "The two likeliest tokens are nearly tied: at temperature 0 rounding decides which one "
            "is taken."
        )


def _metric(label: str, value: str, before: str, *, help_: str | None = None) -> None:
    st.metric(
        label, value, before, delta_color="off", delta_arrow="off", width="content", help=help_
    )
