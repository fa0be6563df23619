"""The value of a closed answer, taken out of its text by a declared rule.

Never by a judge: the rule can be read, and a reader can apply it to any answer with a pencil. An
answer without a value stays in the denominator, as a value of its own.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import regex

from lib.analysis.groups import Group
from lib.analysis.normalise import normalised
from lib.analysis.patterns import Undecided, first_group
from lib.domain.declared import Answer

NO_VALUE = "(no value)"
"""What an answer counts as in which the rule finds nothing."""
ALL_S = 2.0
"""How long a pattern may take over all answers together."""
MOST_SHOWN = 3
"""Answers without a value that a preview shows, of each configuration."""

_NUMBER = regex.compile(
    r"(?:(?<!\w)[-+−])?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+)"
)
_JSON_BEGINS = regex.compile(r"[{\[]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What a rule finds in the answers of one configuration."""

    name: str
    values: tuple[str, ...]
    """One a call with text, in the order of the plan; `NO_VALUE` where there is none."""
    examples: tuple[str, ...]
    """A few different answers without a value, as the model wrote them."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many calls gave each value, the most frequent first."""
        return dict(Counter(self.values).most_common())

    @property
    def without(self) -> int:
        """Calls whose answer has no value."""
        return self.values.count(NO_VALUE)


def extract(rule: Answer, text: str) -> str | None:
    """The value in an answer, or `None` where the rule finds none.

    Raises:
        Undecided: if a pattern takes too long.
    """
    if rule.labels is not None:
        return _label(rule.labels, text)
    if rule.number:
        return _number(text)
    if rule.json_field is not None:
        return _field(rule.json_field, text)
    found = first_group(rule.pattern or "", text)
    return None if found is None else normalised(found)


def extracted(rule: Answer, groups: Sequence[Group]) -> list[Values]:
    """What a rule finds in all answers of each configuration; a preview, and what is analysed.

    Each distinct answer is looked at once. Answers at which a pattern takes too long, and all
    others once the patterns together have, count as those without a value.
    """
    until, known = time.monotonic() + ALL_S, dict[str, str]()
    for text in dict.fromkeys(s.text for group in groups for s in group.texts):
        known[text] = NO_VALUE
        if rule.pattern is None or time.monotonic() < until:
            try:
                known[text] = extract(rule, text) or NO_VALUE
            except Undecided:
                continue
    return [_values(group, known) for group in groups]


def _values(group: Group, known: Mapping[str, str]) -> Values:
    without = dict.fromkeys(s.text for s in group.texts if known[s.text] == NO_VALUE)
    return Values(
        name=group.name,
        values=tuple(known[s.text] for s in group.texts),
        examples=tuple(without)[:MOST_SHOWN],
    )


def _label(labels: Sequence[str], text: str) -> str | None:
    """The label that occurs as a word; none where several do, but the longer holds the shorter."""
    words = " ".join(text.casefold().split())
    found: list[str] = []
    for label in sorted(labels, key=len, reverse=True):
        plain = " ".join(label.casefold().split())
        whole = regex.compile(rf"(?<!\w){regex.escape(plain)}(?!\w)")
        if whole.search(words):
            found.append(label)
            words = whole.sub("\0", words)  # "not sure" is no "sure"
    return found[0] if len(found) == 1 else None


def _number(text: str) -> str | None:
    """The last number, written one way: 1,000 and 1000.0 are the same."""
    found = _NUMBER.findall(text)
    return _plain(found[-1].replace(",", "").replace("−", "-")) if found else None


def _plain(written: str) -> str:
    try:
        value = Decimal(written)
        if not -27 <= value.adjusted() <= 27:
            return str(value)  # never write out 1e999999
        return f"{value.normalize() + 0:f}"
    except InvalidOperation:
        return written


def _field(path: str, text: str) -> str | None:
    value = _first_json(text)
    for part in path.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part[:9]) < len(value):
            value = value[int(part[:9])]
        else:
            return None
    match value:
        case None:
            return None
        case str():
            return normalised(value)
        case bool():
            return str(value).lower()
        case int() | float():
            return _plain(str(value))
        case _:
            return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _first_json(text: str) -> object:
    """The JSON that the text is, or the first object or list in it: models like to explain."""
    decoder = json.JSONDecoder()
    try:
        return decoder.decode(text)
    except (ValueError, RecursionError):
        pass
    for begin in list(_JSON_BEGINS.finditer(text))[:50]:
        try:
            return decoder.raw_decode(text, begin.start())[0]
        except (ValueError, RecursionError):
            continue
    return None
