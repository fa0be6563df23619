"""What is typed as the values of a sweep: a list, or a range. Pure."""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from lib.domain.errors import InputError
from lib.domain.experiment import MOST_CONFIGURATIONS
from lib.ui.compare import columns

_RANGE = re.compile(r"^\s*(\S+)\s+to\s+(\S+?)(?:\s+step\s+(\S+))?\s*$")


def values(setting: str, text: str) -> list[Any]:
    """The values that a text says: `0, 0.5, 1`, or `0 to 2 step 0.5`.

    Text settings are parted by commas as well; a stop sequence is written as in the grid.

    Raises:
        InputError: if it says none, or something that the setting can't be.
    """
    if found := _RANGE.match(text):
        if setting not in (*columns.FLOATS, *columns.WHOLE):
            raise InputError(f"{setting} has no ranges: list its values, parted by commas.")
        return [_number(setting, str(each)) for each in _steps(*found.groups())]
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise InputError(f"Say which values {setting} takes, such as 0, 0.5, 1.")
    if setting in (*columns.FLOATS, *columns.WHOLE):
        return [_number(setting, part) for part in parts]
    if setting == "stop":
        return [columns.stop_list(part) for part in parts]
    return list(parts)


def _steps(first: str, last: str, step: str | None) -> list[Decimal]:
    try:
        low, high, by = Decimal(first), Decimal(last), Decimal(step or "1")
    except InvalidOperation as error:
        raise InputError("A range is written as 0 to 2 step 0.5.") from error
    if not all(each.is_finite() for each in (low, high, by)) or by <= 0 or high < low:
        raise InputError("A range goes up, by a step above 0, such as 0 to 2 step 0.5.")
    count = int((high - low) / by) + 1
    if count > MOST_CONFIGURATIONS:
        raise InputError(
            f"That range has {count:,} values; at most {MOST_CONFIGURATIONS} are taken."
        )
    return [low + by * each for each in range(count)]


def _number(setting: str, text: str) -> int | float:
    try:
        number = float(text)
    except ValueError as error:
        raise InputError(f"{setting} can't be {text!r}: it is a number.") from error
    if setting in columns.WHOLE:
        if not math.isfinite(number) or not number.is_integer():
            raise InputError(f"{setting} can't be {text!r}: it is a whole number.")
        return int(number)
    return number
