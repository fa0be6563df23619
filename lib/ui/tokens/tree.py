"""Where answers part: the branching tree of one configuration's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from lib.analysis.branching import (
    Node,
    Tree,
    Unit,
    branch,
    branching,
    capped,
    going_on,
    of_tokens,
    of_words,
)
from lib.charts.inert import plain_token, shortened
from lib.domain.errors import StoreError
from lib.domain.vocabulary import Sample
from lib.engine.progress import Snapshot
from lib.ui import inert
from lib.ui.responses import filters, opening
from lib.ui.responses.criteria import Picked
from lib.ui.tokens import branch_list, known, more, plotting, stored, zoom

MOST_NODES = 300
EVERY = 1_000_000
LEVELS = (0, 1, 2, 3, 5, EVERY)
"""How many may be unfolded at first; 0: those behind which most answers are."""
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
    _drawn(snapshot, number, samples, steps, tree)


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
def _drawn(
    snapshot: Snapshot, number: int, samples: Sequence[Sample], steps: Steps, tree: Tree
) -> None:
    gone = zoom.trail(snapshot.run, number)
    near = zoom.branch(steps.answers, gone)
    answers = steps.answers
    with st.container():
        if near is None:
            _explained(snapshot, number, steps)
        else:
            zoom.back(gone, near)
            by_tokens = steps.unit == "token"
            places = [
                more.Place(at, zoom.position(snapshot, samples, at) if by_tokens else None)
                for end in range(1, len(gone) + 1)
                if (at := zoom.branch(steps.answers, gone[:end])) is not None
            ]
            further = more.draw(snapshot, number, places[-1], unit=steps.unit)
            on_the_way = more.earlier(snapshot, number, places[:-1], unit=steps.unit)
            answers = going_on({**answers, **on_the_way, **further}, near.keys)
            zoom.to_draws(near)
            if (here := places[-1].reported) is not None:
                zoom.models_own(*here)
    if not answers:
        st.caption("No answer of the open run goes this way.")
        return
    if near is not None:
        tree = branching(answers)
    if (asked := st.session_state.pop(_OPENED, None)) is not None:
        _show(snapshot, near, tree, tree.nodes[asked])
    inert.text(branch_list.alt(tree, steps.unit))
    _listed(snapshot, number, steps.unit, answers, tree, gone)


def _listed(
    snapshot: Snapshot,
    number: int,
    unit: str,
    answers: Mapping[str, Sequence[Unit]],
    tree: Tree,
    gone: zoom.Trail,
) -> None:
    needle, levels = _choices(tree)
    only = None
    with st.container():
        if needle:
            only = _with(answers, needle)
            n = tree.root.count
            st.caption(f"{len(only):,} of {n:,} answers have it. The others are hidden.")
    shown = capped(tree, MOST_NODES, only=only)
    before = gone[-1] if gone else ()

    def opened(node: Node) -> None:
        st.session_state[_OPENED] = node.id

    def near(node: Node) -> None:
        gone.append((*before, *branch(tree, node)))

    branch_list.draw(
        tree,
        shown,
        key=f"tokens.tree.{snapshot.run}.{number}",
        of=f"{snapshot.run} {number} {unit} {len(gone)} {tree.root.count} {levels} {needle}",
        search=needle,
        levels=levels,
        on_open=opened,
        on_zoom=near,
    )
    with st.container():
        if only is None and len(shown) < len(tree.nodes):
            st.caption(
                f"{len(shown):,} of {len(tree.nodes):,} stretches are drawn, those with most "
                f"answers. Zoom in (⌕) to see the others; the table has all."
            )
    plotting.numbers(branch_list.table(tree), alt=branch_list.alt(tree, unit))


def _choices(tree: Tree) -> tuple[str, int | None]:
    """Draw the search and the choice of levels; returns what is searched, and how many."""
    deepest = max(node.level for node in tree.nodes)
    with st.container(horizontal=True, vertical_alignment="bottom", key="tokens.tree.choices"):
        search = st.text_input(
            "Search",
            key="tokens.tree.search",
            placeholder="only ways of answers with this text",
            width=320,
        )
        levels = st.selectbox(
            "Levels unfolded",
            LEVELS,
            format_func=_level,
            key="tokens.tree.levels",
            persist_state="session",
            width=220,
            help=f"A level is a place where answers part; here there are {deepest:,}.",
        )
    return (search or "").strip(), levels or None


def _level(levels: int) -> str:
    match levels:
        case 0:
            return "where most answers are"
        case many if many == EVERY:
            return "all"
        case many:
            return f"{many} level{'s' * (many != 1)}"


def _explained(snapshot: Snapshot, number: int, steps: Steps) -> None:
    if steps.unit == "word":
        why = (
            f"{steps.without:,} answers have no token positions"
            if steps.without
            else "no log probabilities were asked for"
        )
        st.caption(
            f":material/info: By words, not tokens: {why}. A count leads to its answers; ⌕ zooms "
            "in, and lets you sample more from there."
        )
        return
    found = known.known(snapshot.experiment.configurations[number - 1])
    when = {
        "before_sampling": "before sampling settings",
        "after_sampling": "after sampling settings",
        "unknown": "before or after sampling settings is not known",
    }[found.describes]
    st.caption(
        f"By tokens. “model”: the probability reported for the first token of a way, {when}. "
        "Entropy, in nats, is of the ways that were taken. A count leads to its answers; ⌕ zooms "
        "in, and lets you sample more from there."
    )


def _with(answers: Mapping[str, Sequence[Unit]], needle: str) -> frozenset[str]:
    low = needle.casefold()
    return frozenset(
        name
        for name, units in answers.items()
        if low in "".join(unit.text for unit in units).casefold()
    )


def _show(snapshot: Snapshot, near: zoom.Branch | None, tree: Tree, node: Node) -> None:
    """The answers behind a way; those of other runs are in these runs."""
    names = [name for name in node.samples if not name.startswith(more.MARK)]
    if not names:
        st.info("These answers are of a run of their own: open it above.")
        return
    before = "" if near is None else near.text
    text = plain_token(before + "".join(unit.text for unit in tree.path(node)))
    told = f"answers that begin with “{shortened(text, 60)}”"
    opening.show(snapshot.run, picked=Picked(frozenset(names), told))
