"""How far a run is, how to stop it, and how to go on with it."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from lib.domain.errors import LabError
from lib.domain.experiment_file import document
from lib.engine.carrying import AT_ONCE
from lib.engine.progress import Snapshot
from lib.ui import credentials, inert, resources, state


def running(snapshot: Snapshot) -> None:
    """The state of a run that goes on: a bar, a line for each configuration, and Stop."""
    planned = len(snapshot.slots)
    settled = snapshot.done + len(snapshot.spent)
    here = snapshot.run in resources.engine().running()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.progress(min(1.0, settled / planned), _words(snapshot))
        st.button(
            "Stop",
            icon=":material/stop:",
            key="compare.stop",
            on_click=resources.engine().stop,
            args=(snapshot.run,),
            disabled=snapshot.state == "stopping" or not here,
            help="Calls under way may still finish, for five seconds; what is there is kept."
            if here
            else "Another process carries this run out: stop it there.",
        )
    inert.text("\n".join(_by_configuration(snapshot)))
    _troubles(snapshot)


def _words(snapshot: Snapshot) -> str:
    planned, flying = len(snapshot.slots), sum(snapshot.in_flight.values())
    words = [f"{snapshot.done} of {planned} calls", f"{flying} in flight"]
    if retries := sum(snapshot.retries.values()):
        words.append(f"{retries} failed tries")
    if snapshot.state == "stopping":
        words.append("stopping")
    elif snapshot.paused_s:
        words.append(f"an endpoint asks to wait {snapshot.paused_s:.0f} s")
    elif snapshot.left_s is not None:
        words.append(f"about {_duration(snapshot.left_s)} left")
    return ", ".join(words)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _by_configuration(snapshot: Snapshot) -> list[str]:
    planned = Counter(slot.number for slot in snapshot.slots)
    done = Counter(sample.slot.number for sample in snapshot.samples.values())
    lines = []
    for number, configuration in enumerate(snapshot.experiment.configurations, start=1):
        line = f"{done[number]} of {planned[number]}   {configuration.name}"
        if flying := snapshot.in_flight.get(number):
            line += f"   {flying} in flight"
        if retries := snapshot.retries.get(number):
            line += f"   {retries} failed tries"
        lines.append(inert.shortened(line, 160))
    return lines


def ended(snapshot: Snapshot) -> None:
    """What became of a run that has ended, and the buttons that go on with it."""
    missing = len(snapshot.slots) - snapshot.done
    if not missing:
        st.caption(f"All {snapshot.done} planned calls have an answer. Run {snapshot.run}")
    else:
        words = {
            "stopped": "Stopped",
            "interrupted": "Interrupted",
            "incomplete": "Ended",
        }.get(snapshot.state, "Ended")
        st.warning(
            f"{words} at {snapshot.done} of {len(snapshot.slots)} planned samples. The charts use "
            "what is there.",
            icon=":material/warning:",
        )
    _troubles(snapshot)
    _buttons(snapshot, missing)


def _troubles(snapshot: Snapshot) -> None:
    for warning in snapshot.warnings:
        inert.text(warning)
    numbers = {slot.id: slot.number for slot in snapshot.slots}
    failed = {(numbers[id_], str(error)): error for id_, error in snapshot.failures.items()}
    told = {(number, str(error)): error for number, error in snapshot.ended.items()} | failed
    if not told:
        return
    total = len(snapshot.experiment.configurations)
    hit = len({number for number, _ in told})
    st.error(f"Calls failed in {hit} of {total} configurations.", icon=":material/error:")
    for (number, sentence), error in sorted(told.items())[:20]:
        name = snapshot.experiment.configurations[number - 1].name
        inert.text(f"{name}: {sentence} ({error.code})", most=400)


def _buttons(snapshot: Snapshot, missing: int) -> None:
    with st.container(horizontal=True, gap="small"):
        if missing:
            st.button(
                f"Ask for the missing {missing}",
                icon=":material/resume:",
                key="compare.resume",
                on_click=_go_on,
                args=(snapshot, None),
                help="Failed calls get new tries. What is there is kept, and not asked again.",
            )
        st.button(
            "20 more of each",
            icon=":material/add:",
            key="compare.more",
            on_click=_go_on,
            args=(snapshot, snapshot.experiment.repeats + 20),
            help="Adds to this run and pays for the new calls only. Raising N after results were "
            "seen is noted beside every verdict.",
        )
        st.button(
            "Edit this experiment",
            icon=":material/edit:",
            key="compare.edit",
            on_click=_edit,
            args=(snapshot,),
            help="Puts the messages and settings of this run into the editor. Undo brings back "
            "what is there now.",
        )
        st.button(
            "Close this run",
            icon=":material/close:",
            key="compare.close",
            on_click=state.look_at,
            args=(None,),
            help="It stays in the store, and among the earlier runs.",
        )


def _edit(snapshot: Snapshot) -> None:
    state.draft().replace(document(snapshot.experiment))
    st.session_state["state.editing"] = snapshot.run


def _go_on(snapshot: Snapshot, repeats: int | None) -> None:
    endpoints = {each.endpoint for each in snapshot.experiment.configurations}
    try:
        resources.engine().resume(
            snapshot.run,
            keys=credentials.keys_of(endpoints),
            repeats=repeats,
            retry_failed=repeats is None,
            at_once=int(st.session_state.get("compare.at_once") or AT_ONCE),
            max_calls=st.session_state.get("compare.budget"),
        )
    except LabError as error:
        st.session_state["state.trouble"] = str(error)
    else:
        st.session_state.pop("state.trouble", None)
