"""How a run can be raised, and what it means for its verdicts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.domain.experiment_file import parse
from lib.ui.compare.progress import Further, further


def raised(
    repeats: int, analysis: dict[str, object] | None = None, now: int | None = None
) -> Further:
    experiment = parse(
        {
            "repeats": repeats,
            "messages": [{"role": "user", "content": "Hi"}],
            "configurations": [{"name": "A", "model": "m"}, {"name": "B", "model": "m"}],
            "analysis": analysis or {},
        }
    )
    return further(replace(experiment, repeats=now or repeats))


def test_without_a_stop_as_many_again_are_asked_for_and_verdicts_become_hints() -> None:
    more = raised(20)

    assert more.repeats == 40
    assert "verdicts are hints then" in more.help


@pytest.mark.parametrize(("now", "next_look"), [(10, 20), (20, 25)])
def test_a_run_with_a_stop_is_raised_to_its_next_look_and_its_verdicts_hold(
    now: int, next_look: int
) -> None:
    more = raised(25, {"stop": {"batch": 10}}, now)

    assert more.repeats == next_look
    assert f"the next look that was declared, after {next_look} calls of each" in more.help
    assert "hints" not in more.help


@pytest.mark.parametrize("now", [25, 35])
def test_beyond_what_a_stop_declared_verdicts_become_hints(now: int) -> None:
    more = raised(25, {"stop": {"batch": 10}}, now)

    assert more.repeats == now + 10
    assert more.help.startswith("More than the 25 calls of each that were declared for this run.")
    assert "verdicts are hints then" in more.help
