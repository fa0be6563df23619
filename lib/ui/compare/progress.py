"""How far a run is, how to stop it, and how to go on with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter

import streamlit as st

from lib.domain.cost import NOTHING
from lib.domain.errors import CallError, Refused
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import document
from lib.engine import costing, learnt
from lib.engine.carrying import AT_ONCE
from lib.engine.costing import in_words
from lib.engine.progress import Snapshot, cut_off
from lib.ui import credentials, inert, resources, state, trouble
from lib.ui.compare import latest, mending
from lib.ui.compare.durations import duration
from lib.ui.compare.run_button import in_money

MOST_TOLD = 20
"""Different failures that are told one by one."""


def running(snapshot: Snapshot) -> None:
    """The state of a run that goes on: a bar, Stop, and the latest of each configuration."""
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
    latest.draw(snapshot)
    _warnings(snapshot)
    # A try that failed and is made again is counted above; here is what has really failed.
    _failed(snapshot, {id_: e for id_, e in snapshot.failures.items() if id_ in snapshot.spent})


def _words(snapshot: Snapshot) -> str:
    planned, flying = len(snapshot.slots), sum(snapshot.in_flight.values())
    words = [f"{snapshot.done:,} of {planned:,} calls", f"{flying:,} in flight"]
    if failed := sum(snapshot.retries.values()):
        words.append(f"{failed:,} failed {'try' if failed == 1 else 'tries'}")
    if snapshot.cost != NOTHING:
        words.append(f"cost so far {costing.amount(snapshot.cost)}")
    if snapshot.cost.at_least:
        words.append(f"cost {in_words(snapshot.cost)}")
    if snapshot.state == "stopping":
        words.append("stopping")
    elif snapshot.paused_s:
        words.append(f"an endpoint asks to wait {snapshot.paused_s:.0f} s")
    elif snapshot.left_s is not None:
        words.append(f"about {duration(snapshot.left_s)} left")
    return ", ".join(words).replace("$", "\\$")  # a pair of them would be read as a formula


def ended(snapshot: Snapshot) -> None:
    """What became of a run that has ended, and the buttons that go on with it."""
    missing = len(snapshot.slots) - snapshot.done
    if not missing:
        st.caption(f"All {snapshot.done:,} planned calls have an answer. Run {snapshot.run}")
    else:
        st.warning(ending(snapshot), icon=":material/warning:")
    if snapshot.n_changed_after_results:
        st.caption(
            ":material/info: N was raised after results were seen. Who looks first and then asks "
            "for more finds a difference by chance more often than the p-values say: take verdicts "
            "as hints, or run the experiment anew with this N."
        )
    _warnings(snapshot)
    if cost := costing.told(snapshot.cost):
        inert.text(cost)
    _failed(snapshot, {id_: e for id_, e in snapshot.failures.items() if not _abandoned(e)})
    _buttons(snapshot, missing)


def ending(snapshot: Snapshot) -> str:
    """How a run ended that has not all of its answers, in a sentence. Pure."""
    planned = len(snapshot.slots)
    abandoned = sum(map(_abandoned, snapshot.failures.values()))
    failed = len(snapshot.failures) - abandoned
    told = []
    if snapshot.state == "stopped":
        told.append(f"Stopped at {snapshot.done:,} of {planned:,} planned samples")
        if failed:
            told.append(f"{_calls(failed)} failed")
    elif failed:
        told.append(f"{failed:,} of {planned:,} calls failed")
    else:
        told.append(f"Interrupted at {snapshot.done:,} of {planned:,} planned samples")
    if abandoned:
        told.append(f"{_calls(abandoned)} abandoned, which may be billed")
    never = planned - snapshot.done - failed - abandoned
    if never and snapshot.state != "stopped" and failed:
        told.append(f"{_calls(never)} not made")
    rest = " The charts use what is there." if snapshot.done else ""
    return f"{', '.join(told)}.{rest}"


def _calls(number: int) -> str:
    return f"{number:,} call{'s' * (number != 1)}"


def _abandoned(error: CallError) -> bool:
    """Whether a call was under way when the run ended: nobody knows its answer, nothing failed."""
    return error.says == cut_off().says


def _warnings(snapshot: Snapshot) -> None:
    for warning in snapshot.warnings:
        inert.text(warning)


def _failed(snapshot: Snapshot, failures: dict[int, CallError]) -> None:
    """Each failure once for each configuration, with the number of calls that it hit."""
    numbers = {slot.id: slot.number for slot in snapshot.slots}
    hits = Counter((numbers[id_], str(error), error.code) for id_, error in failures.items())
    for number, error in snapshot.ended.items():
        if not _abandoned(error):
            hits[(number, str(error), error.code)] += 0
    if not hits:
        return
    total = len(snapshot.experiment.configurations)
    hit = len({number for number, _, _ in hits})
    st.error(
        f"Calls failed in {hit} of {total} configuration{'s' * (total != 1)}.",
        icon=":material/error:",
    )
    for (number, sentence, code), times in sorted(hits.items())[:MOST_TOLD]:
        name = snapshot.experiment.configurations[number - 1].name
        how_often = f", {_calls(times)}" if times > 1 else ""
        inert.text(f"{name}: {sentence} ({code}{how_often})", most=400)
    _mend(snapshot, failures)


def refused(snapshot: Snapshot, failures: Iterable[tuple[int, CallError]]) -> dict[str, list[int]]:
    """The settings that endpoints have refused, and in which configurations, by number. Pure.

    Args:
        snapshot: the run.
        failures: what failed, with the number of its configuration.
    """
    found: dict[str, list[int]] = {}
    for number, error in sorted(failures, key=itemgetter(0)):
        configuration = snapshot.experiment.configurations[number - 1]
        setting = learnt.refused_setting(configuration, error)
        if isinstance(error, Refused) and error.setting == "prefill":
            setting = "prefill"
        if setting is not None and number not in found.setdefault(setting, []):
            found[setting].append(number)
    return found


def _mend(snapshot: Snapshot, failures: dict[int, CallError]) -> None:
    """A button for each refused setting: it opens the editor without it, and asks nothing."""
    numbers = {slot.id: slot.number for slot in snapshot.slots}
    told = [*((numbers[id_], each) for id_, each in failures.items()), *snapshot.ended.items()]
    with st.container(horizontal=True, gap="small"):
        for setting, where in refused(snapshot, told).items():
            what = "Take the prefill out" if setting == "prefill" else f"Leave {setting} empty"
            if st.button(
                f"{what}, to run again",
                icon=":material/build:",
                key=f"compare.refused.{setting}",
                help="Opens the editor with that change. Nothing is sent before you press Run, and "
                "Undo brings back what is there now.",
            ):
                whole = document(snapshot.experiment)
                state.draft().replace(mending.without(whole, setting, where))
                st.session_state["state.editing"] = snapshot.run
                st.rerun()


@dataclass(frozen=True, slots=True)
class Further:
    """How a run can be raised, and what that means for its verdicts."""

    repeats: int
    """Of each configuration, in all."""
    help: str


def further(experiment: Experiment) -> Further:
    """The next number of calls of each that a run can be raised to.

    A run that was declared to look in between is raised to its next look, which its verdicts
    allow for. Once all looks are behind it, or without any, more calls make hints of them.
    """
    repeats, stop = experiment.repeats, experiment.declared.stop
    hint = (
        "Adds to this run and pays for the new calls only. N is raised after results were seen, so "
        "verdicts are hints then: chance alone finds a difference more often."
    )
    if stop is None:
        return Further(2 * repeats, hint)
    if repeats < stop.most and stop.allows(repeats):
        next_look = min(repeats + stop.batch, stop.most)
        return Further(
            next_look,
            f"Up to the next look that was declared, after {next_look:,} calls of each. Verdicts "
            "on agreement allow for it. Pays for the new calls only.",
        )
    return Further(
        repeats + stop.batch,
        f"More than the {stop.most:,} calls of each that were declared for this run. {hint}",
    )


def _buttons(snapshot: Snapshot, missing: int) -> None:
    repeats, more = snapshot.experiment.repeats, further(snapshot.experiment)
    with st.container(horizontal=True, gap="small"):
        if missing:
            st.button(
                f"Ask for the missing {missing:,}",
                icon=":material/resume:",
                key="compare.resume",
                on_click=_go_on,
                args=(snapshot, None),
                help="Failed calls get new tries. What is there is kept, and not asked again.",
            )
        st.button(
            f"{more.repeats - repeats:,} more of each",
            icon=":material/add:",
            key="compare.more",
            on_click=_go_on,
            args=(snapshot, more.repeats),
            help=more.help,
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
    with trouble.kept(state.STARTING):
        resources.engine().resume(
            snapshot.run,
            keys=credentials.keys_of(endpoints),
            repeats=repeats,
            retry_failed=repeats is None,
            at_once=int(st.session_state.get("compare.at_once") or AT_ONCE),
            max_calls=st.session_state.get("compare.budget"),
            max_cost_usd=in_money(st.session_state.get("compare.budget_usd")),
        )
