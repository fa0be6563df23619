"""p-values of a whole family of tests, adjusted for their number."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjustment (Scand. J. Stat. 6, 1979): always valid, whatever the dependence.

    Compared with alpha, the chance of even one false alarm in the family is at most alpha.
    """
    m, adjusted, highest = len(p_values), [0.0] * len(p_values), 0.0
    for rank, i in enumerate(sorted(range(m), key=p_values.__getitem__)):
        highest = max(highest, (m - rank) * p_values[i])
        adjusted[i] = min(1.0, highest)
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's adjustment (JRSS B 57, 1995).

    Compared with alpha, at most a share alpha of what is called a finding is expected to be a
    false alarm, if the tests are independent or positively dependent.
    """
    m, adjusted, lowest = len(p_values), [0.0] * len(p_values), 1.0
    order = sorted(range(m), key=p_values.__getitem__, reverse=True)
    for place, i in enumerate(order):
        lowest = min(lowest, p_values[i] * m / (m - place))
        adjusted[i] = lowest
    return adjusted
