"""The tree of turns: nothing is lost by editing, deleting, branching or asking twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.conversation import document as files
from lib.conversation.document import Document
from lib.conversation.turns import Call, Conversation, exchanges
from lib.domain.errors import InputError

OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["say", "answer", "edit", "delete", "branch"]),
        st.integers(0, 30),
        st.text(),
    ),
    max_size=25,
)


def talk(*texts: str) -> Conversation:
    """User and model in turn."""
    made, after = Conversation(), None
    for place, text in enumerate(texts):
        made = made.say("assistant" if place % 2 else "user", text, after=after)
        after = made.last_id
    return made


def made_by(operations: list[tuple[str, int, str]]) -> Conversation:
    """What a user's doings come to: each is done to one of the turns that are there."""
    now = Conversation()
    for what, number, text in operations:
        there = now.turns[number % len(now.turns)].id if now.turns else None
        if there is None or what == "say":
            now = now.say("user", text, after=now.tip(None))
        elif what == "answer":
            now = now.say("assistant", text, after=there, run=f"r{number}", sample="1.1")
        elif what == "edit":
            now = now.edit(there, text)
        elif what == "delete":
            now = now.delete(there)
        else:
            now = now.say("user", text, after=there)
    return now


@given(OPERATIONS)
def test_whatever_is_done_every_turn_stands_in_a_branch_that_begins_at_the_beginning(
    operations: list[tuple[str, int, str]],
) -> None:
    made = made_by(operations)

    assert len({turn.id for turn in made.turns}) == len(made.turns)
    for turn in made.turns:
        branch = made.branch(turn.id)
        assert branch[0].parent is None
        assert branch[-1] == turn
        assert turn in made.siblings(turn.id)
        assert made.branch(made.tip(turn.id))[: len(branch)] == branch


@given(OPERATIONS)
def test_what_is_kept_on_disk_is_read_as_it_was(operations: list[tuple[str, int, str]]) -> None:
    document = Document(conversation=made_by(operations))

    assert files.read(json.loads(json.dumps(files.as_json(document)))) == document


@pytest.mark.parametrize(
    "broken",
    [
        {"format": 2},
        {"head": "x"},
        {"conversation": {"turns": [{"id": 1, "parent": 1, "role": "user", "text": ""}]}},
        {"conversation": {"turns": [{"id": 1, "parent": None, "role": "robot", "text": ""}]}},
    ],
)
def test_a_file_that_is_no_conversation_is_none(broken: dict[str, Any]) -> None:
    assert files.read({**files.as_json(Document()), **broken}) is None


def test_an_edited_turn_keeps_its_place_and_says_that_it_was_edited() -> None:
    made = talk("I have a dog.", "Nice.", "And a cat.").edit(2, "Lovely.")

    assert [turn.text for turn in made.branch(3)] == ["I have a dog.", "Lovely.", "And a cat."]
    assert made.turn(2).edited


def test_what_came_after_a_deleted_turn_comes_after_the_one_before_it() -> None:
    made = talk("a", "b", "c", "d").delete(2)

    assert [turn.text for turn in made.branch(4)] == ["a", "c", "d"]


def test_an_id_is_not_used_again() -> None:
    made = talk("a", "b").delete(2)

    assert made.say("user", "c", after=1).last_id == 3


def test_a_turn_that_another_tab_has_deleted_is_told_in_a_sentence() -> None:
    with pytest.raises(InputError, match="This turn is not there any more"):
        talk("a").delete(1).edit(1, "b")


def test_taking_back_keeps_what_was_said_since_and_every_call() -> None:
    before = talk("a", "b")
    now = before.delete(2).say("user", "c", after=1).called(Call(run="r", at=1))

    back = now.with_turns_of(before)

    assert [turn.text for turn in back.turns] == ["a", "b", "c"]
    assert [call.run for call in back.calls] == ["r"]


def test_an_answer_is_taken_once_however_often_it_is_told() -> None:
    call = Call(run="r", at=1, prefill="Your dog is called")
    asked = talk("What is my dog called?").called(call)

    once = asked.answered(call, " Biscuit.", "1.1")
    twice = once.answered(call, " Biscuit.", "1.1")

    assert once == twice
    assert once.turn(2).text == "Your dog is called Biscuit."
    assert once.open_call(1) is None


def test_two_answers_of_one_run_are_two_branches() -> None:
    call = Call(run="r", at=1)
    made = talk("Say a fruit.").called(call).answered(call, "Apple", "1.1")

    made = made.answered(call, "Pear", "1.2")

    assert [turn.text for turn in made.siblings(2)] == ["Apple", "Pear"]


def test_a_summary_stands_for_the_turns_as_they_were() -> None:
    call = Call(run="s", at=3, purpose="summary", covers=(1, 2), prefill="The user said that")
    made = talk("a", "b", "c").called(call).summarised(call, " a and b.", "1.1")

    found = made.summary_of(made.branch(2))
    assert found is not None
    assert found.text == "The user said that a and b."
    assert made.edit(1, "x").summary_of(made.edit(1, "x").branch(2)) is None
    assert made.summary_to_go_on_from(made.branch(3)) == found


def test_an_exchange_begins_with_a_user() -> None:
    turns = talk("a", "b", "c", "d").branch(4)

    assert [[turn.text for turn in each] for each in exchanges(turns)] == [["a", "b"], ["c", "d"]]
