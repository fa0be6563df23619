"""How a run is to be judged, editable: declared before it, and stored with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lib.analysis.extraction import NO_VALUE, Values, extracted
from lib.charts.inert import plain_label
from lib.domain.declared import RULES, Answer, Declared
from lib.domain.errors import InputError, StoreError
from lib.domain.experiment_file import parse
from lib.engine.progress import Snapshot
from lib.results.grouping import groups
from lib.ui import inert, state
from lib.ui.compare.readiness import plainly
from lib.ui.responses import reading
from lib.ui.state import Draft

Table = dict[str, Any]

_ANSWERS: Mapping[str, tuple[str, str]] = {
    "": ("the whole text", ""),
    "labels": ("one of some labels", "Parted by commas, such as yes, no. Only one may occur."),
    "number": ("the last number", ""),
    "json_field": ("a field of JSON", "Such as result.label, or items.0."),
    "pattern": ("what a pattern finds", "A regular expression; its first group is the value."),
    "similar": (
        "alike in words",
        "Answers this alike, on average, count as one. It knows nothing of meaning.",
    ),
}
_MOST_VALUES = 20
"""That a preview lists, the most frequent first."""
_MOST_CONFIGURATIONS = 12


def edit(draft: Draft) -> Table:
    """Draw the `[analysis]` table of the experiment; returns it as it is now."""
    base: Table = dict(draft.base.get("analysis") or {})
    with st.expander("How it is judged", icon=":material/balance:", expanded=bool(base)):
        st.caption("Declared before the run, so that nothing is chosen after its results.")
        table = {key: value for key, value in base.items() if key == "alpha"}
        margin = st.number_input(
            "Margin",
            value=float(base.get("margin", Declared().margin)),
            step=0.01,
            format="%g",
            key=draft.key("judging.margin"),
            help="Of a difference of probabilities: what is smaller doesn't matter to you.",
        )
        if margin != Declared().margin:
            table["margin"] = margin
        answer = _answer(draft, base)
        if base.get("answer") and "similar" in base and "answer" in answer:
            # A file may declare both, and here is one choice.
            table["similar"] = base["similar"]
            st.caption(f"Values at least {base['similar']:g} alike count as one, too.")
        table |= answer
        with st.container(key=draft.key("judging.preview")):
            _on_the_run(answer.get("answer"))
        table |= _stop(draft, base)
        _tell(table, draft.document)
    return table


def _on_the_run(rule: Table | None) -> None:
    """What a rule would find in the run that is looked at: to see whether it is the right one."""
    run = state.run_id()
    declared = _declared({"answer": rule}) if rule and run else None
    if run is None or declared is None or declared.answer is None:
        return
    try:
        snapshot = reading.snapshot(run)
    except StoreError:
        return  # told where the run itself is shown
    if snapshot is not None and snapshot.samples and not snapshot.running:
        st.caption("What this rule finds in the answers of the run below")
        _preview(_found((run, snapshot.done), declared.answer, snapshot))


@st.cache_data(show_spinner="Reading the answers …", max_entries=8)
def _found(key: tuple[object, ...], rule: Answer, _snapshot: Snapshot) -> list[Values]:
    """A pattern can take seconds, and the editor is drawn at each change."""
    del key
    return extracted(rule, groups(_snapshot))


def _preview(found: Sequence[Values]) -> None:
    rows = counted(found[:_MOST_CONFIGURATIONS])
    st.dataframe(
        rows[:_MOST_VALUES],
        hide_index=True,
        height="content",
        alt="How many calls of each configuration gave each value.",
    )
    if more := len(rows) - _MOST_VALUES:
        st.caption(f"{more:,} rarer values are not listed." * (more > 0))
    without(found)


def counted(found: Sequence[Values]) -> list[dict[str, object]]:
    """A row for each value, the most frequent first, with its calls by configuration. Pure."""
    counts = [each.counts for each in found]
    totals = sum((Counter(each) for each in counts), start=Counter[str]())
    return [
        {"value": value}
        | {each.name: n.get(value, 0) for each, n in zip(found, counts, strict=True)}
        for value, _ in totals.most_common()
        if value != NO_VALUE
    ]


def without(found: Sequence[Values]) -> None:
    """Draw how many answers have no value, and some of them; nothing where all have one."""
    for each in found:
        if each.without:
            has = "has" if each.without == 1 else "have"
            told = f"{each.name}: {each.without:,} of {len(each.values):,} answers {has} no value"
            some = [f"– {plain_label(text, most=120) or '(empty)'}" for text in each.examples]
            inert.text("\n".join([f"{told}, such as", *some]))


def _answer(draft: Draft, base: Table) -> Table:
    given = base.get("answer") or {}
    kinds = list(_ANSWERS)
    now = next((rule for rule in RULES if rule in given), "similar" if "similar" in base else "")
    kind = st.selectbox(
        "What counts as the answer",
        kinds,
        index=kinds.index(now),
        format_func=lambda name: _ANSWERS[name][0],
        key=draft.key("judging.answer"),
    )
    key, says = draft.key(f"judging.{kind}"), _ANSWERS[kind][1]
    match kind:
        case "":
            return {}
        case "number":
            return {"answer": {"number": True}}
        case "similar":
            value = float(base.get("similar", 0.8))
            return {
                "similar": st.slider("At least so alike", 0.3, 1.0, value, 0.05, key=key, help=says)
            }
        case "labels":
            text = st.text_input("Labels", ", ".join(given.get(kind, [])), key=key, help=says)
            return {"answer": {kind: [part.strip() for part in (text or "").split(",")]}}
        case _:
            text = st.text_input("Rule", str(given.get(kind, "")), key=key, help=says)
            return {"answer": {kind: text or ""}}


def _stop(draft: Draft, base: Table) -> Table:
    given = base.get("stop")
    on = st.toggle(
        "End as soon as the question is answered",
        value=given is not None,
        key=draft.key("judging.stop"),
        help="Looks after every batch whether each pair is different or equivalent. Calls for each "
        "is then the most. False alarms stay at the declared rate over all looks.",
    )
    if not on:
        return {}
    batch = st.number_input(
        "Calls of each between two looks",
        value=int((given or {}).get("batch", 10)),
        step=1,
        key=draft.key("judging.batch"),
    )
    return {"stop": {"batch": int(batch)}}


def _tell(table: Table, document: Mapping[str, Any]) -> None:
    """What is wrong with it, beside it: the same is told beside Run."""
    try:
        _parsed(table, document.get("repeats", 20))
    except InputError as error:
        for line in str(error).splitlines():
            inert.text(plainly(line, {"analysis": table}))


def _declared(table: Table) -> Declared | None:
    try:
        return _parsed(table, 20)
    except InputError:
        return None  # told where it is edited


def _parsed(table: Table, repeats: object) -> Declared:
    two = [{"name": "A"}, {"name": "B"}]
    message = {"role": "user", "content": "x"}
    return parse(
        {"repeats": repeats, "messages": [message], "configurations": two, "analysis": table}
    ).declared
