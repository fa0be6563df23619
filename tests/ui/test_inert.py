"""Text that nobody vouches for: all that can't be seen, or can't be sent, is written out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from lib.ui.inert import shortened, visible

ANY = some.text(some.characters(codec=None, exclude_categories=[]))


def test_what_can_not_be_seen_or_turns_text_around_is_written_out() -> None:
    assert visible("a\x00b\u202ec\u2066") == "a\\u0000b\\u202ec\\u2066"
    assert visible("line\n\ttab é 😀") == "line\n\ttab é 😀"


def test_a_lone_surrogate_is_written_out_and_a_pair_is_a_character() -> None:
    assert visible("\ud800 and \udfff") == "\\ud800 and \\udfff"
    assert visible("\U00010000") == "\U00010000"


@given(ANY)
def test_every_text_can_be_sent_to_a_browser(text: str) -> None:
    visible(text).encode()  # raises where it can't


@given(ANY, some.integers(1, 20))
def test_a_text_that_is_cut_is_no_longer_than_asked_for(text: str, most: int) -> None:
    assert len(shortened(text, most)) <= most
