"""Whether a run that declares a stop has brought enough: the judgement that the engine asks for."""

from __future__ import annotations

from lib.engine.progress import Snapshot


def enough(snapshot: Snapshot) -> bool:
    """Whether the declared question is answered by what the run has brought so far."""
    # Late: only such runs need the analysis, which takes half a second to load.
    from lib.analysis.stopping import answered
    from lib.results.grouping import groups

    return answered(groups(snapshot), snapshot.experiment.declared)
