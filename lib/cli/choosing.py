"""From options to what is meant by them, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from lib.domain.configuration import KNOWN_ENDPOINTS, Endpoint
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import load
from lib.domain.plan import size
from lib.providers.addresses import base_url, is_loopback


def experiment(file: Path, *, repeats: int | None, trusted: Collection[str]) -> Experiment:
    """The experiment in a file, its endpoints trusted.

    Raises:
        InputError: if the file is wrong, or names an address that nobody here vouched for.
    """
    read = load(file)
    endpoints = {configuration.endpoint for configuration in read.configurations}
    if unknown := sorted(set(trusted) - {endpoint.name for endpoint in endpoints}):
        raise InputError(
            f"--trust-endpoint {unknown[0]}: no configuration of the file asks such an endpoint."
        )
    for endpoint in sorted(endpoints, key=lambda each: each.name):
        if endpoint not in KNOWN_ENDPOINTS and endpoint.name not in trusted:
            _must_be_loopback(endpoint)
    return read if repeats is None else replace(read, repeats=repeats)


def _must_be_loopback(endpoint: Endpoint) -> None:
    url = base_url(endpoint, {})
    if not is_loopback(url):
        raise InputError(
            f"The file's endpoint {endpoint.name!r} is at {url.host}, which is not this machine: "
            "your messages, and a key if it names one, would go there.",
            f"If you trust it, add --trust-endpoint {endpoint.name}.",
        )


def affordable(experiment: Experiment, max_cost: float | None) -> None:
    """Refuse a plan that could cost more than it may.

    Raises:
        InputError: if it could, or if nobody knows.
    """
    if max_cost is None:
        return
    planned = size(experiment)
    if planned.cost_usd is None:
        raise InputError(
            f"--max-cost can't be kept: {planned.why_no_cost}.", "Use --max-calls instead."
        )
    if planned.cost_usd > max_cost:
        raise InputError(
            f"The plan could cost ${planned.cost_usd:.4f}, and --max-cost is ${max_cost:.4f}.",
            "Ask for fewer repeats, or a smaller max_tokens.",
        )
