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
SEPARATOR = " | "


def in_use(configurations: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The settings that are worth a column: those that any configuration sets, and the usual."""
    usual = {"temperature", "top_p", "max_tokens"}
    used = usual.union(*(configuration.keys() for configuration in configurations))
    return tuple(name for name in SETTINGS if name in used)


def frame(configurations: Sequence[Mapping[str, Any]], names: Sequence[str]) -> pd.DataFrame:
    """One row a configuration, called by these names; a setting that is not set is missing."""
    rows = [
        {
            **{setting: configuration.get(setting) for setting in ORDER},
            "name": name,
            "stop": stop_text(configuration.get("stop")),
        }
        for configuration, name in zip(configurations, names, strict=True)
    ]
    kinds = {
        **dict.fromkeys(FLOATS, "Float64"),
        **dict.fromkeys(WHOLE, "Int64"),
        **dict.fromkeys(("name", "stop", *CHOICES, "service_tier", "endpoint", "model"), "string"),
    }
    return pd.DataFrame(rows, columns=list(ORDER)).astype(kinds)


def configurations(
    edited: pd.DataFrame, bases: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The configurations that the rows say; what has no column is as the base has it."""
    return [
        _configuration(row, base)
        for row, base in zip(edited.to_dict("records"), bases, strict=True)
    ]


def name_width(configurations: Sequence[Mapping[str, Any]]) -> int:
    """Pixels that the longest name takes, within reason."""
    longest = max((len(str(each.get("name", ""))) for each in configurations), default=0)
    return min(300, max(110, 40 + 7 * longest))


def _configuration(row: Mapping[Any, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in base.items() if key not in ORDER}
    said: dict[str, Any] = {name: value for name in ORDER if not _missing(value := row.get(name))}
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
