"""One sample whole: what was asked, what came back, and what was read from it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from lib.domain.vocabulary import Notes, Reply, Sample, Slot
from lib.engine.progress import Snapshot
from lib.results.response import response
from lib.store.reading import Attempt
from lib.ui import inert, resources

_OPEN = "state.open_sample"

ADVICE = {
    "stop": "The model ended by itself, or met a stop sequence: use it.",
    "stop_sequence": "A stop sequence was about to appear: use it.",
    "length": "Cut off by the limit on tokens: raise max_tokens, or handle the stump.",
    "content_filter": "Withheld by a filter: there may be no text. Tell the user.",
    "refusal": "The model declined. Tell the user.",
    "tool_calls": "The model asks for a tool: run it and send the result back.",
    "context_window": "The context is full: shorten the messages.",
    "pause": "The provider paused a long turn: send it back to go on.",
    "error": "The provider broke off: ask again.",
    "unknown": "The provider named no reason, or one that the lab doesn't know.",
}
"""What to do about each finish reason."""


def open_sample(slot_id: int) -> None:
    """Show this sample when the page is drawn next."""
    st.session_state[_OPEN] = slot_id


def draw_open(snapshot: Snapshot) -> None:
    """Show the sample that was asked for, if one was."""
    slot_id = st.session_state.pop(_OPEN, None)
    slots = {slot.id: slot for slot in snapshot.slots}
    if slot_id in slots:
        _dialog(
            snapshot, [slot.id for slot in snapshot.slots if slot.id in _shown(snapshot)], slot_id
        )


def _shown(snapshot: Snapshot) -> set[int]:
    return {*snapshot.samples, *snapshot.failures}


@st.dialog("Request and response", width="large")
def _dialog(snapshot: Snapshot, order: list[int], first: int) -> None:
    number = {slot.id: slot.number for slot in snapshot.slots}
    same = [each for each in order if number[each] == number[first]]
    at = st.session_state.setdefault(f"state.dialog.{first}", same.index(first))
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Previous", icon=":material/chevron_left:", shortcut="k", disabled=at == 0):
            at -= 1
        if st.button(
            "Next", icon=":material/chevron_right:", shortcut="j", disabled=at >= len(same) - 1
        ):
            at += 1
        st.session_state[f"state.dialog.{first}"] = at
        slot = next(slot for slot in snapshot.slots if slot.id == same[at])
        inert.text(f"Sample {slot.name}, {slot.configuration.name}", most=120)
    _sample(slot, snapshot.samples.get(slot.id), resources.engine().store.attempts(slot.id))


def _sample(slot: Slot, sample: Sample | None, attempts: list[Attempt]) -> None:
    text, request, reply, usage, raw = st.tabs(
        ["Text", "Request as sent", "Response", "Usage and timing", "Raw bytes and headers"]
    )
    last = attempts[-1] if attempts else None
    with text:
        _text(slot, sample, last)
    with request:
        if last is not None:
            _request(last)
    with reply:
        if last is None or last.reply is None:
            st.caption("No response was received.")
        else:
            _response(slot, last.reply)
    with usage:
        _usage(slot, sample, attempts)
    with raw:
        if last is not None and last.reply is not None:
            _raw(last.reply)


def _text(slot: Slot, sample: Sample | None, last: Attempt | None) -> None:
    if sample is None:
        st.caption("There is no answer.")
        if last is not None and last.failure is not None:
            inert.text(f"{last.failure.code}: {last.failure.says} {last.failure.fix}")
        return
    if slot.messages and slot.messages[-1].role == "assistant":
        st.caption("Prefill, as sent; the answer goes on from it")
        inert.block(slot.messages[-1].content)
        st.caption("Answer")
    inert.block(sample.text or "(empty)")
    said = sample.raw_finish_reason or "nothing"
    inert.text(f"Finish reason: {sample.finish_reason} (the provider says: {said})")
    st.caption(ADVICE[sample.finish_reason])
    for flag in sample.flags:
        inert.text(f"Note: {flag}")
    if sample.reasoning:
        st.caption("Reasoning")
        inert.block(sample.reasoning)


def _request(attempt: Attempt) -> None:
    st.caption(f"POST {attempt.request.path}, the body as it was sent")
    inert.block(_pretty(attempt.request.body), language="json", height=320)
    _notes(attempt.request.notes)


def _notes(notes: Notes) -> None:
    st.caption("What you set")
    st.dataframe(
        [{"field": name, "value": str(value)} for name, value in notes.user_set.items()],
        hide_index=True,
        alt="Fields of the request that you set, with their values.",
    )
    if notes.added:
        st.caption("What the lab added, and why")
        st.dataframe(
            [
                {"field": each.field, "value": str(each.value), "why": each.why}
                for each in notes.added
            ],
            hide_index=True,
            alt="Fields of the request that the lab added, with values and reasons.",
        )
    st.caption("Not sent, so that the endpoint's own default holds")
    st.text(", ".join(notes.not_sent) or "nothing")


def _response(slot: Slot, reply: Reply) -> None:
    read = response(slot, reply)
    words = {
        "json": "The response body, parsed.",
        "assembled": "The answer came as a stream: this is the object that its pieces make. The "
        "stream itself is under raw bytes.",
        "text": "The response isn't JSON. This is its text.",
    }
    st.caption(words[read["kind"]])
    if read["kind"] == "text":
        inert.block(read["value"], height=400)
    else:
        st.json(read["value"], expanded=3)


def _usage(slot: Slot, sample: Sample | None, attempts: list[Attempt]) -> None:
    rows: list[dict[str, Any]] = []
    if sample is not None:
        rows += [
            {
                "what": name.replace("_", " "),
                "value": "not reported" if value is None else str(value),
            }
            for name, value in asdict(sample.usage).items()
        ]
        rows += [
            {"what": "latency", "value": f"{sample.seconds:.3f} s"},
            {"what": "model that answered", "value": sample.model or "not reported"},
            {"what": "response id", "value": sample.response_id or "not reported"},
            {"what": "system fingerprint", "value": sample.fingerprint or "not reported"},
        ]
    rows.append({"what": "seed", "value": "none" if slot.seed is None else str(slot.seed)})
    st.dataframe(rows, hide_index=True, alt="Usage, latency and identity of this response.")
    st.caption(f"{len(attempts)} attempts")
    st.dataframe(
        [
            {
                "attempt": each.n,
                "sent": f"{each.begun_at:%Y-%m-%d %H:%M:%S} UTC",
                "status": None if each.reply is None else each.reply.status,
                "seconds": None if each.reply is None else round(each.reply.seconds, 3),
                "error": "" if each.failure is None else each.failure.code,
            }
            for each in attempts
        ],
        hide_index=True,
        alt="Every try at this sample, with status, time and error.",
    )


def _raw(reply: Reply) -> None:
    st.caption(f"Status {reply.status}. Headers that say something about the call:")
    inert.block("\n".join(f"{name}: {value}" for name, value in reply.headers.items()) or "none")
    st.caption(f"Body as received: {len(reply.body):,} bytes")
    inert.block(reply.body[:200_000].decode("utf-8", "backslashreplace"), height=400)
    st.download_button(
        "Download these bytes",
        reply.body,
        "response.bin",
        "application/octet-stream",
        on_click="ignore",
    )


def _pretty(body: bytes) -> str:
    import json

    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "backslashreplace")
