"""The charts of a conversation: picture, sentence and table say the same."""

from __future__ import annotations

from lib.charts.lane_tokens import lane_tokens
from lib.charts.turn_tokens import turn_tokens
from lib.conversation.ledger import Entry


def entries() -> list[Entry]:
    first = {"system": 5, "repeated": 0, "new": 10, "prefill": 0, "answer": 4}
    again = {"system": 5, "repeated": 10, "new": 12, "prefill": 3, "answer": 6}
    return [
        Entry(call=1, input_tokens=15, output_tokens=4, shares=first, exact=True),
        Entry(call=2, input_tokens=30, output_tokens=6, shares=again, exact=False),
    ]


def test_the_tokens_of_each_call_are_stacked_and_told() -> None:
    chart = turn_tokens(entries(), window=2048)

    assert chart.alt == (
        "Tokens of each call. Call 1: 15 in, of them 5 system message, 10 sent for the first time, "
        "4 answer. Call 2: 30 in, of them 5 system message, 10 turns sent before, 12 sent for the "
        "first time, 3 prefill, 6 answer. The context window has 2,048 tokens."
    )
    bars = {bar.name: list(bar.y) for bar in chart.figure.data}
    assert bars["turns sent before"] == [0, 10]
    assert [row["shares_are"] for row in chart.table] == ["exact", "about"]
    assert [shape.y0 for shape in chart.figure.layout.shapes] == [2048]
    assert len({bar.marker.pattern.shape or bar.marker.color for bar in chart.figure.data}) == 5


def test_a_part_that_no_call_has_is_not_drawn() -> None:
    (first, _) = entries()

    names = [bar.name for bar in turn_tokens([first]).figure.data]

    assert names == ["system message", "sent for the first time", "answer"]


def test_each_way_has_a_line_with_a_symbol_of_its_own() -> None:
    chart = lane_tokens({"Keep all": [17, 50], "<b>No</b> history": [17, None]})

    assert chart.alt == (
        "Tokens sent, turn by turn. “Keep all”: 17, 50. “<b>No</b> history”: 17, not known."
    )
    assert chart.table == [
        {"turn": 1, "Keep all": 17, "<b>No</b> history": 17},
        {"turn": 2, "Keep all": 50, "<b>No</b> history": None},
    ]
    assert [line.marker.symbol for line in chart.figure.data] == ["circle", "square"]
    assert chart.figure.data[1].name == "&lt;b&gt;No&lt;/b&gt; history"
