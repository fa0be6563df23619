"""From a reply to a sample: what an answer says, and what is odd about it."""

from __future__ import annotations

from typing import Any

import pytest

from lib.domain.configuration import LOCAL, OPENAI
from lib.domain.errors import CallError, Unreadable
from lib.domain.message import Message
from lib.domain.vocabulary import FINISH_REASONS, Reply, Sample, Slot, Usage
from lib.providers.openai_chat import answer as openai_answer
from lib.providers.registry import dialect
from tests.providers.making import answer, choice, message, reply, slot

ASKED = slot()


def read(body: object, asked: Slot = ASKED, **more: Any) -> Sample:
    return read_reply(reply(body, **more), asked)


def read_reply(received: Reply, asked: Slot = ASKED) -> Sample:
    return dialect(asked.configuration.endpoint).read(asked, received)


def unreadable(body: object, asked: Slot = ASKED) -> Unreadable:
    with pytest.raises(Unreadable) as error:
        read(body, asked)
    return error.value


def test_a_good_answer_is_read_whole() -> None:
    assert read(answer()) == Sample(
        slot=ASKED,
        text="Apple",
        outcome="ok",
        finish_reason="stop",
        raw_finish_reason="stop",
        usage=Usage(input_tokens=11, output_tokens=1, cached_tokens=4, reasoning_tokens=0),
        model="some-model",
        response_id="chatcmpl-1",
        fingerprint="fp_1",
        first_token=None,
        reasoning=None,
        seconds=0.25,
        flags=(),
    )


def renamed(value: Any, place: tuple[str | int, ...]) -> Any:
    """The same value with the key at this place written otherwise."""
    head, *rest = place
    if isinstance(value, list):
        return [renamed(each, tuple(rest)) for each in value]
    return {
        (f"{name}_" if name == head and not rest else name): (
            renamed(inner, tuple(rest)) if name == head and rest else inner
        )
        for name, inner in value.items()
    }


@pytest.mark.parametrize(
    "place",
    [
        ("id",),
        ("model",),
        ("system_fingerprint",),
        ("choices",),
        ("choices", 0, "message"),
        ("choices", 0, "message", "content"),
        ("choices", 0, "finish_reason"),
        ("choices", 0, "logprobs"),
        ("choices", 0, "logprobs", "content"),
        ("choices", 0, "logprobs", "content", 0, "token"),
        ("choices", 0, "logprobs", "content", 0, "bytes"),
        ("choices", 0, "logprobs", "content", 0, "logprob"),
        ("choices", 0, "logprobs", "content", 0, "top_logprobs"),
        ("usage",),
        ("usage", "prompt_tokens"),
        ("usage", "completion_tokens"),
        ("usage", "prompt_tokens_details"),
        ("usage", "prompt_tokens_details", "cached_tokens"),
        ("usage", "completion_tokens_details"),
        ("usage", "completion_tokens_details", "reasoning_tokens"),
    ],
    ids=lambda place: ".".join(map(str, place)),
)
def test_no_field_can_change_its_name_unnoticed(place: tuple[str | int, ...]) -> None:
    token = {"token": "Apple", "bytes": [65, 112, 112, 108, 101], "logprob": -0.5}
    position = {**token, "top_logprobs": [token]}
    good = answer(choices=[choice(logprobs={"content": [position]})])

    def result(body: Any) -> object:
        try:
            return read(body)
        except CallError as error:
            return str(error)

    assert result(renamed(good, place)) != result(good)


@pytest.mark.parametrize(
    ("content", "text", "outcome"),
    [
        ("Apple", "Apple", "ok"),
        ("", "", "empty"),
        (None, "", "empty"),
        (" \n", " \n", "ok"),
        ([{"type": "text", "text": "Ap"}, {"type": "text", "text": "ple"}], "Apple", "ok"),
        (["Ap", "ple"], "Apple", "ok"),
        ([], "", "empty"),
        ([{"type": "refusal", "refusal": "No."}], "No.", "refused"),
    ],
)
def test_content_may_be_text_a_list_or_nothing(content: object, text: str, outcome: str) -> None:
    sample = read(message(content=content))

    assert (sample.text, sample.outcome) == (text, outcome)


