"""The example experiments, as starting points. They are the files that the shell runs, too."""

from __future__ import annotations

import tomllib
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

from lib.domain.configuration import BUNDLED_MODEL
from lib.domain.experiment_file import document, parse_toml

FOLDER = Path(__file__).parents[3] / "examples"

ORDER = (
    "temperature",
    "top_p",
    "temperature_and_top_p",
    "length_cap",
    "stop_sequence",
    "few_shot",
    "blank",
)


@cache
def titles() -> dict[str, str]:
    """The examples' names by file stem, in the order in which they are shown."""
    return {
        stem: str(tomllib.loads((FOLDER / f"{stem}.toml").read_text(encoding="utf-8"))["name"])
        for stem in ORDER
    }


@cache
def questions() -> dict[str, str]:
    """What each example asks, in the words of the comment that its file begins with."""
    return {stem: _opening((FOLDER / f"{stem}.toml").read_text(encoding="utf-8")) for stem in ORDER}


def question_of(name: str) -> str | None:
    """The question of the example of this name, if it is one's."""
    for stem, title in titles().items():
        if title == name:
            return questions()[stem]
    return None


def _opening(text: str) -> str:
    lines = takewhile(lambda line: line.startswith("#"), text.splitlines())
    return " ".join(line.lstrip("# ") for line in lines)


def load(stem: str, *, model: str = BUNDLED_MODEL) -> dict[str, Any]:
    """The document of an example, its sweep and defaults expanded.

    Args:
        stem: which one.
        model: what the embedded engine serves here; the files name the bundled one.
    """
    whole = document(parse_toml((FOLDER / f"{stem}.toml").read_bytes(), source=stem))
    columns = [{**column, "model": model} for column in whole["configurations"]]
    return {**whole, "configurations": columns}
