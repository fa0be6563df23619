"""How long answers take, in seconds. Compare only calls that were made in turn."""

from __future__ import annotations

from collections.abc import Sequence

from lib.analysis.quantiles import calls_for_quantile, quantile
from lib.domain.vocabulary import Estimate, Sample


def latency_s(samples: Sequence[Sample], *, alpha: float = 0.05) -> dict[str, Estimate]:
    """Median and 95th percentile of the accepted attempts, without waiting and retries.

    The percentile is given from the number of calls on at which its upper limit is finite: below
    72 (at alpha = 0.05) it is little else than the slowest call.
    """
    seconds = [sample.seconds for sample in samples if sample.seconds > 0]
    if not seconds:
        unknown = Estimate(None, None, None, 0, "median", "no times are known")
        return {"median": unknown, "p95": unknown}
    needed = calls_for_quantile(0.95, alpha)
    p95 = (
        quantile(seconds, share=0.95, alpha=alpha, method="95th percentile")
        if len(seconds) >= needed
        else Estimate(None, None, None, len(seconds), "95th percentile", f"needs {needed} calls")
    )
    found = {"median": quantile(seconds, alpha=alpha), "p95": p95}
    if first := [each.first_text_s for each in samples if each.first_text_s is not None]:
        found["first_text"] = quantile(first, alpha=alpha)
    return found
