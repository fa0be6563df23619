"""What every chart gives: the figure, the finding in words, the numbers."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure, the same finding in words, and the same numbers as rows."""

    figure: go.Figure
    """A mark that stands for samples has in `customdata` the number of their configuration, from 1,
    and where it is for some of them only, a kind and a value: see `results.behind`. The kind `mark`
    has a place in `marks` for a value."""
    alt: str
    """What the chart shows, as sentences with its numbers: read aloud by a screen reader.
    Names and outputs in it are as they are, but for control characters."""
    table: list[dict[str, object]]
    """One row a mark, unrounded: shown beside the figure, and downloaded. Texts are raw."""
    marks: tuple[tuple[str, object], ...] = ()
    """Kinds and values that hold text of models, which has no place in a figure's data."""
