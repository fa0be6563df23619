"""Along the answers, all configurations together; and draws beside probabilities at one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from lib.analysis.after import after
from lib.analysis.along import FEW, Reported, entropies, reported, together
from lib.analysis.branching import Tree
from lib.analysis.first_token import FirstTokens, first_token
from lib.analysis.groups import Describes, Group
from lib.charts import along as charts
from lib.charts.first_token import first_tokens
from lib.charts.inert import plain_token, shortened
from lib.charts.theme import Look
from lib.domain.errors import StoreError
from lib.domain.vocabulary import Sample
from lib.engine.progress import Snapshot
from lib.results.grouping import groups
from lib.ui import inert, projector
from lib.ui.tokens import known, plotting, stored, tree
from lib.ui.tokens.tree import Steps

MOST_COLUMNS = 12
MOST_BEGINNINGS = 100
WHAT = {
    "together": "Still together",
    "draws": "Entropy of the draws",
    "model": "The model's own entropy",
}
_WHEN: Mapping[Describes, str] = {
    "before_sampling": ", before sampling settings",
    "after_sampling": ", after sampling settings",
    "unknown": "; before or after sampling settings is not known",
}

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One configuration."""

    number: int
    name: str
    samples: tuple[Sample, ...]
    steps: Steps
    tree: Tree

    @property
    def by_tokens(self) -> bool:
        """Whether its tokens are known."""
        return self.steps.unit == "token"


def draw() -> None:
    """Draw the lines, and below them one place."""
    snapshot = stored.run()
    if snapshot is None:
        return
    found = groups(snapshot)
    if not any(each.texts for each in found):
        st.info("No call has brought an answer yet.")
        return
    if len(found) > MOST_COLUMNS:
        st.caption(f"The first {MOST_COLUMNS} of {len(found)} configurations.")
    found = found[:MOST_COLUMNS]
    with st.spinner("Reading the tokens …"):
        columns = [_column(snapshot, group) for group in found if group.texts]
    _lines(snapshot, [each.name for each in found], columns)
    _place(snapshot, found, columns)


def _column(snapshot: Snapshot, group: Group) -> Column:
    number = group.texts[0].slot.number
    steps = tree.steps_of(snapshot, group.texts)
    return Column(
        number=number,
        name=group.name,
        samples=group.texts,
        steps=steps,
        tree=tree.made(snapshot, number, steps),
    )


@st.fragment
def _lines(snapshot: Snapshot, names: Sequence[str], columns: Sequence[Column]) -> None:
    by_name = {each.name: each for each in columns}

    def of_each(made: Callable[[Column], list[Line]]) -> dict[str, list[Line]]:
        """All configurations, also those without: each keeps its colour."""
        return {name: made(by_name[name]) if name in by_name else [] for name in names}

    look = Look(projector.scale())
    units = {each.steps.unit for each in columns}
    unit = "token" if units == {"token"} else "word" if units == {"word"} else "step"
    with_tokens = [each for each in columns if each.by_tokens]
    what = st.segmented_control(
        "What is drawn",
        list(WHAT) if with_tokens else ["together", "draws"],
        format_func=lambda each: WHAT[each],
        default="together",
        required=True,
        key="tokens.along.what",
        label_visibility="collapsed",
        persist_state="session",
    )
    if unit != "token":
        words = ", ".join(f"“{each.name}”" for each in columns if not each.by_tokens)
        inert.text(f"By words, not tokens: {words}. Lines of tokens and words don't compare.")
    if what == "model":
        st.caption(
            "Bounds of the entropy that the model's own distribution has at each token, a mean "
            "over answers. A band is a certainty, not an interval of chance."
        )
        chart = charts.models_entropy(
            of_each(lambda each: _reported(snapshot, each) if each.by_tokens else []), look=look
        )
    elif what == "draws":
        st.caption(
            "Of the next step after the same beginning, a mean over beginnings. It says less than "
            f"there is, as few draws see few ways; grey and open: fewer than {FEW} answers."
        )
        chart = charts.draws_entropy(
            of_each(lambda each: entropies(each.tree)), unit=unit, look=look
        )
    else:
        st.caption("The band is the 95% interval, at each place by itself.")
        chart = charts.still_together(
            of_each(lambda each: together(each.tree, most=charts.MOST_STEPS)),
            unit=unit,
            look=look,
        )
    inert.text(chart.alt)
    plotting.show(chart, f"along.{what}")


def _reported(snapshot: Snapshot, column: Column) -> list[Reported]:
    try:
        return _means((snapshot.run, column.number, len(column.samples)), column)
    except StoreError as error:  # not remembered: it may pass
        inert.text(str(error))
        return []


