"""Whether two configurations give the same outputs equally often."""

from __future__ import annotations

import numpy as np

from lib.analysis.energy import energy, energy_test, energy_test_by_rounds
from lib.analysis.finding import Finding, Rules, untested
from lib.analysis.sides import Side
from lib.analysis.similarity import similarities
from lib.analysis.verdict import Evidence, calls_words, number

BY_ROUNDS = 200
"""Beyond this many different outputs of both, with as many calls of each, labels are exchanged
within rounds: all splits would take seconds for each pair."""


def distribution(a: Side, b: Side, rules: Rules) -> Finding:
    """Whether both give the same outputs equally often."""
    why_not = untested(a.paired.n, b.paired.n)
    p, distance, method = None, None, "energy permutation test on token edit similarity"
    if min(a.paired.n, b.paired.n) > 1:
        across = similarities(a.paired, b.paired)
        kernel = np.block([[a.kernel, across], [across.T, b.kernel]])
        counts_a = np.concatenate([a.paired.counts, np.zeros(len(b.paired.counts))])
        counts_b = np.concatenate([np.zeros(len(a.paired.counts)), b.paired.counts])
        distance = energy(kernel, counts_a, counts_b)
        if not why_not:
            if len(kernel) > BY_ROUNDS and a.paired.n == b.paired.n:
                rows, columns = a.paired.places, b.paired.places
                tested = energy_test_by_rounds(
                    a.kernel[np.ix_(rows, rows)],
                    b.kernel[np.ix_(columns, columns)],
                    across[np.ix_(rows, columns)],
                    permutations=rules.permutations,
                    seed=rules.seed,
                )
                method += ", exchanged within rounds"
            else:
                tested = energy_test(
                    kernel, counts_a, counts_b, permutations=rules.permutations, seed=rules.seed
                )
            p, method = tested.p, f"{method}, {tested.method}"
    caution = ""
    if p is not None and a.nearly_one_output and b.nearly_one_output:
        caution = "Nearly all calls give one output, where this test has almost no power."
    told = "" if distance is None else f"energy {number(distance)}"
    return Finding(
        a=a.name,
        b=b.name,
        metric="distribution",
        family="exploratory",
        effect=distance,
        method=method + "".join(dict.fromkeys((a.paired.caps, b.paired.caps))),
        evidence=Evidence(
            finding=told
            and f"{a.name} and {b.name} answer differently: two outputs of the same "
            f"configuration are more alike than one of each ({told})",
            described=told,
            about="what they answer",
            calls=calls_words(a.paired.n, b.paired.n),
            p=p,
            margin=rules.margin,
            target=rules.margin / 2,
            caution=caution,
            untested=why_not,
        ),
    )
