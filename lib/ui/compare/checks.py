"""Checks, editable: what a good answer is. Each gives a share for each configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from lib.domain.checks import RULES
from lib.domain.errors import InputError
from lib.domain.experiment_file import parse
from lib.ui import inert
from lib.ui.compare.naming import another
from lib.ui.compare.readiness import called, plainly
from lib.ui.state import Draft

_KINDS: Mapping[str, tuple[str, str]] = {
    "equals": ("equals", "The whole answer, white space at its ends aside."),
    "contains": ("contains", "A text that stands somewhere in the answer."),
    "matches": ("matches", "A regular expression that is found somewhere in the answer."),
    "json": ("is JSON", "The whole answer is JSON."),
    "json_schema": ("fits a JSON schema", "The answer is JSON that this schema takes."),
    "max_words": ("has at most N words", "White space parts words."),
}
"""Each rule's name on the screen, and what it asks of an answer."""

Entry = dict[str, Any]


def edit(draft: Draft) -> list[Entry]:
    """Draw the checks; returns them as they are now."""
    bases: list[Entry] = list(draft.base.get("checks", []))
    title = f"Checks ({len(bases)})" if bases else "Checks"
    with st.expander(title, icon=":material/rule:", expanded=bool(bases)):
        st.caption(
            "What a good answer is. The results show the share of answers that pass each check, "
            "with its interval."
        )
        edited = [_one(draft, index, base) for index, base in enumerate(bases)]
        if st.button("Add check", icon=":material/add:", key=draft.key("check.add")):
            draft.later(partial(_add, draft))
        _tell(edited)
    return edited


def kind(check: Mapping[str, Any]) -> str:
    """The rule that a check has; the first one for a check without any."""
    return next((rule for rule in RULES if check.get(rule) is not None), RULES[0])


def _one(draft: Draft, index: int, base: Entry) -> Entry:
    def key(name: str) -> str:
        return draft.key(f"check.{index}.{name}")

    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            name = st.text_input(
                "Check name", str(base.get("name", "")), key=key("name"), max_chars=200
            )
            rule = st.selectbox(
                "A good answer",
                RULES,
                index=RULES.index(kind(base)),
                format_func=lambda each: _KINDS[each][0],
                key=key("kind"),
            )
            if st.button(
                f"Remove {index + 1}",
                icon=":material/delete:",
                key=key("remove"),
                type="tertiary",
                help=f"Remove check {index + 1}. Undo brings it back.",
            ):
                draft.later(partial(_remove, draft, index))
        value = _value(rule, base.get(rule), key(rule))
    return {"name": name or "", rule: value}


def _value(rule: str, value: Any, key: str) -> Any:
    says = _KINDS[rule][1]
    match rule:
        case "json":
            st.caption(says)
            return True
        case "max_words":
            given = value if isinstance(value, int) else 3
            return int(st.number_input("Words", value=given, step=1, key=key, help=says))
        case "json_schema":
            shown = value if isinstance(value, str) else json.dumps(value or _SCHEMA, indent=1)
            return _schema(st.text_area("Schema", shown, key=key, height=140, help=says) or "")
        case _:
            return st.text_input("Value", str(value or ""), key=key, help=says) or ""


_SCHEMA = {"type": "object"}


def _schema(text: str) -> Any:
    """The schema in a text, or the text itself: the validation tells that it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _tell(edited: list[Entry]) -> None:
    """What is wrong with them, beside them: the same is told beside Run."""
    try:
        parse({"messages": [{"role": "user", "content": "x"}], "checks": edited})
    except InputError as error:
        for line in str(error).splitlines():
            inert.text(plainly(line, {"checks": edited}))
    for each in edited:
        if kind(each) in {"contains", "matches"} and each.get(kind(each)) == "":
            inert.text(f"{called(each['name'])} finds anything: type a value. Until then all pass.")


def _add(draft: Draft) -> None:
    kept = list(draft.document.get("checks", []))
    name = another(f"Check {len(kept) + 1}", {str(each.get("name")) for each in kept})
    new = {"name": name, "contains": ""}
    draft.replace({**draft.document, "checks": [*kept, new]})


def _remove(draft: Draft, index: int) -> None:
    kept = list(draft.document.get("checks", []))
    draft.replace({**draft.document, "checks": kept[:index] + kept[index + 1 :]})
