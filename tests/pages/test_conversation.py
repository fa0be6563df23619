"""The Conversation page in each of its states."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.conversation import document as files
from lib.conversation import script
from lib.conversation.document import Asking, Document, Options
from lib.conversation.memory import Memory
from lib.store.drafts import Drafts
from tests.faulty import FaultyServer
from tests.pages.conftest import Open, button, told

PAGE = "pages/conversation.py"
WAIT_S = 60.0
NASTY = "![x](http://127.0.0.1:9/beacon) <script>alert(1)</script>"

Talk = Callable[..., AppTest]


@pytest.fixture
def model() -> Iterator[FaultyServer]:
    """An endpoint that says how many messages it was sent, and what the last one was."""

    def say(asked: dict[str, Any], number: int) -> str:
        messages = asked["messages"]
        return (
            f"answer {number - 1} to {len(messages)} messages, the last {messages[-1]['content']}"
        )

    with FaultyServer(say) as server:
        yield server


@pytest.fixture
def talk(open_page: Open, home: Path) -> Talk:
    """Opens a conversation with an endpoint of its own."""

    def open_it(
        server: FaultyServer, fault: str = "", *, document: Document | None = None, **options: Any
    ) -> AppTest:
        asking = Asking(
            endpoint="mine", server={"base_url": server.url(fault)}, model="m", settings={}
        )
        made = replace(document or Document(), options=Options(asking=asking, **options))
        kept = Drafts(home / "conversations")
        name = kept.new_id()
        assert kept.save(name, files.as_json(made))
        return opened(open_page, name)

    return open_it


def opened(open_page: Open, name: str) -> AppTest:
    page = open_page()
    page.query_params["conversation"] = name
    return page.switch_page(PAGE).run()


def name_of(page: AppTest) -> str:
    """The conversation in the page's address."""
    found = page.query_params["conversation"]
    return found if isinstance(found, str) else str(found[0])


def settled(page: AppTest) -> AppTest:
    """Look again until no call is under way."""
    ends = time.monotonic() + WAIT_S
    while any(each.label == "Stop" for each in page.button):
        assert time.monotonic() < ends, told(page)
        time.sleep(0.02)
        page.run()
    assert not page.exception
    return page.run()


def field(page: AppTest, label: str) -> Any:
    kinds = (page.text_area, page.text_input, page.number_input, page.toggle)
    return next(each for kind in kinds for each in kind if each.label == label)


def send(page: AppTest, text: str = "", **fields: Any) -> AppTest:
    field(page, "Your message").set_value(text)
    for label, value in fields.items():
        field(page, {"prefill": "Begin the answer with (prefill)"}.get(label, "Answers")).set_value(
            value
        )
    button(page, "Send" if text else "Ask again").click().run()
    return settled(page)


def menu(page: AppTest, turn: int) -> AppTest:
    """Open the menu of a turn."""
    page.session_state[f"conversation.menu.{turn}"] = True
    return page.run()


def sent(server: FaultyServer, place: int = -1) -> list[str]:
    """The contents of the messages of a request."""
    return [each["content"] for each in server.requests[place].json["messages"]]


def said(page: AppTest, name: str, home: Path) -> list[str]:
    """The turns of the branch that is kept."""
    found = files.read(Drafts(home / "conversations").load(name))
    assert found is not None
    return [turn.text for turn in found.conversation.branch(found.head)]


def test_a_newcomer_is_told_what_the_page_is_for(open_page: Open) -> None:
    page = open_page().switch_page(PAGE).run()

    assert not page.exception
    assert "A model remembers nothing." in told(page)
    assert button(page, "Show it").disabled  # there is no model in this home
    assert not button(page, "Open it").disabled


def test_every_call_sends_the_turns_before_it_again(talk: Talk, model: FaultyServer) -> None:
    page = send(send(talk(model, system="Be brief."), "one"), "two")

    assert sent(model, 0) == ["Be brief.", "one"]
    assert sent(model) == ["Be brief.", "one", "answer 0 to 2 messages, the last one", "two"]
    assert "Of these, sent before" in [each.label for each in page.metric]
    assert "cost not known" in told(page)

    button(page, "What was sent").click().run()
    buttons = [each for each in page.button if each.label == "What was sent"]
    buttons[-1].click().run()
    badges = told(page)
    assert ":gray-badge[repeated]" in badges
    assert ":blue-badge[the last answer, sent for the first time]" in badges
    assert ":green-badge[new]" in badges


def test_without_the_history_the_model_is_sent_the_last_message_alone(
    talk: Talk, model: FaultyServer
) -> None:
    page = send(talk(model), "one")
    field(page, "Send the history").set_value(False).run()
    assert "The model will not see 2 earlier turns." in told(page)

    send(page, "two")

    assert sent(model) == ["two"]


