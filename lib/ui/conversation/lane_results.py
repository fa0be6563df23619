"""What came of comparing ways to manage context: tokens, answers, and what each didn't see."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from lib.charts.lane_tokens import lane_tokens
from lib.charts.theme import Look
from lib.conversation import experiments
from lib.conversation.script import Comparison, Lane
from lib.conversation.turns import Turn
from lib.domain.message import Message
from lib.domain.vocabulary import Sample
from lib.engine import costing
from lib.ui import inert, projector
from lib.ui.conversation import limits, measuring, plotting, runs
from lib.ui.conversation.kept import Open
from lib.ui.responses import opening
from lib.ui.sample import marker

REPEATS = 20


def draw(opened: Open, comparison: Comparison) -> None:
    """Draw what has come so far."""
    answered = {lane.name: _samples(lane) for lane in comparison.lanes}
    if not any(answered.values()):
        _ended(comparison)
        return
    if comparison.stopped:
        st.warning("Stopped before the end of the script.", icon=":material/stop:")
    known = limits.of(opened.options.asking)
    tokens = {
        name: [None if each is None else each.usage.input_tokens for each in samples]
        for name, samples in answered.items()
        if samples
    }
    largest = max((n for each in tokens.values() for n in each if n is not None), default=0)
    near = known.window is not None and largest >= known.window / 4
    chart = lane_tokens(tokens, window=known.window if near else None, look=Look(projector.scale()))
    plotting.show(chart, "lanes")
    _lanes(comparison)
    _totals(comparison, answered)
    if comparison.done:
        _how_often(opened, comparison)


def _samples(lane: Lane) -> list[Sample | None]:
    return [
        runs.sample_of(turn)
        for turn in lane.conversation.branch(lane.head)
        if turn.role == "assistant"
    ]


def _ended(comparison: Comparison) -> None:
    for lane in comparison.lanes:
        if lane.ended:
            inert.text(f"{lane.name}: {lane.ended}", most=400)


def _lanes(comparison: Comparison) -> None:
    """The last exchange of each way, and what it didn't see."""
    grid = st.grid(min(4, len(comparison.lanes)), min_column_width=260, border=True)
    for place, lane in enumerate(comparison.lanes):
        with grid.cell():
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(marker.markdown(place), width="content")
                inert.text(lane.name, most=60)
            _last(lane)
            if lane.ended:
                st.warning("Not asked any more.", icon=":material/block:")
                inert.text(lane.ended, most=400)


def _last(lane: Lane) -> None:
    branch = lane.conversation.branch(lane.head)
    answers = [turn for turn in branch if turn.role == "assistant"]
    if not answers:
        st.caption("No answer yet.")
        return
    last = answers[-1]
    asked = next(turn for turn in branch if turn.id == last.parent)
    st.caption(f"Turn {len(answers)}")
    inert.text(f"You: {asked.text}", most=160)
    inert.text(f"Model: {last.text or '(empty)'}", most=600)
    if len(answers) > 1:
        with st.expander(
            f"All {len(answers)} turns",
            type="compact",
            key=f"conversation.all.{last.run}.{last.sample}",
        ):
            for turn in branch:
                inert.text(f"{turn.role}: {turn.text}", most=400)
    unseen = _unseen(branch, last)
    if unseen:
        with st.expander(
            f"Not seen: {len(unseen)} earlier turn{'s' * (len(unseen) != 1)}",
            type="compact",
            icon=":material/visibility_off:",
            key=f"conversation.unseen.{last.run}.{last.sample}",
        ):
            for turn in unseen:
                inert.text(f"{turn.role}: {turn.text}", most=300)
    else:
        st.caption("It saw every earlier turn.")
    summaries = lane.conversation.summaries
    if summaries:
        with st.expander(
            "Its last summary",
            type="compact",
            icon=":material/short_text:",
            key=f"conversation.summary.{last.run}.{last.sample}",
        ):
            inert.text(summaries[-1].text)
    if st.button(
        "Open in Responses",
        key=f"conversation.lane.{last.run}.{last.sample}",
        type="tertiary",
        icon=":material/data_object:",
    ):
        opening.show(last.run or "", sample=last.sample)


def _unseen(branch: Sequence[Turn], last: Turn) -> list[Turn]:
    sent = runs.messages_of(last)
    if sent is None:
        return []
    earlier = branch[: branch.index(last)]
    return [each for each in earlier if Message(each.role, each.text) not in sent]


def _totals(comparison: Comparison, answered: dict[str, list[Sample | None]]) -> None:
    rows = []
    for lane in comparison.lanes:
        samples = [each for each in answered[lane.name] if each is not None]
        extra = [_summary_sample(each.run, each.sample) for each in lane.conversation.summaries]
        both = [*samples, *(each for each in extra if each is not None)]
        rows.append(
            {
                "way": lane.name,
                "turns answered": len(samples),
                "summaries": len(lane.conversation.summaries),
                "tokens sent": _sum(each.usage.input_tokens for each in both),
                "tokens answered": _sum(each.usage.output_tokens for each in both),
                "cost": _cost(lane),
            }
        )
    with st.expander("Tokens and cost of each way", key="conversation.lanes.totals"):
        st.dataframe(rows, hide_index=True, alt="Tokens and cost of each way, all turns together")
        st.caption("With the calls that made summaries. An empty number was not reported.")


def _summary_sample(run: str, sample: str) -> Sample | None:
    found = runs.snapshot(run)
    slot = runs.slot_of(found, sample) if found is not None else None
    return found.samples.get(slot.id) if found is not None and slot is not None else None


def _sum(values: object) -> int | None:
    listed = list(values)  # type: ignore[call-overload]  # a generator of numbers or None
    return None if any(each is None for each in listed) else sum(listed)


def _cost(lane: Lane) -> str:
    """Of this lane's configurations alone: its runs ask other lanes as well."""
    spent = runs.cost(())
    for call in lane.conversation.calls:
        found = runs.snapshot(call.run)
        if found is None:
            continue
        names = [each.name for each in found.experiment.configurations]
        if lane.name in names:
            spent = spent + found.costs.get(names.index(lane.name) + 1, runs.cost(()))
    return costing.amount(spent)


def _how_often(opened: Open, comparison: Comparison) -> None:
    """The last question as an experiment: one answer says nothing about how often."""
    asked = {
        lane.name: messages
        for lane in comparison.lanes
        if (messages := _last_messages(lane, len(comparison.turns))) is not None
    }
    if len(asked) < 2:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        word = st.text_input(
            "A right answer contains",
            key=opened.key("lanes.word"),
            placeholder="Biscuit",
            width=240,
        )
        if st.button(
            f"Ask the last question {REPEATS} times each, in Compare",
            icon=":material/compare:",
            key="conversation.lanes.compare",
            help="Opens Compare with the messages that each way has sent last. Nothing is sent "
            "before you press Run there.",
        ):
            opened.later(partial(_to_compare, opened, asked, (word or "").strip()))


def _last_messages(lane: Lane, turns: int) -> tuple[Message, ...] | None:
    answers = [t for t in lane.conversation.branch(lane.head) if t.role == "assistant"]
    return runs.messages_of(answers[-1]) if len(answers) == turns else None


def _to_compare(opened: Open, asked: dict[str, tuple[Message, ...]], word: str) -> None:
    checks = [{"name": f"contains {word}"[:200], "contains": word}] if word else []
    measuring.to_compare(
        experiments.draft(
            opened.options.asking,
            asked,
            name="What each way to manage context remembers",
            repeats=REPEATS,
            checks=checks,
        )
    )
