"""What is said of a sample beside its text: why there is none, and what it cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from lib.domain.configuration import OPENAI, Configuration
from lib.domain.message import Message
from lib.domain.vocabulary import Notes, Outcome, Request, Sample, Slot, Usage
from lib.store.reading import Attempt
from lib.ui.sample import advice, usage

ASKED = Configuration(name="A", endpoint=OPENAI, model="gpt-4.1-mini")
SLOT = Slot(1, ASKED, 1, (Message("user", "Hi"),), 1)
ANSWER = Sample(SLOT, "Apple", "ok", "stop", "stop", usage=Usage(11, 100))
ATTEMPT = Attempt(
    id=1,
    n=1,
    begun_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
    request=Request("/chat/completions", b"{}", Notes({})),
    reply=None,
    kept_at=None,
    failure=None,
    failed_at=None,
    accepted=True,
)


def silent(outcome: Outcome) -> str:
    return advice.no_text(replace(ANSWER, text="", outcome=outcome))


def test_why_there_is_no_text() -> None:
    assert silent("refused") == "There is no text: the model declined."
    assert silent("filtered") == "There is no text: a content filter withheld it."
    assert silent("ok").startswith("The answer is empty.")


def test_a_sample_says_what_it_cost_as_an_estimate_with_its_date() -> None:
    ((name, said),) = usage.cost(ANSWER, [ATTEMPT])

    # 11 tokens in and 100 out, by the list: 0.40 and 1.60 dollars a million.
    assert (name, said[:30]) == ("cost", "about $0.00017 (estimate, list")


def test_where_no_price_is_known_a_sample_has_no_cost() -> None:
    unpriced = replace(SLOT, configuration=replace(ASKED, model="some-model"))

    assert list(usage.cost(replace(ANSWER, slot=unpriced), [ATTEMPT])) == []
    assert list(usage.cost(None, [ATTEMPT])) == []
    assert list(usage.cost(ANSWER, [replace(ATTEMPT, accepted=False)])) == []