def test_parts_that_are_no_text_are_left_out_and_said_so() -> None:
    sample = read(message(content=[{"type": "image"}, {"type": "text", "text": "Apple"}]))

    assert sample.text == "Apple"
    assert sample.flags == ("Parts of the answer that aren't text were left out.",)


def test_a_refusal_is_an_outcome_with_its_words() -> None:
    sample = read(message(content=None, refusal="I can't help with that."))

    assert sample.text == "I can't help with that."
    assert (sample.outcome, sample.finish_reason) == ("refused", "refusal")
    assert sample.raw_finish_reason == "stop"


def test_a_tool_call_keeps_its_arguments_even_if_they_are_broken() -> None:
    call = {"id": "1", "function": {"name": "look_up", "arguments": '{"broken'}}
    said = {"role": "assistant", "content": None, "tool_calls": [call]}

    sample = read(answer(choices=[choice(message=said, finish_reason="tool_calls")]))

    assert sample.text == 'look_up({"broken)'
    assert (sample.outcome, sample.finish_reason) == ("tool_call", "tool_calls")


def test_a_filtered_answer_is_not_an_empty_one() -> None:
    said = {"role": "assistant", "content": ""}

    sample = read(answer(choices=[choice(message=said, finish_reason="content_filter")]))

    assert (sample.outcome, sample.finish_reason) == ("filtered", "content_filter")


@pytest.mark.parametrize("status", [200, 400])
def test_a_prompt_that_a_filter_stopped_is_a_sample_and_not_an_error(status: int) -> None:
    error = {"error": {"message": "no", "code": "content_filter", "param": "prompt"}}

    sample = read(error, status=status)

    assert (sample.text, sample.outcome) == ("", "filtered")
    assert (sample.finish_reason, sample.raw_finish_reason) == ("content_filter", None)
    assert sample.flags == ("The prompt was stopped by a content filter.",)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_is_kept_apart_from_the_answer(field: str) -> None:
    said = {"role": "assistant", "content": "", field: "Let me think."}

    sample = read(answer(choices=[choice(message=said, finish_reason="length")]))

    assert (sample.text, sample.outcome) == ("", "empty")
    assert sample.reasoning == "Let me think."
    assert sample.finish_reason == "length"


def test_every_known_finish_reason_is_one_of_the_labs_words() -> None:
    assert set(openai_answer.FINISH_REASONS.values()) <= set(FINISH_REASONS)


@pytest.mark.parametrize("word", sorted(openai_answer.FINISH_REASONS))
def test_a_finish_reason_is_kept_in_the_providers_word_beside_the_labs(word: str) -> None:
    ours = openai_answer.FINISH_REASONS[word]
    body = answer(choices=[choice(finish_reason=word)])
    if ours == "error":
        assert str(unreadable(body)) == "mine answered with an error of its own. See its response."
        return

    sample = read(body)

    assert (sample.finish_reason, sample.raw_finish_reason) == (ours, word)


def test_an_unknown_finish_reason_is_kept_and_not_guessed() -> None:
    sample = read(answer(choices=[choice(finish_reason="cosmic_ray")]))

    assert (sample.finish_reason, sample.raw_finish_reason) == ("unknown", "cosmic_ray")


@pytest.mark.parametrize("odd", [None, 7, {}, ""])
def test_without_a_finish_reason_the_text_is_kept(odd: object) -> None:
    sample = read(answer(choices=[choice(finish_reason=odd)]))

    assert (sample.text, sample.outcome) == ("Apple", "ok")
    assert (sample.finish_reason, sample.raw_finish_reason) == ("unknown", None)
    assert sample.flags == ("No finish reason came.",)


def test_a_stop_sequence_that_vllm_names_is_told_from_a_natural_end() -> None:
    named = read(answer(choices=[choice(stop_reason="\n")]))
    natural = read(answer(choices=[choice(stop_reason=None)]))

    assert (named.finish_reason, natural.finish_reason) == ("stop_sequence", "stop")