@st.cache_resource(max_entries=24, show_spinner="Adding up …")
def _means(key: tuple[object, ...], _column: Column) -> list[Reported]:
    del key
    configuration = _column.samples[0].slot.configuration
    return reported(
        (found.at for _, found in stored.each(_column.samples)),
        most=charts.MOST_STEPS,
        vocabulary=known.vocabulary(configuration),
    )


@st.fragment
def _place(snapshot: Snapshot, found: Sequence[Group], columns: Sequence[Column]) -> None:
    """Draws beside reported probabilities after a beginning that several answers share."""
    st.subheader("At one place", anchor=False)
    shared = _beginnings(columns)
    if not shared:
        st.caption("No two answers share a token whose probabilities are known.")
        return
    beginning = st.selectbox(
        "After this beginning of the answer",
        list(shared),
        format_func=lambda each: _option(columns, each, shared[each]),
        key=f"tokens.along.{snapshot.run}.beginning",
        persist_state="session",
        help="Answers of all configurations that begin like this are draws of one distribution "
        "each. Those of the same model are beside each other.",
    )
    by_name = {each.name: each for each in columns}
    tables: dict[str, FirstTokens | None] = {
        group.name: _table(group, by_name[group.name], beginning) if group.name in by_name else None
        for group in found
    }
    st.caption(_marks(tables))
    for name, table in tables.items():
        for note in table.notes if table is not None else ():
            inert.text(f"“{name}”: {note}")
    drawn = first_tokens(tables, look=Look(projector.scale()))
    panels = st.grid(min(max(1, len(drawn)), 4), min_column_width=280)
    for name, chart in drawn.items():
        with panels.cell():
            st.plotly_chart(
                chart.figure,
                key=f"tokens.along.place.{name}",
                alt=chart.alt,
                config={"displaylogo": False, "modeBarButtons": [["toImage"]]},
            )
            inert.text(_fit(tables[name]))
    rows = [row for chart in drawn.values() for row in chart.table]
    plotting.numbers(rows, alt="Next tokens of each configuration: drawn, reported, expected.")


def _table(group: Group, column: Column, beginning: Sequence[str]) -> FirstTokens | None:
    """What follows a beginning in one configuration; `None`: none of its answers has it."""
    steps = column.steps.answers
    sharing = [
        sample
        for sample in column.samples
        if [unit.key for unit in steps[sample.slot.name][: len(beginning)]] == list(beginning)
    ]
    if not sharing or not column.by_tokens:
        return None
    configuration = sharing[0].slot.configuration
    here = group
    if beginning:  # else it is the first token, which every sample has
        try:
            positions = {sample.slot.name: found.at for sample, found in stored.each(sharing)}
        except StoreError as error:
            inert.text(str(error))
            return None
        here = after(group, positions, beginning)
    return first_token(here, describes=known.known(configuration).describes)


def _beginnings(columns: Sequence[Column]) -> dict[tuple[str, ...], int]:
    """Beginnings that at least two answers share, the commonest first; the empty one is one."""
    counts: Counter[tuple[str, ...]] = Counter()
    for column in columns:
        for node in column.tree.nodes if column.by_tokens else ():
            if node.count > 1:
                keys = tuple(unit.key for unit in column.tree.path(node))
                for end in range(node.start, len(keys) + 1):
                    if end > node.start or node.parent is None:
                        counts[keys[:end]] += node.count
    return dict(counts.most_common(MOST_BEGINNINGS))


def _option(columns: Sequence[Column], keys: tuple[str, ...], count: int) -> str:
    if not keys:
        return f"nothing: the first token ({count:,} answers)"
    for column in columns:
        for units in column.steps.answers.values():
            if tuple(unit.key for unit in units[: len(keys)]) == keys:
                text = plain_token("".join(unit.text for unit in units[: len(keys)]))
                return f"{shortened(text, 60)} ({count:,} answers)"
    return f"{len(keys)} tokens"


def _marks(tables: Mapping[str, FirstTokens | None]) -> str:
    told = ["Bars: how many of these answers go on with this token, with the 95% interval."]
    describes = {table.describes for table in tables.values() if table is not None}
    told += [f"◇ reported by the endpoint{_WHEN[each]}." for each in _WHEN if each in describes]
    if any(table is not None and not table.why_not_expected for table in tables.values()):
        told.append("✕ expected under these settings.")
    return " ".join(told)


def _fit(table: FirstTokens | None) -> str:
    if table is None or table.fit is None:
        return "No test: what is expected isn't known here, or nothing could contradict it."
    fit = table.fit
    if fit.impossible:
        return "Something was drawn that these settings make impossible."
    verdict = "Nothing contradicts" if fit.p > 0.05 else "The draws don't follow"
    return f"{verdict} the expected distribution (p = {fit.p:.2g}, n = {fit.n:,})."
