"""Ways to manage context on the same script of turns: set up, carried out, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from lib.conversation import experiments, script
from lib.conversation.document import Document
from lib.conversation.memory import KINDS, NAMES, Kind, Memory
from lib.conversation.script import Comparison, Step
from lib.conversation.turns import Turn
from lib.domain.experiment import Experiment
from lib.ui import resources
from lib.ui.conversation import asking, lane_results, limits, outlook, runs
from lib.ui.conversation.kept import Open

POLL_S = 0.5
_DEFAULT: tuple[Kind, ...] = ("all", "none", "window", "summarise")


def draw(opened: Open) -> None:
    """Draw the comparison of this conversation, or what it takes to begin one."""
    st.subheader("Compare ways to manage context")
    comparison = opened.document.comparison
    going_on = comparison is not None and not comparison.done
    with st.expander("The script", key="conversation.script"):
        _set_up(opened, running=going_on and opened.driving)
    with st.container():
        if comparison is not None:
            if going_on and opened.driving and not _broken_off(comparison):
                _go_on(opened.id)
            elif going_on:
                _left(opened, comparison)
            lane_results.draw(opened, comparison)


def _broken_off(comparison: Comparison) -> bool:
    """Whether the last run was interrupted, so that asking it again is somebody's choice."""
    found = runs.snapshot(comparison.runs[-1].run) if comparison.waiting else None
    return found is not None and found.state == "interrupted"


def _left(opened: Open, comparison: Comparison) -> None:
    """A comparison that was left before its end: it goes on when somebody says so."""
    st.warning(
        f"This comparison was left at turn {comparison.round + 1} of {len(comparison.turns)}. "
        "Nothing more is asked before you go on.",
        icon=":material/pause:",
    )
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "Go on with the comparison", icon=":material/resume:", key="conversation.compare.go_on"
        ):
            opened.later(partial(_resume, opened, comparison))
        if st.button(
            "End it here", icon=":material/stop:", key="conversation.compare.end", type="tertiary"
        ):
            opened.later(partial(_end, opened))


def _end(opened: Open) -> None:
    opened.change(_stopped)


def _resume(opened: Open, comparison: Comparison) -> None:
    opened.driving = True
    if _broken_off(comparison):
        asking.resume_run(opened, comparison.runs[-1].run)
    else:
        advance(opened)


def _set_up(opened: Open, *, running: bool) -> None:
    st.caption(
        "The same user's turns are said anew under each way, and each gets answers of its own. A "
        "turn is one run, whose configurations are the ways."
    )
    said = [turn.text for turn in opened.branch if turn.role == "user"]
    before = opened.document.comparison
    text = st.text_area(
        "What the user says, one turn a line",
        value="\n".join(before.turns if before is not None else (one_line(each) for each in said)),
        key=opened.key(f"script.turns.{len(said)}"),
        height=120,
        placeholder="My dog is called Biscuit.\nWhat is my dog called?",
    )
    prefill = st.text_input(
        "Begin the last answer with (prefill)",
        value=before.prefill if before is not None else "",
        key=opened.key("script.prefill"),
        placeholder="The answer starts from nothing",
    )
    kinds = st.pills(
        "Ways",
        KINDS,
        selection_mode="multi",
        default=[each.memory.kind for each in before.lanes] if before is not None else _DEFAULT,
        format_func=NAMES.__getitem__,
        key=opened.key("script.kinds"),
    )
    memory = opened.options.memory
    kept = st.number_input(
        "Earlier exchanges that a window and a summary leave as they are",
        value=before_exchanges(before, memory),
        min_value=0,
        max_value=100,
        step=1,
        key=opened.key("script.exchanges"),
    )
    turns = [line.strip() for line in (text or "").splitlines() if line.strip()]
    ways = [Memory(kind, int(kept), memory.limit) for kind in KINDS if kind in kinds]
    with st.container():
        st.caption(_plan(turns, ways))
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "Compare them",
            icon=":material/play_arrow:",
            key="conversation.compare",
            disabled=running or not turns or not ways,
        ):
            opened.later(partial(begin, opened, turns, ways, prefill or ""))


def before_exchanges(before: Comparison | None, memory: Memory) -> int:
    """The number that the lanes of a comparison have, else 1: it shows most in a short script."""
    mine = [each.memory.exchanges for each in before.lanes] if before is not None else []
    return mine[0] if mine else min(1, memory.exchanges)


def one_line(text: str) -> str:
    """A turn as a line of the script."""
    return " ".join(text.split())


def _plan(turns: Sequence[str], ways: Sequence[Memory]) -> str:
    if not turns or not ways:
        return "A script has a turn or more, and a way or more."
    asked = min(len(turns), script.MOST_TURNS)
    calls = asked * len(ways)
    told = f"{asked} turns under {len(ways)} ways: {calls} calls"
    if any(each.kind == "summarise" for each in ways):
        told += ", and a call for each new summary"
    if len(turns) > asked:
        told += f". Only the first {asked} turns are taken"
    return f"{told}. One answer a turn: it shows what a way keeps and what it costs, not how often."