@pytest.mark.parametrize(
    ("asked", "answered", "same"),
    [
        ("gpt-4o", "gpt-4o-2024-08-06", True),
        ("gpt-4o", "gpt-4o", True),
        ("openai/gpt-4o", "gpt-4o", True),
        ("llama3.2", "llama3.2:latest", True),
        ("mistral-large-latest", "mistral-large-2411", True),
        ("Claude-X@20260101", "claude-x", True),
        ("models/some.gguf", "some", True),
        ("gpt-4o", "gpt-4o-mini", False),
        ("gpt-4o", "gpt-4.1", False),
        ("llama3.2:1b", "llama3.2:3b", False),
    ],
)
def test_another_model_than_asked_for_is_flagged(asked: str, answered: str, same: bool) -> None:
    sample = read(answer(model=answered), slot(model=asked))

    assert sample.model == answered
    assert sample.flags == (() if same else (f"{asked} was asked for, {answered} answered.",))


def test_the_embedded_model_reports_its_file_and_that_is_no_mismatch() -> None:
    asked = slot(endpoint=LOCAL, stream=False)

    assert read(answer(model="/models/other.gguf"), asked).flags == ()


def test_more_choices_than_asked_for_are_counted_once() -> None:
    sample = read(answer(choices=[choice()] * 3))

    assert sample.text == "Apple"
    assert sample.flags == ("2 more choices came than were asked for; one is counted.",)


@pytest.mark.parametrize("name", ["id", "model", "system_fingerprint"])
@pytest.mark.parametrize("odd", [None, 7, [], ""])
def test_a_name_that_is_missing_or_no_text_is_not_known(name: str, odd: object) -> None:
    sample = read(answer(**{name: odd}))

    names = {
        "id": sample.response_id,
        "model": sample.model,
        "system_fingerprint": sample.fingerprint,
    }
    assert names[name] is None
    assert sample.text == "Apple"


def test_names_are_cut_to_a_bounded_length() -> None:
    assert read(answer(id="a" * 10_000)).response_id == "a" * 200


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Ap\ud800ple", "Ap\ufffdple"),
        ("\udc00", "\ufffd"),
        ("a\x00b", "a\ufffdb"),
    ],
)
def test_text_that_no_store_takes_is_replaced_and_flagged(sent: str, kept: str) -> None:
    sample = read(message(content=sent))

    assert sample.text == kept
    assert sample.text.encode()
    assert sample.flags == ("Half characters and NUL, which can't be kept as text, became \ufffd.",)


def test_a_replacement_mark_of_the_model_itself_is_no_oddity() -> None:
    assert read(message(content="a\ufffd")).flags == ()


def test_a_byte_order_mark_is_accepted() -> None:
    assert read(b"\xef\xbb\xbf" + reply(answer()).body).text == "Apple"


def test_not_a_number_becomes_unknown() -> None:
    sample = read(reply(answer()).body.replace(b"11", b"NaN"))

    assert sample.usage.input_tokens is None
    assert sample.flags == ()


def test_of_two_equal_names_the_last_counts() -> None:
    body = reply(answer()).body[:-1] + b', "id": "twice"}'

    assert read(body).response_id == "twice"


def test_an_echoed_key_is_flagged() -> None:
    assert read(answer(), redacted=True).flags == (
        "The endpoint sent the key back; it was taken out.",
    )


