"""Text that nobody vouches for shows literally, on one line, at a bounded length."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.charts.inert import (
    escaped,
    label,
    plain_label,
    plain_token,
    shortened,
    token_label,
    wrapped,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
        ("<a href='javascript:x'>y</a>", "&lt;a href='javascript:x'&gt;y&lt;/a&gt;"),
        ("a<br>b", "a&lt;br&gt;b"),
        ("&lt; &amp; &#36;", "&amp;lt; &amp;amp; &amp;#36;"),
        ("$x^2$", "&#36;x^2&#36;"),
        ("line\nend\r\nand\ttab", "line↵end↵and⇥tab"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("nul\x00bell\x07", "nul\\u0000bell\\u0007"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("👨\u200d👩\u200d👧 é", "👨\u200d👩\u200d👧 é"),  # joiners that scripts and emoji need
    ],
)
def test_what_plotly_would_read_as_markup_shows_literally(text: str, shown: str) -> None:
    assert label(text) == shown


@given(st.text())
def test_an_escaped_text_decodes_to_itself_and_has_no_markup(text: str) -> None:
    shown = escaped(text)

    assert html.unescape(shown) == html.unescape(html.escape(text))
    assert not set("<>$") & set(shown)


def test_long_text_ends_in_an_ellipsis_and_is_cut_before_it_is_escaped() -> None:
    assert label("<" * 100, most=5) == "&lt;&lt;&lt;&lt;…"
    assert plain_label("word " * 50, most=9) == "word wor…"
    assert shortened("exactly", 7) == "exactly"


def test_what_a_reader_counts_as_one_character_is_not_cut_in_two() -> None:
    assert shortened("e\u0301" * 10, 4) == "e\u0301" * 3 + "…"


def test_marks_that_climb_over_the_page_are_cut_off() -> None:
    assert len(label("a" + "\u0300" * 10_000, most=10)) < 100


@given(st.text(), st.integers(2, 60))
def test_a_label_is_one_line_and_never_longer_than_asked_for(text: str, most: int) -> None:
    shown = plain_label(text, most=most)

    assert len(shown) <= 8 * most
    assert not set("\n\r\t\x00\u2028\u202e\u2066") & set(shown)


@pytest.mark.parametrize(
    ("token", "shown"),
    [(" the", "␣the"), ("\n", "↵"), ("\n\n", "↵↵"), ("", "(empty)"), ("\u00a0", "⍽"), ("\t", "⇥")],
)
def test_white_space_of_tokens_is_visible(token: str, shown: str) -> None:
    assert plain_token(token) == shown
    assert token_label(token) == shown


def test_names_break_at_spaces_so_that_their_ends_are_seen() -> None:
    name = "temperature = 0.5, top_p = 1"

    assert wrapped(name, width=18) == "temperature = 0.5,<br>top_p = 1"
    assert wrapped("<br>" * 2, width=20) == "&lt;br&gt;&lt;br&gt;"
