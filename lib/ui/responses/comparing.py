"""The open sample beside a second one: texts word by word, what was read, and the two requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from lib.analysis.tokens import tokens
from lib.domain.vocabulary import Slot
from lib.engine.progress import Snapshot
from lib.ui import inert
from lib.ui.responses import diff, differences
from lib.ui.responses.diff import Difference, Kind
from lib.ui.responses.filters import configuration_name, key
from lib.ui.sample import advice, values, whole
from lib.ui.sample.plain_table import plain_table
from lib.ui.sample.whole import Whole

PREVIOUS, NEXT, NAMED = "previous", "next", "named"


def draw(snapshot: Snapshot, one: Whole, names: Sequence[str]) -> None:
    """Draw the choice of a second sample, and the two side by side."""
    other = _second(snapshot, one.slot, names)
    if other is None:
        return
    if other.id == one.slot.id:
        st.info("That is the sample that is open. Choose another one to compare it with.")
        return
    two = whole.load(snapshot, other)
    if two is not None:
        _side_by_side(snapshot, one, two)


def _second(snapshot: Snapshot, slot: Slot, names: Sequence[str]) -> Slot | None:
    """The sample to compare with.

    It is chosen by how it relates to the open one, so the choice holds when another is opened.
    """
    run = snapshot.run
    numbers = [str(n) for n in range(1, len(snapshot.experiment.configurations) + 1)]
    words = {
        NEXT: "the next in the list",
        PREVIOUS: "the previous in the list",
        **{
            number: f"the same repeat under {configuration_name(snapshot, int(number))}"
            for number in numbers
        },
        NAMED: "a sample that I name",
    }
    chosen = st.selectbox(
        "Compare with",
        list(words),
        index=None,
        format_func=lambda each: words.get(each, each),
        key=key(run, "with"),
        placeholder="choose a second sample, or type its number, such as 2.1",
        accept_new_options=True,
        persist_state="session",
    )
    if chosen is None:
        st.caption(
            "Two samples side by side: their texts word by word, what was read from them, and what "
            "differs in the requests."
        )
        return None
    name = _named(chosen, slot, names, run) if chosen in words else chosen.strip()
    if name is None:
        return None
    found = next((each for each in snapshot.slots if each.name == name), None)
    if found is None:
        inert.text(f"There is no sample {name} in this run.")
    return found


def _named(chosen: str, slot: Slot, names: Sequence[str], run: str) -> str | None:
    if chosen == NAMED:
        typed = st.text_input(
            "Sample",
            key=key(run, "named"),
            placeholder="C.R, such as 2.1",
            persist_state="session",
            help="The number of its configuration and its repeat, both from 1.",
        )
        return (typed or "").strip() or None
    if chosen not in {NEXT, PREVIOUS}:
        return f"{chosen}.{slot.repeat}"
    place = names.index(slot.name) + (1 if chosen == NEXT else -1) if slot.name in names else -1
    if 0 <= place < len(names):
        return names[place]
    st.info(f"There is no {chosen} one in the list.")
    return None


def _side_by_side(snapshot: Snapshot, one: Whole, two: Whole) -> None:
    left, right = (_title(snapshot, each.slot) for each in (one, two))
    here = f"responses.compare.{one.slot.id}.{two.slot.id}"
    st.markdown("**Text**")
    found = diff.words(_text(one), _text(two))
    inert.text(told(found, one.slot.name, two.slot.name))
    differences.draw(found, left=left, right=right, key=f"{here}.text")
    st.markdown("**What was read**")
    plain_table(
        ("", left, right, ""),
        facts(one, two),
        key=f"{here}.facts",
        alt="What was read from the two responses",
        widths=(4, 7, 7, 3),
        labelled=True,
    )
    st.markdown("**Requests**")
    _requests(one, two, key_=f"{here}.requests")


def told(found: Difference, left: str, right: str) -> str:
    """The finding in a sentence."""
    if found.same:
        return "The two texts are the same, character by character."
    where = {
        "words": "",
        "lines": " They are long, so lines are compared.",
        "all": " They are too long to be compared in parts.",
    }[found.unit]
    return (
        f"− {_count(found, 'removed')} only in {left}, + {_count(found, 'added')} only in {right}."
        f"{where}"
    )


def _count(found: Difference, kind: Kind) -> str:
    own = [part.text for part in found.parts if part.kind == kind]
    count = sum(len(tokens(text)) for text in own)
    if own and not count:
        return "white space"
    return f"{count:,} word{'s' * (count != 1)} and marks" if count != 1 else "1 word or mark"


def _text(each: Whole) -> str:
    return "" if each.sample is None else each.sample.text


def _title(snapshot: Snapshot, slot: Slot) -> str:
    return f"{slot.name}, {configuration_name(snapshot, slot.number).partition(': ')[2]}"


def facts(one: Whole, two: Whole) -> Iterator[tuple[str, str, str, str]]:
    """What was read from two responses, and whether it differs."""
    for (name, left), (_, right) in zip(_facts(one), _facts(two), strict=True):
        if left or right:
            yield name, left or "none", right or "none", "same" if left == right else "differs"


def _facts(each: Whole) -> Iterator[tuple[str, str]]:
    sample, attempt = each.sample, each.attempt
    failure = None if attempt is None else attempt.failure
    if sample is None:
        yield "outcome", "not known" if failure is None else failure.code
    else:
        yield "outcome", f"{sample.outcome}: {advice.OUTCOMES[sample.outcome]}"
    raw = None if sample is None else sample.raw_finish_reason
    lab = "" if sample is None else sample.finish_reason
    yield "finish reason", lab if raw in (None, lab) else f"{lab} ({raw})"
    tokens_ = None if sample is None else sample.usage.output_tokens
    yield "output tokens", "" if tokens_ is None else f"{tokens_:,}"
    yield "seconds", "" if sample is None else f"{sample.seconds:.3f}"
    yield "model", (sample and sample.model) or ""
    yield "fingerprint", (sample and sample.fingerprint) or ""
    yield "seed", "" if each.slot.seed is None else str(each.slot.seed)
    yield "attempts", f"{len(each.attempts)}"


def _requests(one: Whole, two: Whole, *, key_: str) -> None:
    if one.attempt is None or two.attempt is None:
        st.caption("One of them was not sent.")
        return
    left, right = one.attempt.request.body, two.attempt.request.body
    if left == right:
        st.text("The two requests are the same, byte for byte.")
        return
    found = diff.lines(values.in_lines(left), values.in_lines(right))
    if found.same:
        st.text("The two requests differ in white space only.")
        return
    inert.text(f"− only in {one.slot.name}, + only in {two.slot.name}")
    differences.draw_lines(
        diff.folded(found.parts), left=one.slot.name, right=two.slot.name, key=key_
    )
