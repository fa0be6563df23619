"""All metrics of one configuration, by the names that they have in JSON, on screen and here."""

from __future__ import annotations

from lib.analysis.collision import collision_probability, effective_outputs
from lib.analysis.distinct import distinct, distinct_n, distinct_share
from lib.analysis.divergence import first_divergence
from lib.analysis.entropy import entropy
from lib.analysis.groups import ONE_SEED
from lib.analysis.lengths import length_characters, length_tokens
from lib.analysis.modal import modal_share
from lib.analysis.sides import Side
from lib.analysis.similarity import mean_similarity
from lib.analysis.token_metrics import token_metrics
from lib.analysis.unseen import unseen_mass
from lib.domain.vocabulary import Estimate

_NOT_VARIABILITY = {"length_tokens", "length_characters"}


def metrics(side: Side, *, alpha: float = 0.05) -> dict[str, Estimate]:
    """All metrics by name, in the order in which they are shown; the last where there are any."""
    group, outputs, spelling = side.group, side.outputs, side.spelled
    strings = dict(zip(spelling.texts, spelling.counts.astype(int).tolist(), strict=True))
    collision = collision_probability(outputs, alpha=alpha)
    found = {
        "distinct": distinct(outputs),
        "distinct_raw": distinct([s.text for s in group.texts], raw=True),
        "distinct_share": distinct_share(outputs),
        "modal_share": modal_share(outputs, alpha=alpha),
        "collision_probability": collision,
        "effective_outputs": effective_outputs(collision),
        "entropy": entropy(outputs, alpha=alpha),
        "unseen_mass": unseen_mass(outputs, alpha=alpha),
        "mean_similarity": mean_similarity(side.paired, side.kernel, alpha=alpha),
        "length_tokens": length_tokens(group, alpha=alpha),
        "length_characters": length_characters(group, alpha=alpha),
        "first_divergence": first_divergence(spelling, alpha=alpha),
        "distinct_1": distinct_n(strings, 1),
        "distinct_2": distinct_n(strings, 2),
    }
    of_tokens = token_metrics(group, alpha=alpha)
    if not group.one_seed:
        return found | of_tokens
    seeded = {
        name: e if name in _NOT_VARIABILITY else Estimate(None, None, None, e.n, e.method, ONE_SEED)
        for name, e in found.items()
    }
    return seeded | of_tokens
