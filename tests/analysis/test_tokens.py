"""The lab's own tokens: what counts as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.analysis.normalise import normalised
from lib.analysis.tokens import as_code_points, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't stop!", ["Don", "'", "t", "stop", "!"]),
        ("naïve café_2", ["naïve", "café_2"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),  # vowel signs belong to their word
        ("好きです。", ["好", "き", "で", "す", "。"]),
        ("สวัสดี", ["ส", "วั", "ส", "ดี"]),  # graphemes: a letter with its marks
        ("GPT-4は", ["GPT", "-", "4", "は"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_words_and_marks_are_tokens_and_graphemes_where_no_spaces_are_written(
    text: str, expected: list[str]
) -> None:
    assert tokens(text) == expected


@given(st.text())
def test_tokens_lose_nothing_but_white_space(text: str) -> None:
    outputs = normalised(text)

    assert "".join(tokens(outputs)) == outputs.replace(" ", "")


@given(st.lists(st.lists(st.text(max_size=3), max_size=6), max_size=6))
def test_code_points_are_equal_where_token_lists_are(texts: list[list[str]]) -> None:
    strings = as_code_points(texts)

    assert [len(s) for s in strings] == [len(t) for t in texts]
    assert [[a == b for a in strings] for b in strings] == [[a == b for a in texts] for b in texts]


def test_the_alphabet_is_larger_than_one_plane_and_has_no_surrogates() -> None:
    (string,) = as_code_points([[str(i) for i in range(70_000)]])

    assert len(set(string)) == 70_000
    string.encode()  # a surrogate could not be


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("an  apple\n", "an apple", True),
        ("caf\u00e9", "cafe\u0301", True),  # NFC
        ("Apple", "apple", False),
        ("", " \n", True),
        ("a b", "ab", False),
    ],
)
def test_outputs_are_the_same_but_for_white_space_and_unicode_form(
    a: str, b: str, same: bool
) -> None:
    assert (normalised(a) == normalised(b)) is same
