"""Reports in the store: kept after an audit, shown beside the model everywhere after that."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from lib.audit.planning import asked_as
from lib.audit.report import AuditReport, as_json, from_json
from lib.domain.configuration import Endpoint
from lib.domain.errors import InputError
from lib.store.audits import Audited
from lib.store.store import Store


def keep(store: Store, report: AuditReport) -> None:
    """Keep a report."""
    store.keep_audit(
        Audited(endpoint=report.endpoint, base_url=report.base_url, model=report.model),
        json.dumps(as_json(report)),
    )


def latest(
    store: Store, endpoint: Endpoint, model: str, *, environ: Mapping[str, str] = os.environ
) -> AuditReport | None:
    """The newest report about a model at an endpoint, or `None`: it was never audited.

    Raises:
        StoreError: if the store can't be read.
    """
    try:
        base_url = asked_as(endpoint, environ).base_url
    except InputError:  # an endpoint without an address that works was never audited
        return None
    found = store.audits(Audited(endpoint=endpoint.name, base_url=base_url, model=model))
    return from_json(json.loads(found[0])) if found else None
