"""Reports in the store: kept after an audit, shown beside the model everywhere after that."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

from lib.audit.planning import asked_as
from lib.audit.report import AuditReport, as_json, from_json
from lib.domain.configuration import Endpoint
from lib.domain.errors import InputError
from lib.store.audits import Audited
from lib.store.store import Store

_MOST = 50
"""Reports that are looked through for a setting that newer ones didn't look at."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What audits have found of a model: of each setting the newest finding stands.

    So an audit of a few settings, or one that ended early, never hides what an earlier one found of
    the others.
    """

    reports: tuple[AuditReport, ...]
    """The newest first, at least one; of the others only those that looked at more."""

    @property
    def newest(self) -> AuditReport:
        """The last audit, of whatever it looked at."""
        return self.reports[0]

    def about(self, setting: str) -> AuditReport | None:
        """The newest report that looked at a setting."""
        return next((each for each in self.reports if setting in each.settings), None)

    @property
    def describing(self) -> AuditReport:
        """The newest report that says what log probabilities describe, or the newest of all."""
        told = (each for each in self.reports if each.logprobs_describe != "unknown")
        return next(told, self.about("logprobs") or self.newest)

    def settings_of(self, report: AuditReport) -> tuple[str, ...]:
        """Those of its settings whose finding in this report is the one that stands."""
        return tuple(name for name in report.settings if self.about(name) is report)


def keep(store: Store, report: AuditReport) -> None:
    """Keep a report."""
    store.keep_audit(
        Audited(endpoint=report.endpoint, base_url=report.base_url, model=report.model),
        json.dumps(as_json(report)),
    )


def standing(
    store: Store, endpoint: Endpoint, model: str, *, environ: Mapping[str, str] = os.environ
) -> Standing | None:
    """What audits have found of a model at an endpoint, or `None`: it was never audited.

    Raises:
        StoreError: if the store can't be read.
    """
    seen: set[str] = set()
    more: list[AuditReport] = []
    for report in _reports(store, endpoint, model, environ, limit=_MOST):
        if not more or not report.settings.keys() <= seen:
            more.append(report)
            seen |= report.settings.keys()
    return Standing(tuple(more)) if more else None


def latest(
    store: Store, endpoint: Endpoint, model: str, *, environ: Mapping[str, str] = os.environ
) -> AuditReport | None:
    """The newest report about a model at an endpoint, or `None`: it was never audited.

    It may be about a few settings only, and an audit that ended early: see `standing`.

    Raises:
        StoreError: if the store can't be read.
    """
    return next(iter(_reports(store, endpoint, model, environ, limit=1)), None)


def _reports(
    store: Store, endpoint: Endpoint, model: str, environ: Mapping[str, str], *, limit: int
) -> list[AuditReport]:
    try:
        base_url = asked_as(endpoint, environ).base_url
    except InputError:  # an endpoint without an address that works was never audited
        return []
    about = Audited(endpoint=endpoint.name, base_url=base_url, model=model)
    return [from_json(json.loads(each)) for each in store.audits(about, limit=limit)]
