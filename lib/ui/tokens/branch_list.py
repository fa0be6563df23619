"""The branching tree on the screen: a list that folds, made of text nodes alone.

It isn't an icicle chart: there, text that is longer than its box is cut off, a phone shows three
levels, nothing can be reached by keyboard, and a search can mark nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from lib.analysis.branching import Node, Shown, Tree, branch
from lib.analysis.proportions import wilson
from lib.charts.inert import plain_token, shortened
from lib.charts.next_token import share_words
from lib.charts.words import number, percent

MOST_CHARACTERS = 400
MOST_UNFOLDED = 60
"""Nodes that are seen at first: those with most answers. The others are folded."""

_HERE = Path(__file__)
_TREE = st.components.v2.component(
    "lab_branching_tree",
    html='<div role="tree"\n></div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def draw(
    tree: Tree,
    shown: Sequence[Shown],
    *,
    key: str,
    of: str,
    search: str,
    levels: int | None,
    on_open: Callable[[Node], None],
    on_zoom: Callable[[Node], None],
) -> None:
    """Draw the tree.

    Args:
        tree: the whole one.
        shown: the nodes that are drawn, as `capped` gives them.
        key: of the element.
        of: what it is a tree of: while that is the same, what was folded stays so.
        search: marked where it stands.
        levels: as of `folded`.
        on_open: called with a node whose answers are asked for.
        on_zoom: called with a node that is to be looked at from near.
    """

    def told(of: str, act: Callable[[Node], None]) -> Callable[[], None]:
        def happened() -> None:
            place = st.session_state[key].get(of)
            if isinstance(place, int) and 0 <= place < len(tree.nodes):
                act(tree.nodes[place])

        return happened

    _TREE(
        key=key,
        data={
            "label": "Where the answers part. Arrow keys move, right unfolds, left folds, space "
            "zooms in, Enter shows the answers behind a way.",
            "of": of,
            "search": search,
            "nodes": [row(tree, each) for each in shown],
            "folded": [] if search else folded(shown, levels=levels),
        },
        on_opened_change=told("opened", on_open),
        on_zoomed_change=told("zoomed", on_zoom),
    )


def folded(shown: Sequence[Shown], *, levels: int | None = None) -> list[int]:
    """Which nodes are folded at first.

    Args:
        shown: those that are drawn.
        levels: so many are unfolded; `None`: those behind which there are nodes with many answers.
    """
    if levels is not None:
        return [each.node.id for each in shown if each.node.children and each.node.level >= levels]
    if len(shown) <= MOST_UNFOLDED:
        return []
    counts = sorted((each.node.count for each in shown), reverse=True)
    least = max(2, counts[MOST_UNFOLDED])
    return [each.node.id for each in shown if each.node.children and each.node.count <= least]


def row(tree: Tree, shown: Shown) -> dict[str, Any]:
    """A node as the component takes it. Pure."""
    node, n = shown.node, tree.root.count
    text = shortened(plain_token(node.text).replace("␣", " "), MOST_CHARACTERS)
    if not node.units:
        text = "(from here on nothing is shared)" if node.parent is None else "(nothing)"
    told = note(tree, shown)
    return {
        "id": node.id,
        "level": node.level,
        "parts": bool(node.children),
        "zooms": bool(branch(tree, node)),
        "text": text,
        "count": f"{node.count:,} of {n:,}",
        "share": node.count / n,
        "note": told,
        "aloud": f"{node.count:,} of {n:,} answers: {text}. {told}",
    }


def note(tree: Tree, shown: Shown) -> str:
    """What else is known of a node, in few words."""
    node = shown.node
    told = []
    if node.reported is not None:
        told.append(f"model {share_words(node.reported)}")
    if node.children:
        ways = len(node.children) + bool(node.ended)
        told.append(f"{ways} ways, entropy {number(tree.entropy(node))}")
    if node.ended and node.children:
        told.append(f"{len(node.ended):,} end here")
    if shown.hidden_ways:
        hidden = f"{shown.hidden_ways:,} way{'s' * (shown.hidden_ways != 1)}"
        told.append(f"{hidden} not drawn, answers: {shown.hidden_answers:,}")
    return " · ".join(told)


def table(tree: Tree) -> list[dict[str, object]]:
    """Every node as a row, also those that aren't drawn. Pure."""
    rows: list[dict[str, object]] = []
    for node in tree.nodes:
        of = tree.root.count if node.parent is None else tree.nodes[node.parent].count
        low, high = wilson(node.count, of)
        rows.append(
            {
                "level": node.level,
                "begins_after": node.start,
                "text": node.text,
                "answers": node.count,
                "of": of,
                "share": node.count / of,
                "low": low,
                "high": high,
                "model": node.reported,
                "ways": len(node.children) + bool(node.ended),
                "entropy": tree.entropy(node) if node.children else None,
                "end_here": len(node.ended),
                "samples": " ".join(node.samples[:50]) + (" …" if node.count > 50 else ""),
            }
        )
    return rows


def alt(tree: Tree, unit: str) -> str:
    """The finding in words."""
    root = tree.root
    n = root.count
    if not root.children:
        steps = f"{len(root.units):,} {unit}{'s' * (len(root.units) != 1)}"
        return (
            f"One answer, {steps} long."
            if n == 1
            else f"All {n:,} answers are the same, {steps} long."
        )
    first = tree.nodes[root.children[0]]
    low, high = wilson(first.count, n)
    shared = (
        f"share {len(root.units):,} {unit}{'s' * (len(root.units) != 1)}, then part"
        if root.units
        else "part at once"
    )
    return (
        f"{n:,} answers {shared}: {len(root.children) + bool(root.ended)} ways, entropy "
        f"{number(tree.entropy(root))} nats (from {n:,} draws, so too low rather than too high). "
        f"Most, {first.count:,} of {n:,} ({percent(low)} to {percent(high)}), go on with "
        f"“{shortened(plain_token(first.units[0].text), 24)}”."
    )
