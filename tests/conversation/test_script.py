"""Ways to manage context on one script: each lane is asked in turn, and none waits for ever."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from lib.conversation import script
from lib.conversation.memory import KINDS, Memory
from lib.conversation.script import Comparison
from lib.conversation.turns import Turn
from lib.domain.message import Message


def fits(memory: Memory, turns: Sequence[Turn]) -> bool:
    return len(turns) <= 3


def carried_out(
    comparison: Comparison, *, failing: frozenset[int] = frozenset(), most: int = 200
) -> tuple[Comparison, list[tuple[str, dict[int, tuple[Message, ...]]]]]:
    """The comparison with all its runs made, and what each run asked."""
    asked: list[tuple[str, dict[int, tuple[Message, ...]]]] = []
    for number in range(most):
        prepared, step = script.next_step(comparison, system="s", fits=fits, begun=True)
        if step is None:
            return comparison, asked
        asked.append((step.purpose, dict(step.messages)))
        comparison = script.started(prepared, step, f"run {number}", fits=fits)
        answers = {
            place: "It was refused." if place in failing else (f" answer {number}", "1.1")
            for place in step.messages
        }
        comparison = script.took(comparison, answers)
    raise AssertionError("it doesn't come to its end")


def test_each_way_sends_what_it_keeps_on_the_same_turns() -> None:
    ways = [Memory("all"), Memory("none"), Memory("window", 1)]

    done, asked = carried_out(script.begin(["a", "b", "c"], ways, prefill="So"))

    assert [purpose for purpose, _ in asked] == ["answer"] * 3
    last = asked[-1][1]
    assert [[m.content for m in last[place] if m.role == "user"] for place in range(3)] == [
        ["a", "b", "c"],
        ["c"],
        ["b", "c"],
    ]
    assert all(messages[-1] == Message("assistant", "So") for messages in last.values())
    assert all(messages[-1].role == "user" for messages in asked[0][1].values())
    assert done.lanes[0].conversation.branch(done.lanes[0].head)[-1].text == "So answer 2"


def test_a_summary_is_made_by_a_call_and_goes_on_from_the_one_before() -> None:
    done, asked = carried_out(script.begin(["a", "b", "c", "d"], [Memory("summarise", 1)]))

    summaries = [messages[0] for purpose, messages in asked if purpose == "summary"]
    assert len(summaries) == 2
    assert "User: a" in summaries[0][1].content
    assert "User: a" not in summaries[1][1].content
    assert "The user said that answer" in summaries[1][1].content
    assert [each.covers for each in done.lanes[0].conversation.summaries] == [(1, 2), (1, 2, 3, 4)]


def test_a_way_that_fails_ends_and_the_others_go_on() -> None:
    ways = [Memory("all"), Memory("none")]

    done, asked = carried_out(script.begin(["a", "b"], ways), failing=frozenset({0}))

    assert done.lanes[0].ended == "It was refused."
    assert [list(messages) for _, messages in asked] == [[0, 1], [1]]
    assert done.done


@given(
    st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=6),
    st.lists(st.builds(Memory, st.sampled_from(KINDS), st.integers(0, 3)), min_size=1, max_size=5),
    st.frozensets(st.integers(0, 4)),
)
def test_every_lane_answers_every_turn_or_says_why_not(
    turns: list[str], ways: list[Memory], failing: frozenset[int]
) -> None:
    done, asked = carried_out(script.begin(turns, ways), failing=failing)

    assert done.done
    for place, lane in enumerate(done.lanes):
        branch = lane.conversation.branch(lane.head)
        answered = [turn for turn in branch if turn.role == "assistant"]
        assert bool(lane.ended) == (place in failing)
        assert len(answered) == (0 if lane.ended else len(turns))
    assert sum(purpose == "answer" for purpose, _ in asked) <= len(turns)
