"""The report: all of a run, as text that does nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.errors import InputError
from lib.report.document import POLICY
from lib.report.markup import element, escaped, visible
from lib.report.of_run import report
from lib.store import Store
from lib.store.run_notes import RunNote
from tests.engine.carried import KEY, asked, carry_out
from tests.faulty import FaultyServer
from tests.pages import filling

ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "section", "article"),
    *("h1", "h2", "h3", "h4", "p", "strong", "div", "span", "pre", "details", "summary"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("svg", "text", "rect", "line", "circle"),
}
NASTY = (
    "</pre><script>window.x=1</script><img src=http://127.0.0.1:9/leak onerror=x> \x1b[31m \u202e"
)


class Reader(HTMLParser):
    """The elements of a document, its attributes, and its text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "lab.sqlite")
    yield opened
    opened.close()


def written(store: Store, run: str) -> str:
    return b"".join(report(store, run)).decode()


def test_it_has_everything_in_it(store: Store) -> None:
    run = filling.filled(
        store,
        "Cold",
        "Warm",
        repeats=12,
        read=lambda s: {"text": f"{s.configuration.name} {s.repeat if s.number == 2 else ''}"},
        checks=[{"name": "says cold", "contains": "Cold"}],
    )
    store.write_run_note(run, RunNote("For the meeting.", ("march",)))

    page = Reader(written(store, run))

    for part in ("Question", "Settings", "Verdict", "Charts", "Numbers", "Answers", "Samples"):
        assert part in page.text
    for words in (
        *("Filled", "Hi", "temperature = 0.1", "24 of 24 planned calls answered", "stop 12"),
        *("“Cold” repeats its answers more often than “Warm”", "Probability that two calls agree"),
        *("Share that passes the check “says cold”", "12 of 12", "2.12 [stop]", "Warm 12"),
        *("For the meeting.", "#march", "9,999 permutations with seed 1", "Method", run),
    ):
        assert words in page.text, words


def test_text_of_models_and_users_does_nothing(store: Store) -> None:
    run = filling.filled(store, NASTY, NASTY + "2", repeats=3, read=lambda s: {"text": NASTY})
    store.write_run_note(run, RunNote(NASTY, ("<i>",)))

    document = written(store, run)
    page = Reader(document)

    assert page.tags <= ALLOWED
    assert not {name for name in page.attributes if name.startswith("on")}
    assert not page.attributes & {"style", "src", "href"}
    assert "<script>window.x=1</script>" in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", document)


def test_it_allows_nothing_but_its_own_style(store: Store) -> None:
    run = filling.filled(store, "A", repeats=2, read=lambda s: {})

    document = written(store, run)

    assert POLICY.startswith("default-src 'none'; style-src 'sha256-")
    assert document.index("Content-Security-Policy") < document.index("<style>")
    assert "http-equiv" in document
    assert document.count("<style>") == 1
    assert not re.search(r"(?i)<(script|link|iframe|img|object|base)\b", document)


def test_every_kind_of_answer_and_failure_is_reported_and_no_key(store: Store) -> None:
    faults = ("content_filter", "refusal", "tool_calls", "null_content", "401_echo_key", "ok")
    with FaultyServer() as server:
        _, snapshot = carry_out(store, asked(*(server.url(f) for f in faults), repeats=2))

    page = Reader(written(store, snapshot.run))

    assert KEY not in page.text
    for words in ("content_filter", "refusal", "tool_calls", "bad_key", "(empty)"):
        assert words in page.text


def test_no_answer_at_all_is_reported_too(store: Store) -> None:
    with FaultyServer() as server:
        _, snapshot = carry_out(store, asked(server.url("400_param"), repeats=2))

    assert "No call has brought an answer." in Reader(written(store, snapshot.run)).text


def test_a_run_that_goes_on_has_none(store: Store) -> None:
    with filling.begin(store, "A", repeats=2) as held, pytest.raises(InputError, match="goes on"):
        report(store, held.run_id)


@given(st.text())
def test_any_text_is_read_back_as_it_was_and_is_no_markup(text: str) -> None:
    page = Reader(element("p", text, title=text).written)

    assert page.tags == {"p"}
    assert "<" not in escaped(text)
    assert page.text == visible(text)


@pytest.mark.parametrize("attribute", ["style", "src", "href", "onclick", "a b"])
def test_an_element_can_have_no_attribute_that_acts(attribute: str) -> None:
    with pytest.raises(ValueError, match="an element can't have"):
        element("p", **{attribute: "x"})