def test_a_window_says_which_turns_the_model_no_longer_sees(
    talk: Talk, model: FaultyServer
) -> None:
    page = send(send(talk(model, memory=Memory("window", 1)), "one"), "two")

    assert told(page).count("not seen in the next call") == 2
    send(page, "three")
    assert sent(model) == ["two", "answer 1 to 3 messages, the last two", "three"]


def test_a_summary_is_a_call_of_its_own_and_is_shown(talk: Talk, model: FaultyServer) -> None:
    page = send(talk(model, memory=Memory("summarise", 0)), "one")
    assert "Send makes two calls" in told(page)

    send(page, "two")

    asked, answered = model.requests[-2].json["messages"], model.requests[-1].json["messages"]
    assert "User: one" in asked[1]["content"]
    assert answered[0]["content"].startswith("Summary of the conversation so far:\nanswer 1")
    assert [each["content"] for each in answered[1:]] == ["two"]


def test_of_several_answers_one_is_carried_on_with_and_the_rest_can_be_had_later(
    talk: Talk, model: FaultyServer, home: Path
) -> None:
    page = send(talk(model), "one", answers=3)
    assert "3 answers to the same messages, 3 of them different" in told(page)

    button(page, "Carry on with this one").click().run()
    first = said(page, name_of(page), home)
    assert len(first) == 2

    menu(page, 2)
    button(page, "Ask again here").click().run()
    settled(page)
    assert "5 answers to the same messages" in told(page)
    button(page, "Carry on with this one").click().run()

    assert "branch 2 of 2" in told(page)
    assert said(page, name_of(page), home) != first
    page.button(key="conversation.branch.3.-1").click().run()
    assert said(page, name_of(page), home) == first


def test_turns_are_edited_deleted_and_brought_back(
    talk: Talk, model: FaultyServer, home: Path
) -> None:
    page = menu(send(talk(model), "one"), 2)
    field(page, "Text of this turn").set_value("I never said so.")
    button(page, "Keep the change").click().run()
    assert ":gray-badge[:material/edit: edited]" in told(page)
    send(page, "two")
    assert sent(model) == ["one", "I never said so.", "two"]

    menu(page, 3)
    button(page, "Delete").click().run()
    assert said(page, name_of(page), home)[:2] == ["one", "I never said so."]
    assert len(said(page, name_of(page), home)) == 3
    button(page, "Undo").click().run()
    assert len(said(page, name_of(page), home)) == 4


def test_a_new_message_after_an_earlier_turn_begins_a_branch(
    talk: Talk, model: FaultyServer
) -> None:
    page = menu(send(send(talk(model), "one"), "two"), 2)
    button(page, "Branch from here").click().run()

    send(page, "other")

    assert sent(model) == ["one", "answer 0 to 1 messages, the last one", "other"]
    assert "branch 2 of 2" in told(page)


def test_a_turn_can_be_put_into_the_models_mouth(
    talk: Talk, model: FaultyServer, home: Path
) -> None:
    page = talk(model)
    for text, how in (("one", "Add it without asking"), ("I say two", "Add it as the model's")):
        field(page, "Your message").set_value(text)
        button(page, how).click().run()
    assert not model.requests
    assert "written by you" in told(page)

    send(page, "three", prefill="So:")

    assert sent(model) == ["one", "I say two", "three", "So:"]
    assert said(page, name_of(page), home)[-1].startswith("So:answer 0")


def test_what_a_model_says_is_text(talk: Talk) -> None:
    with FaultyServer(NASTY) as server:
        page = send(talk(server), "one")

    assert NASTY in [each.value for each in page.text]
    read = (page.markdown, page.caption, page.info, page.warning, page.error)
    assert NASTY not in "\n".join(str(each.value) for kind in read for each in kind)


def test_an_overflow_is_explained_and_can_be_gone_on_without(talk: Talk) -> None:
    with FaultyServer() as server:
        page = send(talk(server, "400_context"), "one")
        assert "The call brought no answer." in told(page)
        assert "context_too_long" in told(page)
        assert "too many, so the call was refused" in told(page)

        button(page, "Try again").click().run()
        settled(page)
        assert len(server.requests) == 2
        button(page, "Go on without it").click().run()

    assert "The call brought no answer." not in told(page)
    assert button(page, "Ask again")


