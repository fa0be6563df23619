"""Audits in the background: started, watched, stopped, and told why there is no report."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.audit import latest, plan
from lib.audit.background import Audits, Look
from lib.domain.configuration import Endpoint
from lib.domain.errors import InputError, LabError
from lib.store import Store
from tests.faulty import FaultyServer

KEY = "sk-canary-0123456789abcdef"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "lab.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def audits(store: Store, tmp_path: Path) -> Iterator[Audits]:
    running = Audits(store, tmp_path)
    yield running
    running.close()


def start(audits: Audits, endpoint: Endpoint, key: str | None = None) -> None:
    planned = plan(endpoint, "some-model", settings=["stop"], calls=10)
    audits.start(endpoint, planned, key=key)


def ended(audits: Audits, endpoint: Endpoint) -> Look:
    ends = time.monotonic() + 60
    while (look := audits.at(endpoint, "some-model")) is not None and look.running:
        assert time.monotonic() < ends
        time.sleep(0.02)
    assert look is not None
    return look


def test_an_audit_ends_with_a_report_in_the_store(audits: Audits, store: Store) -> None:
    with FaultyServer() as server:
        endpoint = Endpoint(name="mine", base_url=server.url("ok"))
        assert audits.at(endpoint, "some-model") is None

        start(audits, endpoint, key=KEY)
        look = ended(audits, endpoint)

        assert look.trouble == ""
        assert look.done == look.total > 0
        assert server.keys == {f"Bearer {KEY}"}
        report = latest(store, endpoint, "some-model")
        assert report is not None
        assert list(report.settings) == ["stop"]
        assert audits.at(endpoint, "another-model") is None


def test_two_at_once_of_one_model_are_refused_and_one_after_the_other_not(audits: Audits) -> None:
    with FaultyServer(latency_s=0.2) as server:
        endpoint = Endpoint(name="mine", base_url=server.url("ok"))
        start(audits, endpoint)

        with pytest.raises(InputError, match="under way already"):
            start(audits, endpoint)

        ended(audits, endpoint)
        start(audits, endpoint)
        assert ended(audits, endpoint).trouble == ""


def test_a_stopped_audit_says_so_and_has_no_report(audits: Audits, store: Store) -> None:
    with FaultyServer(latency_s=0.5) as server:
        endpoint = Endpoint(name="mine", base_url=server.url("ok"))
        start(audits, endpoint)

        audits.stop(endpoint, "some-model")

        assert "The audit was stopped" in ended(audits, endpoint).trouble
        assert latest(store, endpoint, "some-model") is None
        audits.stop(endpoint, "some-model")  # of one that has ended: nothing


def test_a_key_that_is_refused_ends_it_with_a_sentence_without_the_key(audits: Audits) -> None:
    with FaultyServer() as server:
        endpoint = Endpoint(name="mine", base_url=server.url("401_echo_key"))

        start(audits, endpoint, key=KEY)
        look = ended(audits, endpoint)

        assert "key" in look.trouble
        assert KEY not in look.trouble


def test_a_fault_of_the_lab_is_told_and_the_next_audit_works(
    audits: Audits, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultyServer() as server:
        endpoint = Endpoint(name="mine", base_url=server.url("ok"))
        with monkeypatch.context() as broken:
            broken.setattr(Store, "keep_audit", _raise)
            start(audits, endpoint)
            look = ended(audits, endpoint)

        assert look.trouble.startswith(
            "The audit broke off because of a fault in the lab (ZeroDivisionError)."
        )
        start(audits, endpoint)
        assert ended(audits, endpoint).trouble == ""


def _raise(*_: object) -> None:
    raise ZeroDivisionError


def test_closing_stops_what_is_under_way_and_nothing_more_is_started(audits: Audits) -> None:
    with FaultyServer(latency_s=0.5) as server:
        endpoint = Endpoint(name="mine", base_url=server.url("ok"))
        start(audits, endpoint)

        audits.close()
        audits.close()

        assert not ended(audits, endpoint).running
        with pytest.raises(LabError, match="being closed"):
            start(audits, endpoint)