@pytest.mark.parametrize(
    ("body", "says", "wrong_place"),
    [
        (b"", "The answer is empty.", False),
        (b" \n", "The answer is empty.", False),
        (b'{"choices": [{"mess', "The answer isn't whole JSON.", False),
        (b"[1, 2]", "The answer is JSON, but no object.", True),
        (b'"text"', "The answer is JSON, but no object.", True),
        (b"null", "The answer is JSON, but no object.", True),
        (b"7", "The answer is JSON, but no object.", True),
        (b"OK", "The answer isn't whole JSON.", True),
        (b"<!doctype html>", "The answer is a web page, not that of an API.", True),
        (b"{}", "The answer has no choice in it.", False),
        (b'{"choices": []}', "The answer has no choice in it.", False),
        (b'{"choices": null}', "The answer has no choice in it.", False),
        (b'{"choices": [7]}', "The answer has no choice in it.", False),
        (b'{"choices": [{}]}', "The answer has no message.", False),
        (b'{"choices": [{"message": []}]}', "The answer has no message.", False),
        (b'{"choices": [{"message": {}}]}', "The answer's message has no content.", False),
        (
            b'{"choices": [{"message": {"content": 7}}]}',
            "The answer's content is neither text nor a list.",
            False,
        ),
        (b'{"a": "\xff"}', "The answer isn't UTF-8.", False),
        (b'{"a":' * 100_000, "The answer is nested too deep.", False),
        (b'{"a": ' + b"9" * 5000 + b"}", "The answer holds a number that is too long.", False),
    ],
)
def test_what_is_no_answer_is_unreadable_and_may_have_been_billed(
    body: bytes, says: str, wrong_place: bool
) -> None:
    error = unreadable(body)

    assert error.says == says
    assert (error.code, error.maybe_billed) == ("malformed", True)
    assert error.wrong_place is wrong_place


PREFILL = (Message("user", "Where?"), Message("assistant", "In the"))


def test_an_echoed_prefill_is_cut_once() -> None:
    asked = slot(*PREFILL, endpoint=LOCAL, stream=False)

    sample = read(message(content="In theIn the garden"), asked)

    assert sample.text == "In the garden"
    assert sample.flags == ()


def test_a_prefill_that_should_be_echoed_and_is_not_is_flagged() -> None:
    sample = read(message(content=" garden"), slot(*PREFILL, endpoint=LOCAL, stream=False))

    assert sample.text == " garden"
    assert sample.flags == ("The answer doesn't begin with the prefill, so nothing was cut.",)


def test_a_prefill_is_not_cut_where_nobody_knows_whether_it_is_echoed() -> None:
    sample = read(message(content="In the garden"), slot(*PREFILL))

    assert sample.text == "In the garden"
    assert sample.flags == ("The answer begins with the prefill: this server may repeat it.",)
    assert read(message(content=" garden"), slot(*PREFILL)).flags == ()


def test_where_a_prefill_is_only_a_turn_it_is_said_so() -> None:
    sample = read(message(content="In the garden"), slot(*PREFILL, endpoint=OPENAI))

    assert sample.text == "In the garden"
    assert sample.flags == ("The prefill was answered, not continued.",)


def test_a_service_tier_that_was_not_used_as_sent_is_flagged() -> None:
    asked = slot(endpoint=OPENAI, service_tier="flex")

    assert read(answer(service_tier="default"), asked).flags == (
        "service_tier = flex was sent, but the answer says that default was used.",
    )
    assert read(answer(service_tier="flex"), asked).flags == ()
    assert read(answer(), asked).flags == ()
    fast = slot(endpoint=OPENAI, service_tier="fast")
    assert read(answer(service_tier="priority"), fast).flags == ()


def test_thinking_among_the_parts_is_reasoning() -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}, {"type": "x"}]}

    sample = read(message(content=[thinking, {"type": "text", "text": "Apple"}]))

    assert (sample.text, sample.reasoning) == ("Apple", "Hm.")
    assert sample.flags == ("Parts of the answer that aren't text were left out.",)
    assert read(message(content=["Apple", {"type": "thinking", "thinking": 7}])).text == "Apple"


def test_the_tier_that_answered_is_kept_and_told_where_none_was_asked_for() -> None:
    found = read(answer(service_tier="priority"))

    assert found.service_tier == "priority"
    assert found.flags == ("No service_tier was sent, but the answer says that priority was used.",)
    for ordinary in ("default", "auto", "standard", None, 7):
        assert read(answer(service_tier=ordinary)).flags == ()
    assert read(answer(service_tier="flex"), slot(service_tier="auto")).flags == ()
