"""The parts of a Gemini answer: text, thoughts and tool calls apart."""

from __future__ import annotations

import json

import pytest

from lib.domain.vocabulary import Sample
from tests.providers.gemini.answers import good, parts
from tests.providers.gemini.asking import read, told

CUT = "Parts of the answer that aren't text were left out."
TOLD = "Why it stopped is told in words: see finishMessage in its response."


@pytest.mark.parametrize(
    "content",
    [{"role": "model"}, {}, {"parts": []}, {"parts": None}, {"parts": [{"text": ""}]}, None],
)
def test_an_answer_that_says_nothing_and_why_is_empty(content: object) -> None:
    sample = read(good(candidates=[{"content": content, "finishReason": "MAX_TOKENS"}]))

    assert (sample.text, sample.outcome, sample.finish_reason) == ("", "empty", "length")


def test_a_candidate_without_a_content_says_nothing_too() -> None:
    sample = read(good(candidates=[{"finishReason": "STOP", "index": 0}]))

    assert (sample.text, sample.outcome, sample.finish_reason) == ("", "empty", "stop")


def test_text_and_thoughts_are_put_together_apart() -> None:
    sample = read(
        parts(
            {"text": "Let me ", "thought": True},
            {"text": "think.", "thought": True},
            {"text": "Ap"},
            {"text": "ple"},
            {"text": "!", "thought": False},
            {"thoughtSignature": "c2ln"},
        )
    )

    assert (sample.text, sample.reasoning) == ("Apple!", "Let me think.")
    assert sample.flags == ()


@pytest.mark.parametrize(
    "part",
    [
        {"inlineData": {"mimeType": "image/png", "data": "aGk="}},
        {"fileData": {"fileUri": "x"}},
        {"executableCode": {"code": "1", "language": "PYTHON"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}},
        {"functionCall": "look_up"},
        {"text": 7},
        {},
        "Apple",
        None,
    ],
)
def test_a_part_that_is_no_text_is_left_out_and_said_so(part: object) -> None:
    sample = read(parts({"text": "Apple"}, part))

    assert (sample.text, sample.flags) == ("Apple", (CUT,))


def test_tool_calls_are_the_answer_where_there_is_no_text() -> None:
    sample = read(
        parts(
            {"functionCall": {"name": "look_up", "args": {"word": "Äpfel"}, "id": "1"}},
            {"functionCall": {"name": "add"}},
            {"functionCall": {"name": 7, "args": "odd"}},
        )
    )

    assert sample.text == 'look_up({"word": "Äpfel"})\nadd()\nunnamed("odd")'
    assert (sample.outcome, sample.finish_reason) == ("tool_call", "tool_calls")


def test_a_tool_call_that_can_not_be_read_is_still_one() -> None:
    sample = read(parts(finishReason="MALFORMED_FUNCTION_CALL", finishMessage="print(x)"))

    assert (sample.text, sample.outcome, sample.flags) == ("unnamed()", "tool_call", (TOLD,))


def test_arguments_that_are_nested_too_deep_are_no_answer() -> None:
    answer = json.dumps(parts({"functionCall": {"name": "x", "args": "ARGS"}}))
    depths = (*range(100, 1000, 20), *range(900, 1000), 2000)

    found = told(
        answer.replace('"ARGS"', '{"a":' * depth + "1" + "}" * depth).encode() for depth in depths
    )

    assert isinstance(found[0], Sample)
    assert {each for each in found if isinstance(each, str)} == {
        "The answer is nested too deep. See its response."
    }
