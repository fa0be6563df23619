"""Answers after a beginning that they share: the same group, as if each began there.

So whatever is known of first tokens (draws, reported probabilities, a test of their fit) is known
of any place: the beginning is the same for all, hence the model's distribution too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lib.analysis.branching import Unit, going_on
from lib.analysis.groups import Group
from lib.analysis.next_token import NextToken
from lib.domain.positions import Position
from lib.domain.vocabulary import FirstToken, Sample, TokenProbability


def after(group: Group, positions: Mapping[str, Sequence[Position]], keys: Sequence[str]) -> Group:
    """Of the answers with text, those whose tokens begin with these, without their beginning.

    Args:
        group: of one configuration.
        positions: of its answers, by `C.R`. One that isn't among them is left out.
        keys: of the tokens that they begin with.
    """
    return _only(
        group,
        tuple(
            _from(sample, positions[sample.slot.name], len(keys))
            for sample in group.texts
            if (found := positions.get(sample.slot.name)) is not None
            and [each.key for each in found[: len(keys)]] == list(keys)
        ),
    )


def after_words(group: Group, words: Mapping[str, Sequence[Unit]], keys: Sequence[str]) -> Group:
    """The same where no tokens are known: by the lab's own words, so that words are counted.

    Args:
        group: of one configuration.
        words: of its answers, by `C.R`. One that isn't among them is left out.
        keys: of the words that they begin with.
    """
    rest = going_on(words, keys)
    return _only(
        group,
        tuple(
            replace(
                sample,
                text="".join(word.text for word in rest[sample.slot.name]),
                first_token=None,
            )
            for sample in group.texts
            if sample.slot.name in rest
        ),
    )


def with_whole(group: Group, distribution: NextToken) -> Group:
    """The group with all tokens in place of the likeliest few that came with each answer."""
    samples = tuple(
        sample
        if sample.first_token is None
        else replace(sample, first_token=FirstToken(sample.first_token.drawn, distribution.tokens))
        for sample in group.samples
    )
    return replace(group, samples=samples)


def _only(group: Group, samples: tuple[Sample, ...]) -> Group:
    return replace(
        group,
        samples=samples,
        planned=len(samples),
        errors={},
        failed_repeats=frozenset(),
        set_aside=0,
    )


def _from(sample: Sample, positions: Sequence[Position], at: int) -> Sample:
    """An answer from a place on; without a first token where it ends, or has no number there."""
    first = None
    if at < len(positions) and (logprob := positions[at].logprob) is not None:
        here = positions[at]
        first = FirstToken(TokenProbability(here.text, here.key, logprob), here.top)
    return replace(sample, text="".join(each.text for each in positions[at:]), first_token=first)
