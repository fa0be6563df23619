"""The next call: what it would send, what the model would not see, and whether it fits."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.conversation.repetition import difference
from lib.conversation.turns import Turn
from lib.ui import inert
from lib.ui.conversation import outlook, sent
from lib.ui.conversation.account import Told
from lib.ui.conversation.composer import Typed
from lib.ui.conversation.kept import Open
from lib.ui.conversation.limits import Limits
from lib.ui.conversation.outlook import Outlook

_TYPED = -1
"""The id of the turn that is being typed."""


def look(opened: Open, known: Limits, typed: Typed) -> Outlook:
    """What would be sent if Send were pressed now."""
    branch = list(opened.branch)
    unanswered = bool(branch) and branch[-1].role == "user"
    if typed.text.strip() or not unanswered:
        branch.append(Turn(id=_TYPED, parent=opened.head, role="user", text=typed.text))
    return outlook.of(
        opened.document.conversation, branch, opened.options, known, prefill=typed.prefill
    )


def fates(found: Outlook) -> dict[int, str]:
    """What becomes of each turn in the next call."""
    return {
        **{each.id: "left_out" for each in found.selection.left_out},
        **{each.id: "summarised" for each in found.selection.summarised},
    }


def beside(found: Outlook, typed: Typed) -> None:
    """Tell, where the message is written, what would become of it: the panel may be far up."""
    with typed.place:
        gone = len(found.selection.left_out)
        unseen = f" {gone} earlier turn{'s' * (gone != 1)} would not be seen." if gone else ""
        if found.room.verdict == "too_long":
            st.error(f"{found.room.says}{unseen}", icon=":material/block:")
        elif found.room.verdict == "cut":
            st.warning(f"{found.room.says}{unseen}", icon=":material/content_cut:")
        else:
            st.caption(f"{found.room.says}{unseen}")


def draw(found: Outlook, known: Limits, told: Sequence[Told]) -> None:
    """Draw the window's filling, and what would be sent."""
    room = found.room
    with st.container(border=True, key="conversation-next"):
        st.markdown("**The next call**")
        if room.share is not None:
            percent = room.input_tokens / room.window if room.window else 0
            st.progress(
                min(1.0, percent),
                f"Context window: {100 * percent:.0f}% filled by the messages",
            )
        kind = {"fits": st.info, "cut": st.warning, "too_long": st.error, "unknown": st.info}
        icons = {
            "fits": ":material/check:",
            "cut": ":material/content_cut:",
            "too_long": ":material/block:",
            "unknown": ":material/help:",
        }
        with st.container():
            kind[room.verdict](room.says, icon=icons[room.verdict])
        with st.container():
            _losses(found)
        st.caption(known.window_says)
        _array(found, told)


def _losses(found: Outlook) -> None:
    gone, short = len(found.selection.left_out), len(found.selection.summarised)
    if gone:
        st.warning(
            f"The model will not see {gone} earlier turn{'s' * (gone != 1)}.",
            icon=":material/visibility_off:",
        )
    if short and found.summary is not None:
        st.caption(f"It sees {short} earlier turns only as this summary:")
        inert.block(found.summary.text)
    elif short:
        st.warning(
            f"{short} earlier turns are to be summarised first: Send makes two calls, one for the "
            "summary and one for the answer.",
            icon=":material/short_text:",
        )


def _array(found: Outlook, told: Sequence[Told]) -> None:
    before = tuple(each.message for each in told[-1].pieces) if told else ()
    messages = [each.message for each in found.sent]
    answer = told[-1].turn.text if told else None
    with st.expander(
        f"The messages that would be sent: {len(messages)}",
        type="compact",
        key="conversation.array",
    ):
        news = difference(messages, before, answer=answer)
        sent.messages(found.sent, news, found.weights, exact=found.room.exact)
