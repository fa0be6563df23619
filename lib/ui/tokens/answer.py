"""One answer: its tokens as a heat map, and at the open one the alternatives and a what-if."""

from __future__ import annotations

from math import exp, log

import streamlit as st

from lib.analysis.entropy_bounds import EntropyBounds
from lib.analysis.next_token import NextToken, next_token
from lib.analysis.surprisal import Surprisal, surprisal, uncertainty
from lib.analysis.what_if import what_if
from lib.analysis.what_if_bounds import what_if_bounds
from lib.charts import next_token as exact_chart
from lib.charts import what_if_bounds as bounds_chart
from lib.charts.inert import shortened
from lib.charts.next_token import share_words, token_words
from lib.charts.theme import Look
from lib.charts.words import number
from lib.domain.configuration import Configuration
from lib.domain.positions import Position
from lib.domain.vocabulary import Sample
from lib.engine.progress import Snapshot
from lib.ui import inert, projector
from lib.ui.responses import filters, opening
from lib.ui.tokens import heat, knobs, known, plotting, stored
from lib.ui.tokens.context import TURN_TO, context

MOST_ALTERNATIVES = 20


def draw() -> None:
    """Draw an answer of the run that is looked at."""
    snapshot = stored.run()
    if snapshot is None:
        return
    chosen = _choose(snapshot)
    if chosen is None:
        st.info("No call has brought an answer yet.")
        return
    found = stored.positions(snapshot, chosen)
    if not found.at:
        st.info("This answer's tokens aren't known.", icon=":material/help:")
        inert.text(found.why or "")
        st.caption(
            "Set logprobs in a configuration on Compare, from 1 to 20 alternatives, and run it "
            "again. The embedded model, OpenAI, Gemini and most compatible servers report them."
        )
        return
    _heat(snapshot.run, chosen, found.at)


def _choose(snapshot: Snapshot) -> Sample | None:
    """The sample that is shown: by configuration, then by repeat."""
    samples = {each.slot.name: each for each in snapshot.samples.values()}
    if not samples:
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        numbers = sorted({each.slot.number for each in samples.values()})
        chosen = st.selectbox(
            "Configuration",
            numbers,
            format_func=lambda each: filters.configuration_name(snapshot, each),
            key=f"tokens.answer.{snapshot.run}.configuration",
            persist_state="session",
            width=320,
        )
        own = sorted(
            (each for each in samples.values() if each.slot.number == chosen),
            key=lambda each: each.slot.repeat,
        )
        name = st.selectbox(
            "Sample",
            [each.slot.name for each in own],
            format_func=lambda each: f"{each}: {_first_words(samples[each].text)}",
            key=f"tokens.answer.{snapshot.run}.{chosen}.sample",
            persist_state="session",
            width=360,
        )
        if st.button("Open in Responses", key="tokens.answer.open", type="tertiary"):
            opening.show(snapshot.run, sample=name)
    return samples[name]


def _first_words(text: str) -> str:
    return shortened(inert.visible(text).replace("\n", "↵"), 48) or "(empty)"


