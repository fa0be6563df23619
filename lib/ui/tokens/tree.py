"""Where answers part: the branching tree of one configuration's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from lib.analysis.branching import Node, Tree, Unit, branching, capped, of_tokens, of_words
from lib.charts.inert import plain_token, shortened
from lib.domain.errors import StoreError
from lib.domain.vocabulary import Sample
from lib.engine.progress import Snapshot
from lib.ui import inert
from lib.ui.responses import filters, opening
from lib.ui.responses.criteria import Picked
from lib.ui.tokens import branch_list, known, plotting, stored

MOST_NODES = 300
_OPENED = "tokens.tree.opened"


@dataclass(frozen=True, slots=True)
class Steps:
    """The answers of a configuration as steps."""

    answers: Mapping[str, Sequence[Unit]]
    unit: str
    """`token` or `word`."""
    without: int
    """Answers whose tokens aren't known, where words are shown for that."""


def draw() -> None:
    """Draw the tree of a configuration of the run that is looked at."""
    snapshot = stored.run()
    if snapshot is None:
        return
    found = configuration(snapshot, key="tree")
    if found is None:
        st.info("No call has brought an answer yet.")
        return
    number, samples = found
    with st.spinner("Reading the tokens …"):
        steps = steps_of(snapshot, samples)
    tree = made(snapshot, number, steps)
    _drawn(snapshot, number, steps, tree)


def configuration(snapshot: Snapshot, *, key: str) -> tuple[int, list[Sample]] | None:
    """Draw the choice of a configuration; returns its number and its answers with text."""
    by_number: dict[int, list[Sample]] = {}
    for sample in snapshot.samples.values():
        if sample.outcome in {"ok", "empty"}:
            by_number.setdefault(sample.slot.number, []).append(sample)
    if not by_number:
        return None
    number = st.selectbox(
        "Configuration",
        sorted(by_number),
        format_func=lambda each: filters.configuration_name(snapshot, each),
        key=f"tokens.{key}.{snapshot.run}.configuration",
        persist_state="session",
        width=320,
    )
    return number, sorted(by_number[number], key=lambda each: each.slot.repeat)


def steps_of(snapshot: Snapshot, samples: Sequence[Sample]) -> Steps:
    """By tokens where all answers have them, else by words."""
    if any(sample.first_token is not None for sample in samples):
        try:
            steps = _of_tokens((snapshot.run, samples[0].slot.number, len(samples)), samples)
        except StoreError as error:  # not remembered: it may pass
            inert.text(str(error))
            return _of_words(samples, len(samples))
        if not steps.without:
            return steps
        return _of_words(samples, steps.without)
    return _of_words(samples, 0)


@st.cache_resource(max_entries=24, show_spinner=False)
def _of_tokens(key: tuple[object, ...], _samples: Sequence[Sample]) -> Steps:
    """Read once: the replies of two hundred long answers take seconds."""
    del key
    answers: dict[str, Sequence[Unit]] = {}
    without = 0
    for sample, found in stored.each(_samples, alternatives=False):
        answers[sample.slot.name] = of_tokens(found.at)
        without += bool(sample.text) and not answers[sample.slot.name]
    return Steps(answers, "token", without)


def _of_words(samples: Sequence[Sample], without: int) -> Steps:
    return Steps({s.slot.name: of_words(s.text) for s in samples}, "word", without)


def made(snapshot: Snapshot, number: int, steps: Steps) -> Tree:
    """The tree of a configuration's answers, made once."""
    return _made((snapshot.run, number, len(steps.answers), steps.unit), steps)


@st.cache_resource(max_entries=24, show_spinner=False)
def _made(key: tuple[object, ...], _steps: Steps) -> Tree:
    del key
    return branching(_steps.answers)


@st.fragment
def _drawn(snapshot: Snapshot, number: int, steps: Steps, tree: Tree) -> None:
    if (asked := st.session_state.pop(_OPENED, None)) is not None:
        _show(snapshot, tree, tree.nodes[asked])
    _explained(snapshot, number, steps)
    inert.text(branch_list.alt(tree, steps.unit))
    search = st.text_input(
        "Search",
        key="tokens.tree.search",
        placeholder="only ways of answers with this text",
        width=320,
    )
    only = None
    needle = (search or "").strip()
    if needle:
        only = _with(steps, needle)
        st.caption(f"{len(only):,} of {tree.root.count:,} answers have it. The others are hidden.")
    shown = capped(tree, MOST_NODES, only=only)

    def opened(node: Node) -> None:
        st.session_state[_OPENED] = node.id

    branch_list.draw(
        tree,
        shown,
        key=f"tokens.tree.{snapshot.run}.{number}",
        of=f"{snapshot.run} {number} {steps.unit} {tree.root.count} {needle}",
        search=needle,
        on_open=opened,
    )
    if only is None and len(shown) < len(tree.nodes):
        st.caption(
            f"{len(shown):,} of {len(tree.nodes):,} stretches are drawn, those with most answers. "
            "The table has all."
        )
    plotting.numbers(branch_list.table(tree), alt=branch_list.alt(tree, steps.unit))


def _explained(snapshot: Snapshot, number: int, steps: Steps) -> None:
    if steps.unit == "word":
        why = (
            f"{steps.without:,} answers have no token positions"
            if steps.without
            else "no log probabilities were asked for"
        )
        st.caption(f":material/info: By words, not tokens: {why}.")
        return
    found = known.known(snapshot.experiment.configurations[number - 1])
    when = {
        "before_sampling": "before sampling settings",
        "after_sampling": "after sampling settings",
        "unknown": "before or after sampling settings is not known",
    }[found.describes]
    st.caption(
        f"By tokens. “model”: the probability reported for the first token of a way, {when}. "
        "Entropy in nats, of the ways that were taken."
    )


def _with(steps: Steps, needle: str) -> frozenset[str]:
    low = needle.casefold()
    return frozenset(
        name
        for name, units in steps.answers.items()
        if low in "".join(unit.text for unit in units).casefold()
    )


def _show(snapshot: Snapshot, tree: Tree, node: Node) -> None:
    text = "".join(unit.text for unit in tree.path(node))
    told = f"answers that begin with “{shortened(plain_token(text), 60)}”"
    opening.show(snapshot.run, picked=Picked(frozenset(node.samples), told))
