"""Audits in the other dialects: what each API has a field for is tried, and judged as anywhere."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lib.audit import AuditReport, How, carry, plan
from lib.audit.probes import SETTINGS
from lib.domain.configuration import Dialect, Endpoint
from lib.store.store import Store
from tests.audit.model import Behaviour
from tests.audit.server import ModelServer

HAS: dict[Dialect, set[str]] = {
    "openai-responses": {"temperature", "top_p", "max_tokens", "logprobs", "prefill"},
    "anthropic": {"temperature", "top_p", "top_k", "stop", "max_tokens", "prefill"},
    "gemini": set(SETTINGS) - {"n", "logit_bias", "determinism"},
}
"""The settings that an audit tries there, `determinism` besides."""
NO_SHORT_LIMIT = (
    "A limit of 2 is refused, one of 16 is taken; 0 of 8 answers were longer than that."
)


def audited(server: ModelServer, store: Store) -> AuditReport:
    endpoint = Endpoint(name="mine", dialect=server.dialect, base_url=server.url)
    how = How(home=Path("no home is needed"), at_once=1)
    return asyncio.run(carry(store, plan(endpoint, "m"), how))


def verdicts(report: AuditReport) -> dict[str, str]:
    return {name: each.verdict for name, each in report.settings.items()}


@pytest.mark.parametrize("dialect", HAS)
def test_what_is_honoured_is_said_to_be_in_each_dialect(dialect: Dialect, store: Store) -> None:
    with ModelServer(dialect=dialect) as server:
        report = audited(server, store)

    expected = {name: "honoured" if name in HAS[dialect] else "cannot_tell" for name in SETTINGS}
    expected["determinism"] = "consistent"
    if dialect == "openai-responses":  # which refuses every limit below 16
        expected["max_tokens"] = "consistent"
        assert report.settings["max_tokens"].says == NO_SHORT_LIMIT
    assert verdicts(report) == expected
    untried = set(SETTINGS) - HAS[dialect] - {"determinism"}
    assert all(report.settings[name].says.startswith("It was not sent: ") for name in untried)
    assert report.logprobs_describe == ("unknown" if dialect == "anthropic" else "before_sampling")
    assert report.calls == len(server.bodies)


@pytest.mark.parametrize("dialect", HAS)
def test_what_is_ignored_is_said_to_be_in_each_dialect(dialect: Dialect, store: Store) -> None:
    with ModelServer(Behaviour(ignores=frozenset(SETTINGS) - {"max_tokens"}), dialect=dialect) as s:
        report = audited(s, store)

    found = verdicts(report)
    assert found.pop("frequency_penalty") in {"ignored", "cannot_tell"}  # its power is 0.9
    assert found.pop("presence_penalty") == "cannot_tell"  # which no test can refute
    kept = "consistent" if dialect == "openai-responses" else "honoured"
    assert found.pop("max_tokens") == kept
    tried = HAS[dialect] | {"determinism"}
    if dialect == "openai-responses":  # 16 tokens of a count from 1 look like a repeated prefill
        assert found.pop("prefill") == "cannot_tell"
    assert found == {name: "ignored" if name in tried else "cannot_tell" for name in found}


def test_a_setting_that_another_one_keeps_from_being_tried_is_not_called_refused(
    store: Store,
) -> None:
    """A limit of 1 is refused there: that says nothing of log probabilities."""
    with ModelServer(Behaviour(refuses=frozenset({"top_logprobs"})), dialect="gemini") as server:
        refusing = audited(server, store)
    with ModelServer(Behaviour(logprobs="none"), dialect="openai-responses") as server:
        silent = audited(server, store)

    assert refusing.settings["logprobs"].verdict == "refused"
    assert silent.settings["logprobs"].verdict == "ignored"
    assert silent.settings["temperature"].verdict in {"honoured", "consistent"}