@st.fragment
def _heat(run: str, sample: Sample, positions: tuple[Position, ...]) -> None:
    """A part of its own: a click on a token redraws nothing else."""
    place_key = f"tokens.answer.{run}.{sample.slot.name}.place"
    open_ = min(int(st.session_state.get(place_key, 0)), len(positions) - 1)

    def turn(place: int) -> None:
        st.session_state[place_key] = place

    _summary(surprisal(positions))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "Shade: the deeper, the less likely the token was, up to one in a thousand. A dashed "
            "edge: not known. Surprisal: 0 for a token that was certain, 0.7 for one in two, 4.6 "
            "for one in a hundred. Perplexity: as if each token were one of so many equal ones.",
            width="stretch",
        )
        numbers = st.toggle("Numbers", value=True, key="tokens.answer.numbers")
    first = open_ // heat.PER_PAGE * heat.PER_PAGE
    heat.draw(
        positions,
        key=f"tokens.heat.{run}.{sample.slot.name}.{first}",
        first=first,
        open_=open_,
        numbers=numbers,
        on_open=turn,
    )
    pages = -(-len(positions) // heat.PER_PAGE)
    if pages > 1:
        st.caption(
            f"Tokens {first + 1:,} to {min(first + heat.PER_PAGE, len(positions)):,} of "
            f"{len(positions):,}."
        )
        with st.container(horizontal=True):
            for label, to in (("Earlier", first - 1), ("Later", first + heat.PER_PAGE)):
                st.button(
                    label,
                    key=f"tokens.answer.{label}",
                    on_click=turn,
                    args=(to,),
                    disabled=not 0 <= to < len(positions),
                )
    configuration = sample.slot.configuration
    plotting.numbers(
        _table((run, sample.slot.name), positions, known.vocabulary(configuration)),
        alt="Every token with its probability, surprisal in nats, and bounds of the entropy there.",
    )
    _position(sample, positions, open_)


def _summary(found: Surprisal) -> None:
    if found.mean is None:
        st.caption("No token's probability is known.")
        return
    over = f"over {found.n:,} of {found.tokens:,} tokens"
    told = (
        f"Mean surprisal {number(found.mean)} nats ({number(found.mean / log(2))} bits) a token, "
        f"{over}. "
    )
    told += (
        "Perplexity can't be known: some tokens' probabilities aren't."
        if found.perplexity is None
        else f"Perplexity {number(found.perplexity)}."
    )
    inert.text(told)


@st.cache_resource(max_entries=8, show_spinner=False)
def _table(
    key: tuple[str, str], _positions: tuple[Position, ...], vocabulary: int
) -> list[dict[str, object]]:
    """Made once: five thousand tokens take half a second, and every click draws them."""
    del key
    return table(_positions, vocabulary=vocabulary)


def table(positions: tuple[Position, ...], *, vocabulary: int) -> list[dict[str, object]]:
    """Every token as a row. Pure."""
    rows: list[dict[str, object]] = []
    for place, each in enumerate(positions, start=1):
        bounds = uncertainty(each, vocabulary=vocabulary)
        likeliest = each.top[0] if each.top else None
        rows.append(
            {
                "place": place,
                "token": heat.written(each),
                "bytes": each.raw.hex(" "),
                "probability": None if each.logprob is None else exp(each.logprob),
                "surprisal": None if each.logprob is None else -each.logprob,
                "entropy_low": None if bounds is None else bounds.low,
                "entropy_high": None if bounds is None else bounds.high,
                "likeliest": None if likeliest is None else token_words(likeliest),
                "its_probability": None if likeliest is None else exp(likeliest.logprob),
            }
        )
    return rows


def _position(sample: Sample, positions: tuple[Position, ...], place: int) -> None:
    """The open token: what else was likely, and what settings would make of it."""
    configuration = sample.slot.configuration
    each = positions[place]
    st.subheader("At one token", anchor=False)
    before = "".join(other.text for other in positions[max(0, place - 12) : place])
    inert.text(f"Token {place + 1:,}: “{heat.written(each)}”, after “…{_tail(before)}”")
    if each.several:
        st.info("Several tokens make this character; the server reports no numbers of theirs.")
        return
    distribution = next_token(each.top)
    bounds = uncertainty(each, vocabulary=known.vocabulary(configuration))
    if distribution is None:
        st.caption("No alternatives were reported here.")
        return
    if bounds is not None:
        inert.text(_entropy(bounds, distribution, known.vocabulary(configuration)))
    _alternatives(each, distribution)
    if configuration.endpoint.embedded:
        _into_the_lab(sample, positions, place)
    _what_if(configuration, distribution)


def _tail(text: str) -> str:
    return inert.visible(text)[-60:].replace("\n", "↵")


def _entropy(bounds: EntropyBounds, distribution: NextToken, vocabulary: int) -> str:
    if bounds.exact:
        return f"Entropy {number(bounds.low)} nats."
    return (
        f"Entropy between {number(bounds.low)} and {number(bounds.high)} nats: "
        f"{len(distribution.tokens):,} tokens with {share_words(distribution.mass)} were reported, "
        f"of {'at most ' if vocabulary > known.BUNDLED_VOCABULARY else ''}{vocabulary:,}."
    )


def _alternatives(each: Position, distribution: NextToken) -> None:
    """The likeliest tokens, and the drawn one. Not in lines below each other: a phone is short."""
    rows = [
        {
            "token": token_words(other),
            "probability": share_words(exp(other.logprob)),
            "drawn": "drawn" if other.key == each.key else "",
        }
        for other in distribution.tokens[:MOST_ALTERNATIVES]
    ]
    if each.logprob is not None and all(other.key != each.key for other in distribution.tokens):
        share = share_words(exp(each.logprob))
        rows.append({"token": heat.written(each), "probability": share, "drawn": "drawn"})
    st.dataframe(
        rows,
        hide_index=True,
        width="content",
        height="content",
        alt="The likeliest tokens here, and the one that was drawn.",
    )


def _into_the_lab(sample: Sample, positions: tuple[Position, ...], place: int) -> None:
    """The same place in the next-token lab: all tokens are known there, and any can be picked."""
    before = "".join(each.text for each in positions[:place])
    if not st.button(
        "See all tokens here, and go on with another",
        icon=":material/science:",
        key="tokens.answer.lab",
        disabled="\ufffd" in before,
        help="Asks the embedded model again with this much of the answer as its beginning, which "
        "is cut into tokens anew.",
    ):
        return
    turns = sample.slot.messages
    prefill = turns[-1].content if turns and turns[-1].role == "assistant" else ""
    lab = context()
    lab.put(turns[:-1] if prefill else turns, prefill + before)
    lab.back = []
    lab.ask()
    st.session_state[TURN_TO] = "Next token"
    st.rerun()


def _what_if(configuration: Configuration, distribution: NextToken) -> None:
    st.subheader("What if", anchor=False)
    understood = known.known(configuration)
    if known.why_not(understood) is not None:
        known.told(understood)
        return
    if not distribution.possible:
        st.info("What-if can't be known here.", icon=":material/help:")
        inert.text(
            f"The reported probabilities sum to {share_words(distribution.mass)}, so they are "
            "not those of one distribution."
        )
        return
    turned = knobs.draw("stored", like=configuration.settings)
    look = Look(projector.scale())
    if distribution.whole:
        result = what_if(distribution, turned.settings, turned.order)
        chart = exact_chart.next_token(distribution, result, top_p=turned.settings.top_p, look=look)
    else:
        size = known.vocabulary(configuration)
        bounded = what_if_bounds(distribution, turned.settings, turned.order, vocabulary=size)
        chart = bounds_chart.what_if_bounds(distribution, bounded, look=look)
    inert.text(chart.alt)
    plotting.show(chart, "stored")
    st.caption(
        f"The probabilities are those before any setting, {understood.how}. A ✂ is cut; a ? may be."
    )
