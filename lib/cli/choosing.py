"""From options to what is meant by them, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from lib.domain.configuration import KNOWN_ENDPOINTS, Endpoint
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import load
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
    return read if repeats is None else _with_repeats(read, repeats)


def _with_repeats(read: Experiment, repeats: int) -> Experiment:
    """Of a run that looks in between, these are the most."""
    stop = read.declared.stop
    if stop is None:
        return replace(read, repeats=repeats)
    declared = replace(read.declared, stop=replace(stop, most=repeats))
    return replace(read, repeats=repeats, declared=declared)


def _must_be_loopback(endpoint: Endpoint) -> None:
    url = base_url(endpoint, {})
    if not is_loopback(url):
        raise InputError(
            f"The file's endpoint {endpoint.name!r} is at {url.host}, which is not this machine: "
            "your messages, and a key if it names one, would go there.",
            f"If you trust it, add --trust-endpoint {endpoint.name}.",
        )
