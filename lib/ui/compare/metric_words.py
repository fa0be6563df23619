"""What each metric is called: as in every chart and report."""

from lib.charts.metric_words import LATENCY, METRICS, check, compared

__all__ = ["LATENCY", "METRICS", "check", "compared"]