def begin(opened: Open, turns: Sequence[str], ways: Sequence[Memory], prefill: str) -> None:
    """Begin a comparison, and ask its first round."""
    made = script.begin(turns, ways, prefill=prefill)
    opened.driving = True
    opened.change(lambda now: replace(now, comparison=made))
    advance(opened)


def advance(opened: Open) -> None:
    """Take what the last run brought, and ask the next round. Nothing, while a run is under way."""
    comparison = opened.document.comparison
    if comparison is None or comparison.done:
        return
    if comparison.waiting:
        found = runs.snapshot(comparison.runs[-1].run)
        if found is not None and found.running:
            return
        _take(opened, comparison)
    _ask(opened)


def _take(opened: Open, comparison: Comparison) -> None:
    """Take the answers of the last run."""
    last = comparison.runs[-1]
    found = runs.snapshot(last.run)
    answers: dict[int, tuple[str, str] | str] = {}
    for number, place in enumerate(last.lanes, start=1):
        mine = [s for s in (runs.answers(found) if found else ()) if s.slot.number == number]
        answers[place] = (mine[0].text, mine[0].slot.name) if mine else _why(last.run, number)

    def with_answers(now: Document) -> Document:
        there = now.comparison
        if there is None or not there.waiting or there.runs[-1] != last:
            return now  # another tab has taken them
        stopped = there.stopped or (found is not None and found.state == "stopped")
        return replace(now, comparison=replace(script.took(there, answers), stopped=stopped))

    opened.change(with_answers)


def _why(run: str, number: int) -> str:
    found = runs.snapshot(run)
    if found is None:
        return "The run is not in the store any more."
    if number in found.ended:
        return str(found.ended[number])
    numbers = {each.id: each.number for each in found.slots}
    errors = [str(e) for id_, e in found.failures.items() if numbers.get(id_) == number]
    return errors[0] if errors else "The run ended before this way was asked."


def _ask(opened: Open) -> None:
    options = opened.options
    known = limits.of(options.asking)
    system = outlook.system_of(options)
    begun = asking.takes_prefill(options.asking)

    def fits(memory: Memory, turns: Sequence[Turn]) -> bool:
        return outlook.fits(turns, memory, options, known, system=system, prefill="")

    def asked(now: Document) -> Document:
        # The run is started while the file is held, so that no other tab starts it as well.
        if now.comparison is None:
            return now
        prepared, step = script.next_step(now.comparison, system=system, fits=fits, begun=begun)
        if step is None:
            return now
        run = asking.start(opened, lambda: _experiment(opened, prepared, step))
        if run is None:
            return _stopped(now)
        return replace(now, comparison=script.started(prepared, step, run, fits=fits))

    opened.change(asked)


def _experiment(opened: Open, comparison: Comparison, step: Step) -> Experiment:
    whom = opened.options.asking
    summary = step.purpose == "summary"
    asked = {comparison.lanes[place].name: messages for place, messages in step.messages.items()}
    turn = f"{comparison.round + 1} of {len(comparison.turns)}"
    return experiments.experiment(
        experiments.for_summaries(whom) if summary else whom,
        asked,
        name=f"Ways to manage context, {'summary before ' if summary else ''}turn {turn}",
    )


def _stopped(now: Document) -> Document:
    if now.comparison is None:
        return now
    return replace(now, comparison=replace(now.comparison, stopped=True))


@st.fragment(run_every=POLL_S)
def _go_on(id_: str) -> None:
    """Carry the comparison on, and show how far it is."""
    opened: Open | None = st.session_state.get("conversation.open")
    if opened is None or opened.id != id_:
        st.rerun()
        return
    opened.look_again()
    before = opened.document.comparison
    advance(opened)
    comparison = opened.document.comparison
    if comparison is None or comparison.done or comparison != before:
        st.rerun()
        return
    run = comparison.runs[-1].run if comparison.runs else None
    share = min(1.0, comparison.round / len(comparison.turns))
    summary = bool(comparison.runs) and comparison.runs[-1].purpose == "summary"
    what = "summarising for" if summary else "asking"
    st.progress(
        share, f"{what} turn {comparison.round + 1} of {len(comparison.turns)}".capitalize()
    )
    st.button(
        "Stop",
        icon=":material/stop:",
        key="conversation.compare.stop",
        on_click=_stop,
        args=(opened, run),
        help="What was answered is kept.",
    )


def _stop(opened: Open, run: str | None) -> None:
    opened.change(_stopped)
    if run is not None:
        resources.engine().stop(run)
