"""The report of a run that is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from lib.analysis import summary
from lib.domain.errors import InputError
from lib.engine.loading import load
from lib.report.about import About
from lib.report.document import document
from lib.results.grouping import groups
from lib.store.store import Store


def report(store: Store, run: str) -> Iterator[bytes]:
    """The HTML file in pieces.

    Raises:
        InputError: if there is no such run, or it goes on.
        StoreError: if it can't be read.
    """
    kept = store.find(run)
    if kept.state == "running":
        raise InputError(f"The run {kept.id} goes on.", "A report is made when it has ended.")
    snapshot = load(store, kept.id).snapshot()
    found = summary.analyse(
        groups(snapshot),
        checks=snapshot.experiment.checks,
        declared=snapshot.experiment.declared,
        n_changed_after_results=snapshot.n_changed_after_results,
    )
    note = store.run_note(kept.id)
    about = About(
        made=kept.created_at.astimezone(),
        written=datetime.now(UTC).astimezone(),
        state=kept.state,
        experiment_id=kept.experiment_id,
        imported=kept.imported_at is not None,
        note=note.text,
        tags=note.tags,
    )
    return (piece.encode() for piece in document(snapshot, found, about))
