r"""Text that nobody vouches for, made to show literally in a figure.

Plotly reads a part of HTML in every text (`<b>`, `<a href>`, `<br>`, entities) and, where MathJax
is there, mathematics between dollar signs. So the characters that begin these are written as
entities, which Plotly decodes last. Names that users type are treated like outputs of models.
"""

from __future__ import annotations

import regex

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"})
_LINE_ENDS = regex.compile(r"\r\n|[\n\r\u2028\u2029\x85]")
_HIDDEN = regex.compile(
    r"[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]"
)
_GRAPHEME = regex.compile(r"\X")
_CODE_POINTS_A_GRAPHEME = 8
"""On average, at most: a letter can carry thousands of marks that climb over the page."""


def visible(text: str) -> str:
    """The text on one line, with control characters and direction marks written out.

    A direction override would turn the sentence around that it stands in.
    """
    one_line = _LINE_ENDS.sub("↵", text).replace("\t", "⇥")
    return _HIDDEN.sub(lambda match: f"\\u{ord(match.group()):04x}", one_line)


def shortened(text: str, most: int) -> str:
    """At most so many characters as a reader counts them, with an ellipsis if any are left out."""
    cut = text[: most * _CODE_POINTS_A_GRAPHEME]
    graphemes = _GRAPHEME.findall(cut)
    if len(graphemes) <= most and len(cut) == len(text):
        return text
    return "".join(graphemes[: most - 1]) + "…"


def escaped(text: str) -> str:
    """The text with everything that Plotly would read as markup written as an entity."""
    return text.translate(_ENTITIES)


def label(text: str, *, most: int = 40) -> str:
    """A text for a label, a legend or a hover box: visible, short and inert."""
    return escaped(shortened(visible(text), most))


def wrapped(text: str, *, width: int, lines: int = 2) -> str:
    """The same on several lines, broken at spaces where that is possible.

    Names of a sweep differ at their ends, which are the first to go on a single line.
    """
    words = shortened(visible(text), width * lines).split(" ")
    broken = [words[0]]
    for word in words[1:]:
        joined = f"{broken[-1]} {word}"
        if len(joined) <= width or len(broken) == lines:
            broken[-1] = joined
        else:
            broken.append(word)
    return "<br>".join(escaped(line) for line in broken)


def plain_label(text: str, *, most: int = 40) -> str:
    """The same for a sentence, where nothing is read as markup."""
    return shortened(visible(text), most)


def token_label(token: str, *, most: int = 24) -> str:
    """A token with its white space shown: tokens differ in nothing else, often."""
    return label(plain_token(token), most=most)


def plain_token(token: str) -> str:
    """A token for a sentence or a table: spaces as ␣, line ends as ↵, nothing as (empty)."""
    return visible(token).replace(" ", "␣").replace("\u00a0", "⍽") or "(empty)"
