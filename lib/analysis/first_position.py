"""What is known of the first position of an answer: draws, and probabilities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, fsum, log
from typing import Literal, TypeVar

import regex

from lib.analysis.goodness import Fit, fit
from lib.analysis.groups import Describes, Group
from lib.analysis.normalise import normalised
from lib.analysis.sampling import WHOLE, expected_under, known, mass, near_tie
from lib.analysis.tokens import first_token
from lib.domain.configuration import LOCAL
from lib.domain.settings import Settings
from lib.domain.vocabulary import FirstToken, TokenProbability

Kind = Literal["first_token", "first_word"]

T = TypeVar("T")

EMPTY = "(empty)"
"""The first word of an answer that has none."""
_MOST_REPORTED = 50_000
_ROUNDING = 1e-3
_NEXT_TO_NOTHING = 1e-9
_MOST_KEPT = 2_000
_NEVER_REPORTED = regex.compile("\ufffd|^$|^<[|]?[^<>]*[|]?>$")
"""Tokens whose draw brings no log probability: parts of a character, and marks that end a turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The first position of one configuration's answers."""

    kind: Kind
    """`first_word`: no log probabilities, so words are counted, which aren't tokens."""
    vocabulary: str
    """Endpoint and model: keys are comparable within one of these only."""
    one_seed: bool
    """Whether the draws are one draw asked for often, so that no interval holds."""
    names: Mapping[str, str]
    """Tokens by key."""
    drawn: Mapping[str, int]
    """Draws by key."""
    likelihood: Mapping[str, float]
    """Reported probabilities by key, the likeliest and those drawn; empty: none was reported."""
    expected: Mapping[str, float] | None
    """What draws should follow, by key; 0 for any other token. `None`: not known."""
    without: int
    """Answers whose first token isn't known."""
    describes: Describes
    why_not_expected: str | None
    fit: Fit | None

    @property
    def n(self) -> int:
        """Draws in all."""
        return sum(self.drawn.values())

    def weight(self, key: str) -> float:
        """How much a reader wants to see of this token: the larger of drawn and reported."""
        return max(self.likelihood.get(key, 0.0), self.drawn.get(key, 0) / max(1, self.n))

    def by_text(self) -> Position:
        """The same with texts for keys, as they mean the same in every vocabulary.

        Tokens that decode to the same text become one.
        """

        def joined(values: Mapping[str, float]) -> dict[str, float]:
            sums: dict[str, float] = {}
            for key, value in values.items():
                name = self.names.get(key, key)
                sums[name] = sums.get(name, 0) + value
            return sums

        return replace(
            self,
            names={name: name for name in self.names.values()},
            drawn={name: int(count) for name, count in joined(self.drawn).items()},
            likelihood=joined(self.likelihood),
            expected=None if self.expected is None else joined(self.expected),
        )

    def heaviest(self, most: int) -> list[str]:
        """The tokens that deserve rows most."""
        # One that was drawn but not reported is part of what is missing to 1, so it gets no row,
        # unless nothing was reported at all.
        return sorted(self.likelihood or self.drawn, key=lambda k: (-self.weight(k), k))[:most]


def first_position(
    group: Group,
    *,
    describes: Describes | None = None,
    permutations: int = 9999,
    seed: int = 1,
) -> Position | None:
    """The first position; `None` where there is no answer. First words where no answer has tokens.

    Args:
        group: its samples of outcome ok and empty count.
        describes: what the reported probabilities are of. Default: as the group says.
        permutations: samples simulated for the test.
        seed: fixes the simulation.
    """
    samples = group.texts
    found = [s.first_token for s in samples if s.first_token is not None]
    if not samples:
        return None
    if not found:
        return _first_words(group)
    describes = group.describes if describes is None else describes
    top, beyond = mean_reported(found)
    distribution, why = _expected(group, top, describes)
    drawn = Counter(f.drawn.key for f in found)
    names = {t.key: t.token for t in (*top, *beyond, *(f.drawn for f in found))}
    tested = None
    if distribution is not None and not group.one_seed:
        possible = {**_borderline(group.settings, top, drawn, distribution), **distribution}
        fitting = _readable(drawn, possible, names, complete=len(found) == len(samples))
        tested = None if fitting is None else fit(*fitting, permutations=permutations, seed=seed)
    likelihood = {t.key: exp(t.logprob) for t in (*top, *beyond)}
    if distribution is not None and fsum(distribution.values()) < WHOLE:
        # Nothing is cut or scaled, so tokens below the top keep their probabilities too.
        distribution = {**distribution, **{t.key: likelihood[t.key] for t in beyond}}
    kept = {*[t.key for t in top[:_MOST_KEPT]], *[t.key for t in beyond], *drawn}
    return Position(
        kind="first_token",
        vocabulary=f"{group.endpoint} {group.model}",
        one_seed=group.one_seed,
        names=_only(names, kept),
        drawn=drawn,
        likelihood=_only(likelihood, kept),
        expected=None if distribution is None else _only(distribution, kept),
        without=len(samples) - len(found),
        describes=describes,
        why_not_expected=why,
        fit=tested,
    )


def _first_words(group: Group) -> Position:
    """The first word or mark of each answer, in the lab's own tokens."""
    words = Counter(first_word(s.text) for s in group.texts)
    return Position(
        kind="first_word",
        vocabulary="",
        one_seed=group.one_seed,
        names={word: word for word in words},
        drawn=words,
        likelihood={},
        expected=None,
        without=0,
        describes="unknown",
        why_not_expected="no log probabilities were reported",
        fit=None,
    )


