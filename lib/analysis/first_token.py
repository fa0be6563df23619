"""The first token: what N calls drew, beside what was reported and what should be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from lib.analysis.finish_reasons import Share
from lib.analysis.first_position import Kind, Position, first_position
from lib.analysis.goodness import ELSE, Fit
from lib.analysis.groups import Describes, Group
from lib.analysis.proportions import wilson
from lib.analysis.sampling import WHOLE

_KINDS: tuple[Kind, ...] = ("first_token", "first_word")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One token (or word), drawn and reported."""

    token: str
    key: str
    drawn: Share
    reported: float | None = None
    """Mean over calls of its reported probability; of `ELSE`: 1 less those of the other rows."""
    expected: float | None = None
    """What the draws should follow under the settings, where that is known exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstTokens:
    """The distribution at the first position of an answer."""

    position: Position
    """Everything that is known, from which the rows were chosen."""
    rows: tuple[Row, ...]
    """Likeliest first."""
    everything_else: Row | None
    """Of all tokens without a row. Never spread over the others."""
    pooled: Mapping[str, int]
    """Tokens that were drawn and are counted under everything else."""

    @property
    def kind(self) -> Kind:
        """`first_word`: no log probabilities, so words are counted, which aren't tokens."""
        return self.position.kind

    @property
    def n(self) -> int:
        """Calls whose first token (or word) is known."""
        return self.position.n

    @property
    def without(self) -> int:
        """Calls with an answer whose first token isn't known: counted apart."""
        return self.position.without

    @property
    def describes(self) -> Describes:
        """What the reported probabilities are of."""
        return self.position.describes

    @property
    def why_not_expected(self) -> str | None:
        """Why no expected distribution is shown; `None` where one is."""
        return self.position.why_not_expected

    @property
    def fit(self) -> Fit | None:
        """Whether the draws follow the expected distribution; where that isn't exact, no test."""
        return self.position.fit

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must be told beside the numbers."""
        told = []
        if self.kind == "first_word":
            told.append("First words, not tokens: no log probabilities were reported.")
        elif self.without:
            told.append(f"{self.without} of {self.n + self.without} answers have no first token.")
        if self.kind == "first_token" and self.why_not_expected:
            told.append(f"Expected values are not shown: {self.why_not_expected}.")
        return tuple(told)


def first_token(
    group: Group,
    *,
    describes: Describes | None = None,
    most: int = 20,
    alpha: float = 0.05,
    permutations: int = 9999,
    seed: int = 1,
) -> FirstTokens | None:
    """What was drawn at the first position, with what was reported there.

    Args:
        group: its samples of outcome ok and empty count.
        describes: what the reported probabilities are of. Default: as the group says.
        most: rows beyond this many are counted under everything else.
        alpha: how often each interval may miss; for each token by itself.
        permutations: samples simulated for the test.
        seed: fixes the simulation.

    Returns:
        `None` where there is no answer. First words where no answer has log probabilities.
    """
    position = first_position(group, describes=describes, permutations=permutations, seed=seed)
    return (
        None
        if position is None
        else _table(position, position.heaviest(most), alpha, position.names)
    )


def shared(
    tables: Mapping[str, FirstTokens], *, most: int = 8, alpha: float = 0.05
) -> dict[str, FirstTokens]:
    """The same distributions with the same rows in the same order: those that weigh most in any.

    Tokens and words are kept apart: each kind has rows of its own. Tokens of several models are
    matched by their text, as their keys mean nothing to each other.
    """
    positions = {name: table.position for name, table in tables.items()}
    if len({p.vocabulary for p in positions.values() if p.kind == "first_token"}) > 1:
        positions = {name: position.by_text() for name, position in positions.items()}
    rows = {kind: _heaviest(kind, list(positions.values()), most) for kind in _KINDS}
    # A token that only another configuration drew has no name here: its key would be shown.
    names = {key: name for p in positions.values() for key, name in p.names.items()}
    return {name: _table(p, rows[p.kind], alpha, names) for name, p in positions.items()}


def _heaviest(kind: Kind, positions: Sequence[Position], most: int) -> list[str]:
    of_kind = [position for position in positions if position.kind == kind]
    candidates = {key for position in of_kind for key in position.heaviest(most)}
    weights = {key: max(p.weight(key) for p in of_kind) for key in candidates}
    return sorted(weights, key=lambda k: (-weights[k], k))[:most]


def _table(
    position: Position, keys: Sequence[str], alpha: float, names: Mapping[str, str]
) -> FirstTokens:
    """The rows of these tokens, and everything else."""
    drawn, n = position.drawn, position.n

    def share(count: int) -> Share:
        low, high = (None, None) if position.one_seed else wilson(count, n, alpha=alpha)
        return Share(count, n, low, high)

    rows = tuple(
        Row(
            token=names.get(k, k),
            key=k,
            drawn=share(drawn.get(k, 0)),
            reported=position.likelihood.get(k),
            expected=None if position.expected is None else position.expected.get(k, 0.0),
        )
        for k in keys
    )
    others = sorted(drawn.keys() - set(keys), key=lambda k: (-drawn[k], k))
    rest = share(sum(drawn[k] for k in others))
    return FirstTokens(
        position=position,
        rows=rows,
        everything_else=_everything_else(rows, rest, bool(position.likelihood)),
        pooled={position.names[k]: drawn[k] for k in others},
    )


def _everything_else(rows: Sequence[Row], drawn: Share, reported: bool) -> Row | None:
    rest = max(0.0, 1 - fsum(row.reported or 0.0 for row in rows)) if reported else None
    if not drawn.count and (rest is None or rest < 1 - WHOLE):
        return None
    shown = [row.expected for row in rows if row.expected is not None]
    expected = max(0.0, 1 - fsum(shown)) if shown else None
    return Row(token=ELSE, key=ELSE, drawn=drawn, reported=rest, expected=expected)
