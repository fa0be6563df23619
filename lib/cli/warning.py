"""What happened to a run that should be read beside its numbers, or while there are none."""

from __future__ import annotations

from lib.engine.progress import Snapshot


def warnings_of(snapshot: Snapshot) -> list[str]:
    """One sentence each."""
    names = {
        number: configuration.name
        for number, configuration in enumerate(snapshot.experiment.configurations, start=1)
    }
    ended = [f"{names[number]}: {error}" for number, error in sorted(snapshot.ended.items())]
    retried = [
        f"{names[number]}: {count} {'try' if count == 1 else 'tries'} brought no answer. "
        "They are kept beside their samples."
        for number, count in sorted(snapshot.retries.items())
    ]
    return [*snapshot.warnings, *ended, *retried]