def test_a_conversation_is_there_after_a_reload_and_two_tabs_lose_nothing(
    talk: Talk, open_page: Open, model: FaultyServer, home: Path
) -> None:
    one = send(talk(model), "one")
    other = opened(open_page, name_of(one))
    assert "answer 0 to 1 messages" in told(other)

    send(one, "from the first tab")
    send(other, "from the second tab")

    found = files.read(Drafts(home / "conversations").load(name_of(one)))
    assert found is not None
    texts = [turn.text for turn in found.conversation.turns]
    assert {"from the first tab", "from the second tab"} <= set(texts)
    assert len(texts) == 6
    one.run()
    assert "from the first tab" in told(one)


def test_a_key_in_a_message_is_neither_sent_nor_written(
    talk: Talk, model: FaultyServer, home: Path
) -> None:
    key = "sk-proj-" + "a1B2" * 12
    page = send(talk(model), f"My key is {key}")

    assert "holds an API key" in told(page)
    assert key not in told(page)
    assert not model.requests
    written = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert not any(key.encode() in each for each in written)


def test_the_budget_of_a_conversation_is_kept(talk: Talk, model: FaultyServer) -> None:
    page = send(send(talk(model, budget_calls=1), "one"), "two")

    assert "The budget of 1 calls for this conversation is used up." in told(page)
    assert len(model.requests) == 1


def test_a_call_can_be_stopped_and_asked_again(talk: Talk) -> None:
    with FaultyServer(latency_s=30) as server:
        page = talk(server)
        field(page, "Your message").set_value("one")
        button(page, "Send").click().run()
        assert "`finish_reason: null`: nothing has arrived yet" in told(page)
        button(page, "Stop").click().run()
        settled(page)
        assert "Stopped before the answer was there." in told(page)

        server.latency_s = 0
        button(page, "Try again").click().run()
        settled(page)

    assert "Apple" in told(page)


def test_ways_to_manage_context_are_compared_on_one_script(talk: Talk, model: FaultyServer) -> None:
    page = talk(model)
    field(page, "What the user says, one turn a line").set_value("one\ntwo")
    page.pills(key="conversation.0.script.kinds").set_value(["all", "none"]).run()
    assert "2 turns under 2 ways: 4 calls" in told(page)
    button(page, "Compare them").click().run()
    settled(page)

    assert len(model.requests) == 4
    assert sorted(len(each.json["messages"]) for each in model.requests) == [1, 1, 1, 3]
    assert "It saw every earlier turn." in told(page)
    assert [each.label for each in page.expander if each.label.startswith("Not seen")] == [
        "Not seen: 2 earlier turns"
    ]

    field(page, "A right answer contains").set_value("two")
    button(page, "Ask the last question 20 times each").click().run()

    assert not page.exception
    assert button(page, "Run 2 × 20")
    assert len(model.requests) == 4  # nothing is sent before Run is pressed


def test_a_comparison_that_was_left_goes_on_when_somebody_says_so(
    talk: Talk, model: FaultyServer
) -> None:
    comparison = script.begin(["one", "two"], [Memory("all"), Memory("none")])
    page = talk(model, document=Document(comparison=comparison))
    assert "This comparison was left at turn 1 of 2." in told(page)
    assert not model.requests

    button(page, "Go on with the comparison").click().run()
    settled(page)

    assert len(model.requests) == 4
    assert "This comparison was left" not in told(page)


def test_an_address_without_a_conversation_says_so(open_page: Open) -> None:
    page = opened(open_page, "x" * 22)

    assert not page.exception
    assert "There is no such conversation here" in told(page)


def test_earlier_conversations_can_be_gone_back_to(talk: Talk, model: FaultyServer) -> None:
    page = send(talk(model), "the first one")
    button(page, "New conversation").click().run()
    assert "A model remembers nothing." in told(page)

    page.session_state["conversation.earlier"] = True
    page.run()
    button(page, "Open").click().run()

    assert "answer 0 to 1 messages, the last the first one" in told(page)


def test_a_part_of_the_system_message_is_measured_with_compare(
    talk: Talk, model: FaultyServer
) -> None:
    parts = {
        "persona": {"on": True, "text": "You are a pirate."},
        "format": {"on": True, "text": "Answer in one word."},
    }
    page = send(talk(model, parts=parts), "one")
    assert sent(model)[0] == "You are a pirate.\n\nAnswer in one word."

    button(page, "Measure persona").click().run()

    assert not page.exception
    assert button(page, "Run 2 × 20")


def test_a_turns_call_is_a_sample_that_responses_opens(talk: Talk, model: FaultyServer) -> None:
    page = menu(send(talk(model), "one"), 2)

    button(page, "Open in Responses").click().run()

    assert page.header[0].value == "Responses"
    assert "Sample 1.1, Keep all" in told(page)
