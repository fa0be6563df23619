"""The grid's rows: what is shown comes back as it was, and what isn't shown is kept."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lib.ui.compare.columns import configurations, frame, in_use, stop_list, stop_text

numbers = st.none() | st.floats(0, 2)
counts = st.none() | st.integers(1, 10**6)
sequences = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
columns = st.fixed_dictionaries(
    {"name": st.text(max_size=8), "endpoint": st.just("local"), "model": st.just("m")},
    optional={
        "temperature": st.floats(0, 2),
        "top_p": st.floats(0, 1),
        "max_tokens": st.integers(1, 10**6),
        "seed": st.integers(0, 2**32 - 2),
        "stop": st.lists(sequences, min_size=1, max_size=3),
        "reasoning_effort": st.sampled_from(["low", "high"]),
        "service_tier": st.just("auto"),
        "logit_bias": st.just({"42": 5}),
        "prefill": st.text(max_size=5),
    },
)


@given(st.lists(columns, min_size=1, max_size=5))
def test_configurations_come_back_from_the_grid_as_they_were(given: list[dict[str, Any]]) -> None:
    assert configurations(frame(given, [each["name"] for each in given]), given) == given


@given(st.lists(sequences, min_size=1, max_size=4))
def test_stop_sequences_come_back_from_one_line(given: list[str]) -> None:
    line = stop_text(given)

    assert line is not None
    assert "\n" not in line.replace("\\n", "")
    assert stop_list(line) == given


def test_what_has_no_column_is_kept() -> None:
    bases = [{"name": "A", "endpoint": "mine", "model": "m", "extra": {"x": 1}}]

    table = frame(bases, ["B"])

    assert list(table["name"]) == ["B"]
    assert configurations(table, bases) == [{**bases[0], "name": "B"}]


def test_a_whole_number_that_is_none_stays_for_the_validation_to_tell() -> None:
    asked = {"name": "A", "endpoint": "local", "model": "m"}
    table = frame([asked], ["A"]).astype({"top_k": object})
    table.loc[0, "top_k"] = 1.5

    assert configurations(table, [{}])[0]["top_k"] == 1.5


def test_only_settings_in_use_get_a_column() -> None:
    assert in_use([{"seed": 1}, {"stop": ["x"]}]) == (
        "temperature",
        "top_p",
        "max_tokens",
        "stop",
        "seed",
    )
