"""What each metric is called in words, beside its name in JSON. Pure."""

from __future__ import annotations

from collections.abc import Mapping

METRICS: Mapping[str, str] = {
    "distinct": "Number of different answers",
    "distinct_raw": "Number of different answers, character by character",
    "distinct_share": "Different answers as a share of the calls",
    "modal_share": "Share of the most frequent answer",
    "collision_probability": "Probability that two calls agree",
    "effective_outputs": "Effective number of outputs",
    "entropy": "Entropy of the answers, in nats",
    "unseen_mass": "Probability that the next output is new",
    "mean_similarity": "Mean similarity of two outputs",
    "length_tokens": "Median length of an answer, in tokens",
    "length_characters": "Median length of an answer, in characters",
    "first_divergence": "Median number of words before two answers part",
    "distinct_1": "Different words as a share of all words",
    "distinct_2": "Different pairs of words as a share of all pairs",
    "mean_surprisal": "Mean surprisal of a token, in nats",
    "perplexity": "Perplexity",
    "first_token_entropy": "Entropy of the first token, in nats",
}
"""Of one configuration, in the order in which they are shown."""
LATENCY: Mapping[str, str] = {
    "median": "Median latency, in seconds",
    "p95": "95th percentile of latency, in seconds",
}
STREAMED: Mapping[str, str] = {"first_text": "Median time to the first text, in seconds"}
"""The same where answers came as streams."""
_COMPARED: Mapping[str, str] = {
    "distribution": "What they answer",
    "finish_reasons": "Why answers ended",
    "latency": "Latency",
}
"""Of two configurations, besides the metrics of one."""
_CHECK = "check: "


def check(name: str) -> str:
    """The share of answers that pass a check."""
    return f"Share that passes the check “{name}”"


def compared(metric: str) -> str:
    """What a comparison is of."""
    if metric.startswith(_CHECK):
        return check(metric.removeprefix(_CHECK))
    return _COMPARED.get(metric) or METRICS.get(metric, metric)
