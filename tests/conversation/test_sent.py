"""What a call sends: which turns, what is new in them, and what they take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.conversation.ledger import PARTS, entry, shared_out, totals
from lib.conversation.memory import KINDS, NAMES, Kind, Memory, loses, select
from lib.conversation.repetition import difference
from lib.conversation.room import Room, explained
from lib.conversation.sending import literal, pieces
from lib.conversation.turns import Summary, Turn
from lib.domain.message import Message, filled, unfilled
from tests.conversation.test_turns import talk

TEXTS = st.lists(st.text(max_size=8), min_size=1, max_size=12)
MEMORIES = st.builds(
    Memory, st.sampled_from(KINDS), st.integers(0, 5), st.none() | st.integers(1, 60)
)


def user(text: str) -> Message:
    return Message("user", text)


def model(text: str) -> Message:
    return Message("assistant", text)


def said(turns: tuple[Turn, ...]) -> list[str]:
    return [turn.text for turn in turns]


FIVE = talk("a", "b", "c", "d", "e").branch(5)
ROOM_FOR_THREE = 3


@pytest.mark.parametrize(
    ("memory", "kept", "left_out", "summarised"),
    [
        (Memory("all"), "abcde", "", ""),
        (Memory("none"), "e", "abcd", ""),
        (Memory("window", 1), "cde", "ab", ""),
        (Memory("window", 0), "e", "abcd", ""),
        (Memory("drop_oldest"), "cde", "ab", ""),
        (Memory("summarise", 1), "cde", "", "ab"),
    ],
)
def test_each_way_keeps_what_it_says(
    memory: Memory, kept: str, left_out: str, summarised: str
) -> None:
    found = select(FIVE, memory, fits=lambda turns: len(turns) <= ROOM_FOR_THREE)

    assert said(found.kept) == list(kept)
    assert said(found.left_out) == list(left_out)
    assert said(found.summarised) == list(summarised)


@given(TEXTS, MEMORIES, st.integers(0, 12))
def test_every_turn_is_sent_left_out_or_summarised_and_the_last_is_always_sent(
    texts: list[str], memory: Memory, room: int
) -> None:
    turns = talk(*texts).branch(len(texts))

    found = select(turns, memory, fits=lambda kept: len(kept) <= room)

    assert found.kept[-1] == turns[-1]
    assert (*found.left_out, *found.summarised, *found.kept) == turns
    assert found.kept[0].role == "user"


@pytest.mark.parametrize("kind", KINDS)
def test_each_way_has_a_name_and_says_what_it_loses(kind: Kind) -> None:
    assert NAMES[kind]
    assert loses(Memory(kind)).endswith(".")


def test_a_summary_stands_at_the_end_of_the_system_message() -> None:
    summary = Summary(text="Ada has a dog.", covers=(1, 2), said=("a", "b"), run="r", sample="1.1")
    selection = select(FIVE, Memory("summarise", 1), fits=lambda _: True)

    sent = pieces(selection, system="Be brief.", summary=summary, prefill="So")

    assert [(each.message.role, each.part) for each in sent] == [
        ("system", "system"),
        ("user", "turn"),
        ("assistant", "turn"),
        ("user", "turn"),
        ("assistant", "prefill"),
    ]
    assert sent[0].message.content == (
        "Be brief.\n\nSummary of the conversation so far:\nAda has a dog."
    )


@given(st.text(alphabet="{}\\x a", max_size=20))
def test_what_looks_like_a_variable_is_sent_as_it_is(text: str) -> None:
    assert unfilled(literal(text), {}) == []
    assert filled(literal(text), {}) == text


def test_what_is_new_in_a_call() -> None:
    before = [user("My dog is called Biscuit.")]
    now = [*before, model("Nice."), user("What is it called?"), model("It is called")]

    found = difference(now, before, answer="Nice.")

    assert found.news == ("repeated", "answer", "new", "new")
    assert (found.dropped, found.shared_prefix) == ((), 1)


def test_dropping_the_oldest_turn_leaves_nothing_to_a_prompt_cache() -> None:
    before = [user("a"), model("b"), user("c")]
    now = [user("c"), model("d"), user("e")]

    found = difference(now, before, answer="d")

    assert found.news == ("repeated", "answer", "new")
    assert found.dropped == (user("a"), model("b"))
    assert found.shared_prefix == 0


@given(TEXTS, TEXTS)
def test_as_many_messages_are_repeated_as_were_not_dropped(
    now: list[str], before: list[str]
) -> None:
    found = difference([*map(user, now)], [*map(user, before)])

    assert len(found.news) == len(now)
    assert found.news.count("repeated") + len(found.dropped) == len(before)
    assert found.shared_prefix <= found.news.count("repeated")


@given(st.integers(0, 10**6), st.lists(st.integers(0, 5000), min_size=1, max_size=30))
def test_what_is_shared_out_adds_up(total: int, weights: list[int]) -> None:
    shares = shared_out(total, weights)

    assert sum(shares) == total
    assert len(shares) == len(weights)
    if total == sum(weights) and total:
        assert shares == weights


@given(TEXTS, st.integers(0, 9), st.none() | st.integers(0, 9999), st.none() | st.integers(0, 9999))
def test_the_parts_of_a_call_add_up_to_what_the_endpoint_reports(
    texts: list[str], framing: int, reported: int | None, out: int | None
) -> None:
    selection = select(talk(*texts).branch(len(texts)), Memory("all"), fits=lambda _: True)
    sent = pieces(selection, system="s")
    news = difference([each.message for each in sent], [Message("system", "s")]).news
    weights = [len(each.message.content) + 4 for each in sent]

    found = entry(
        1,
        sent,
        news,
        weights,
        framing=framing,
        input_tokens=reported,
        output_tokens=out,
        exact=True,
    )

    assert sum(found.shares[part] for part in PARTS if part != "answer") == found.input_tokens
    assert found.exact == (found.input_tokens == sum(weights) + framing)
    assert found.reported == (reported is not None)


def test_of_all_that_was_sent_what_was_sent_before_is_counted() -> None:
    sent = pieces(select(FIVE[:1], Memory("all"), fits=lambda _: True), system="s")
    first = entry(
        1, sent, ("new", "new"), (10, 5), framing=0, input_tokens=15, output_tokens=3, exact=True
    )
    again = entry(
        2,
        sent,
        ("repeated", "repeated"),
        (10, 5),
        framing=0,
        input_tokens=15,
        output_tokens=3,
        exact=True,
    )

    found = totals([first, again])

    assert (found.calls, found.input_tokens, found.output_tokens) == (2, 30, 6)
    assert found.repeated_share == 0.5


def room(sent: int, *, window: int | None = 100, limit: int | None = 20) -> Room:
    return Room(input_tokens=sent, exact=True, window=window, max_tokens=limit)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (room(80), "fits"),
        (room(81), "cut"),
        (room(99), "cut"),
        (room(100), "too_long"),
        (room(101), "too_long"),
        (room(99, limit=None), "fits"),
        (room(5000, window=None), "unknown"),
    ],
)
def test_overflow_is_predicted(found: Room, verdict: str) -> None:
    assert found.verdict == verdict


def test_what_is_predicted_is_said_with_its_numbers() -> None:
    assert room(2144, window=2048).says == (
        "Overflow: the messages have 2,144 tokens, and the context window 2,048. The endpoint will "
        "refuse this call."
    )
    about = Room(input_tokens=90, exact=False, window=100, max_tokens=20)
    assert "about 10 are left" in about.says
    assert explained(room(120), refused=True).startswith("120 tokens were sent into a window of")
