"""Reports of audits: the newest about one model at one address."""

from __future__ import annotations

from lib.store import Store
from lib.store.audits import Audited

HERE = Audited(endpoint="mine", base_url="http://127.0.0.1:1/v1", model="m")


def test_the_newest_report_comes_first_and_none_is_lost(store: Store) -> None:
    for report in ("first", "second", "third"):
        store.keep_audit(HERE, report)

    assert store.audits(HERE) == ["third"]
    assert store.audits(HERE, limit=9) == ["third", "second", "first"]


def test_another_model_address_or_name_has_reports_of_its_own(store: Store) -> None:
    store.keep_audit(HERE, "here")
    local = Audited(endpoint="local", base_url=None, model="m")
    store.keep_audit(local, "local")

    assert store.audits(local) == ["local"]
    for other in (
        Audited(endpoint="mine", base_url="http://127.0.0.1:2/v1", model="m"),
        Audited(endpoint="mine", base_url=None, model="m"),
        Audited(endpoint="other", base_url=HERE.base_url, model="m"),
        Audited(endpoint="mine", base_url=HERE.base_url, model="n"),
    ):
        assert store.audits(other) == []
