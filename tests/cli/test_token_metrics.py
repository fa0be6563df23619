"""Surprisal and perplexity of a run: read again from its replies by `analyze --json`."""

from __future__ import annotations

from math import log

import pytest

from tests.cli.shell import Shell
from tests.faulty import FaultyServer


def test_the_surprisal_of_a_run_is_read_from_its_replies(
    server: FaultyServer, shell: Shell
) -> None:
    file = shell.asks(server.url(), repeats=3, logprobs=2)
    ran = shell("run", file, "--json").json

    (column,) = shell("analyze", ran["run"], "--json").json["configurations"]

    found = column["metrics"]
    assert list(found)[-3:] == ["mean_surprisal", "perplexity", "first_token_entropy"]
    # The server gives every token that it draws a probability of 0.6, and the next one 0.3.
    assert found["mean_surprisal"]["value"] == pytest.approx(-log(0.6))
    assert found["perplexity"]["value"] == pytest.approx(1 / 0.6)
    assert found["mean_surprisal"]["n"] == 3
    entropy = found["first_token_entropy"]
    assert entropy["value"] is None
    assert entropy["why"] == "only 90.0% of the probability was reported"
    packed = -(0.6 * log(0.6) + 0.3 * log(0.3) + 0.1 * log(0.1))
    assert entropy["low"] == pytest.approx(packed)
    assert entropy["high"] > packed


def test_a_run_without_log_probabilities_has_no_such_metrics(
    server: FaultyServer, shell: Shell
) -> None:
    ran = shell("run", shell.asks(server.url(), repeats=2), "--json").json

    (column,) = shell("analyze", ran["run"], "--json").json["configurations"]

    assert "mean_surprisal" not in column["metrics"]
    assert "first_token_entropy" not in column["metrics"]
