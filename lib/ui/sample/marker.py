"""A configuration's symbol in its colour, as in every chart: a picture of the lab's own making.

It is inside the page, as a `data:` address, so nothing is fetched.
"""

from __future__ import annotations

import base64

from lib.charts import theme

_SHAPES = {
    "circle": '<circle cx="8" cy="8" r="6"/>',
    "square": '<rect x="2.5" y="2.5" width="11" height="11"/>',
    "diamond": '<path d="M8 1l7 7-7 7-7-7z"/>',
    "cross": '<path d="M6 1h4v5h5v4h-5v5H6v-5H1V6h5z"/>',
    "triangle-up": '<path d="M8 1l7 13H1z"/>',
    "x": '<path d="M3 1l5 5 5-5 2 2-5 5 5 5-2 2-5-5-5 5-2-2 5-5-5-5z"/>',
    "star": '<path d="M8 1l2 5h5l-4 3 2 6-5-4-5 4 2-6-4-3h5z"/>',
}
"""The charts' markers, drawn on 16 × 16."""


def address(index: int) -> str:
    """The picture as an address.

    Args:
        index: the configuration's place in its experiment, from 0.
    """
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16" height="16" '
        f'fill="{theme.colour(index)}">{_SHAPES[theme.symbol(index)]}</svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"


def markdown(index: int) -> str:
    """The same as Markdown, with what it shows in words."""
    return f"![Its {theme.symbol(index)} in the charts]({address(index)})"