def first_word(text: str) -> str:
    """The first word or mark of an answer; `EMPTY` where there is none."""
    return first_token(normalised(text)) or EMPTY


def mean_reported(
    found: Sequence[FirstToken],
) -> tuple[tuple[TokenProbability, ...], tuple[TokenProbability, ...]]:
    """The reported tokens, each with the mean of its probability over calls, falling.

    Reported values jitter a little between calls. Where whole vocabularies were reported, the
    first of them is enough: the rest would cost seconds and say the same.

    Returns:
        The top, as far as all calls report it, and tokens below it: drawn, with a probability of
        their own. Their choice depends on the draws, so no test may use them.
    """
    used = found[: max(1, _MOST_REPORTED // max(1, len(found[0].top)))]
    tops = [known(first.top) for first in used]
    in_all = set(tops[0]).intersection(*tops[1:])
    names = {t.key: t.token for t in used[0].top}
    if len(used) == 1:
        top = tuple(TokenProbability(names[k], k, logprob) for k, logprob in tops[0].items())
    else:
        top = _means({k: [exp(logs[k]) for logs in tops] for k in tops[0] if k in in_all}, names)
    beyond: dict[str, list[float]] = {}
    for first in found:
        key = first.drawn.key
        if key not in in_all and (own := known([first.drawn])):
            beyond.setdefault(key, []).append(exp(own[key]))
            names[key] = first.drawn.token
    return top, _means(beyond, names)


def _means(
    found: Mapping[str, Sequence[float]], names: Mapping[str, str]
) -> tuple[TokenProbability, ...]:
    means = ((key, fsum(values) / len(values)) for key, values in found.items())
    ordered = sorted(((key, mean) for key, mean in means if mean > 0), key=lambda pair: -pair[1])
    return tuple(TokenProbability(names[key], key, log(mean)) for key, mean in ordered)


def _expected(
    group: Group, top: Sequence[TokenProbability], describes: Describes
) -> tuple[Mapping[str, float] | None, str | None]:
    """What draws should follow, or why that can't be said."""
    if describes == "unknown":
        return None, "it isn't known whether the probabilities are before or after sampling"
    if describes == "after_sampling":
        return {t.key: exp(t.logprob) for t in top}, None
    if group.endpoint != LOCAL.name:
        return None, "the order of this endpoint's sampling steps isn't known"
    if unmodelled := _unmodelled(group.settings):
        return None, f"{unmodelled} changes the distribution in a way that isn't modelled"
    settings = group.settings
    if settings.temperature is None:
        settings = replace(settings, temperature=1)  # what the lab sends where nobody set it
    if settings.temperature == 0 and near_tie(top):
        return (
            None,
            "the two likeliest tokens are nearly tied, so rounding decides at temperature 0",
        )
    distribution = expected_under(settings, top)
    if distribution is None:
        return None, (
            f"only {mass(top):.1%} of the probability was reported, and these settings need all "
            "of it: raise logprobs, up to the number of tokens in the model's whole vocabulary"
        )
    return distribution, None


def _borderline(
    settings: Settings,
    top: Sequence[TokenProbability],
    drawn: Mapping[str, int],
    expected: Mapping[str, float],
) -> dict[str, float]:
    """Drawn tokens that stand so close to a cut that rounding decides whether they are in.

    They get next to no probability, so that a draw of one is no contradiction.
    """
    if not drawn.keys() - expected.keys() or fsum(expected.values()) < WHOLE:
        return {}
    top_p, min_p = settings.top_p, settings.min_p
    looser = replace(
        settings,
        top_p=None if top_p is None else min(1.0, top_p + _ROUNDING),
        min_p=None if min_p is None else min_p * (1 - _ROUNDING),
    )
    near = expected_under(looser, top) or {}
    return {key: _NEXT_TO_NOTHING for key in near if key in drawn}


def _only(values: Mapping[str, T], keys: set[str]) -> dict[str, T]:
    return {key: value for key, value in values.items() if key in keys}


def _unmodelled(settings: Settings) -> str | None:
    names = ("presence_penalty", "frequency_penalty", "logit_bias", "extra")
    return next((name for name in names if getattr(settings, name)), None)


def _readable(
    drawn: Mapping[str, int],
    expected: Mapping[str, float],
    names: Mapping[str, str],
    *,
    complete: bool,
) -> tuple[dict[str, int], dict[str, float]] | None:
    """Draws and distribution given that the first token was one that answers can report.

    A draw of a part of a character, or of the end of the turn, comes without log probabilities,
    so it is missing among the draws. Taking the same tokens out of both sides keeps the test
    right; leaving them in makes a faultless sampler look wrong. Where only the top is known, that
    can't be done: then all draws must be there.
    """
    if fsum(expected.values()) < WHOLE:
        return (dict(drawn), dict(expected)) if complete else None
    readable = {k: q for k, q in expected.items() if not _NEVER_REPORTED.search(names[k])}
    total = fsum(readable.values())
    draws = {k: c for k, c in drawn.items() if not _NEVER_REPORTED.search(names[k])}
    return (draws, {k: q / total for k, q in readable.items()}) if total else None
