"""HTML and SVG built from values: whatever isn't an element is text, and is escaped.

So no text of a user or a model can become markup, wherever it is put in.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

# Control characters but for tab and line end, direction marks, and halves of characters.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
_EMPTY = frozenset({"br", "meta", "path", "rect", "line", "circle"})


class Element:
    """A piece of markup that was built here."""

    __slots__ = ("written",)

    def __init__(self, name: str, children: Iterable[Element | str | None], given: str) -> None:
        if name in _EMPTY:
            self.written = f"<{name}{given}>" if name in {"br", "meta"} else f"<{name}{given}/>"
            return
        inside = "".join(
            each.written if isinstance(each, Element) else escaped(each)
            for each in children
            if each is not None
        )
        self.written = f"<{name}{given}>{inside}</{name}>"


def element(
    name: str, /, *children: Element | str | None, **attributes: str | float | None
) -> Element:
    """An element.

    Args:
        name: of the element: the lab's own word.
        children: elements, and texts, which are escaped. `None` is left out.
        attributes: `class_` is `class`, and `_` within a name is `-`. `None` is left out. Never a
            style, a script or an address.
    """
    given = ""
    for key, value in attributes.items():
        attribute = key.rstrip("_").replace("_", "-")
        if not _NAME.fullmatch(attribute) or attribute.startswith("on") or attribute in _REFUSED:
            raise ValueError(f"an element can't have {attribute!r}")
        if value is not None:
            text = f"{value:g}" if isinstance(value, float) else str(value)
            given += f' {attribute}="{escaped(text)}"'
    return Element(name, children, given)


_REFUSED = frozenset({"style", "src", "href", "srcset", "action", "srcdoc"})


def escaped(text: str) -> str:
    """The text as it stands in a document: no character of it is markup, and all are seen."""
    return html.escape(visible(text), quote=True)


def visible(text: str) -> str:
    """The text with control characters and direction marks written out."""
    return _HIDDEN.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
