"""Configurations as rows of a table, and rows as configurations: what the grid shows. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import pandas as pd

from lib.domain.settings import ReasoningEffort, Verbosity

FLOATS = ("temperature", "top_p", "min_p", "presence_penalty", "frequency_penalty")
WHOLE = ("max_tokens", "top_k", "seed", "logprobs")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "reasoning_effort": get_args(ReasoningEffort),
    "verbosity": get_args(Verbosity),
}
"""Settings that are one of a few words."""
SETTINGS = (
    "temperature",
    "top_p",
    "max_tokens",
    "stop",
    "logprobs",
    "seed",
    "top_k",
    "min_p",
    "presence_penalty",
    "frequency_penalty",
    *CHOICES,
    "service_tier",
)
"""In the order in which they are shown. A setting that isn't here is kept as it is."""

ORDER = ("name", *SETTINGS, "endpoint", "model")
BASE = "_base"
"""Which configuration a row came from, for what the table doesn't show. Hidden."""

SEPARATOR = " | "


def in_use(configurations: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The settings that are worth a column: those that any configuration sets, and the usual."""
    usual = {"temperature", "top_p", "max_tokens"}
    used = usual.union(*(configuration.keys() for configuration in configurations))
    return tuple(name for name in SETTINGS if name in used)


def frame(configurations: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One row a configuration; a setting that is not set is missing."""
    rows = [
        {
            BASE: index,
            **{name: configuration.get(name) for name in ORDER},
            "stop": stop_text(configuration.get("stop")),
        }
        for index, configuration in enumerate(configurations)
    ]
    table = pd.DataFrame(rows, columns=[BASE, *ORDER])
    kinds = {
        **dict.fromkeys(FLOATS, "Float64"),
        **dict.fromkeys(WHOLE, "Int64"),
        **dict.fromkeys(("name", "stop", *CHOICES, "service_tier", "endpoint", "model"), "string"),
        BASE: "Int64",
    }
    return table.astype(kinds)


def configurations(
    edited: pd.DataFrame, bases: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The configurations that the rows say.

    A row added in the grid takes what it leaves empty of endpoint, model and hidden settings from
    the last configuration.
    """
    return [_configuration(row, bases) for row in edited.to_dict("records")]


def origins(
    edited: pd.DataFrame, bases: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any] | None]:
    """Of each row, the configuration that it was when the table was made; `None`: it is new."""
    return [
        None if _missing(row.get(BASE)) else bases[int(row[BASE])]
        for row in edited.to_dict("records")
    ]


def name_width(configurations: Sequence[Mapping[str, Any]]) -> int:
    """Pixels that the longest name takes, within reason."""
    longest = max((len(str(each.get("name", ""))) for each in configurations), default=0)
    return min(300, max(110, 40 + 7 * longest))


def _configuration(row: Mapping[Any, Any], bases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    origin: Any = row.get(BASE)
    new = _missing(origin)
    base = bases[-1] if new and bases else bases[int(origin)] if not new else {}
    kept = {key: value for key, value in base.items() if key not in ORDER}
    said: dict[str, Any] = {name: value for name in ORDER if not _missing(value := row.get(name))}
    if new:
        said = {"endpoint": base.get("endpoint"), "model": base.get("model"), **said}
    for name in WHOLE:
        if name in said and float(said[name]).is_integer():
            said[name] = int(said[name])
    for name in FLOATS:
        if name in said:
            said[name] = float(said[name])
    if "stop" in said:
        said["stop"] = stop_list(str(said["stop"]))
    whole = {key: value for key, value in {**kept, **said}.items() if value not in (None, [])}
    return {"name": "", **whole}


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def stop_text(sequences: Sequence[str] | str | None) -> str | None:
    r"""Stop sequences in one line: line breaks and tabs as `\n` and `\t`, parted by ` | `.

    A bar inside a sequence is written `\|`.
    """
    if sequences is None:
        return None
    parts = [sequences] if isinstance(sequences, str) else sequences
    return SEPARATOR.join(
        part.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("|", "\\|")
        for part in parts
    )


def stop_list(text: str) -> list[str]:
    r"""The stop sequences in a line that `stop_text` wrote, or that someone typed."""
    return [_unescaped(part) for part in text.split(SEPARATOR) if part]


def _unescaped(part: str) -> str:
    plain = {"\\n": "\n", "\\t": "\t", "\\\\": "\\", "\\|": "|"}
    done, index = "", 0
    while index < len(part):
        pair = part[index : index + 2]
        done += plain.get(pair, part[index])
        index += 2 if pair in plain else 1
    return done
