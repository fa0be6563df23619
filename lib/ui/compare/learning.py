"""What an endpoint has refused before, told where the same setting is set again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lib.domain import folders
from lib.domain.configuration import Endpoint
from lib.domain.errors import LabError
from lib.domain.experiment import Experiment
from lib.engine import learnt
from lib.engine.learnt import Learnt
from lib.ui import inert, resources, state


def draw(experiment: Experiment) -> None:
    """Draw a sentence for each setting that is set again although it was refused once."""
    run = state.run_id()
    running = run in resources.engine().running()
    asked = dict.fromkeys((each.endpoint, each.model) for each in experiment.configurations)
    found = {
        each: _learnt(folders.store_url(), run, running, *each)
        for each in asked
        if not each[0].embedded
    }
    for sentence in told(experiment, found):
        inert.text(sentence)


def told(
    experiment: Experiment, found: Mapping[tuple[Endpoint, str], Sequence[Learnt]]
) -> list[str]:
    """A sentence for each refusal of a setting that a configuration sets. Pure.

    Args:
        experiment: what is to be asked.
        found: what was refused, by endpoint and model.
    """
    return list(
        dict.fromkeys(
            f"{each.setting} was refused on {each.at.astimezone():%d %b %Y}: {each.says} "
            "It will be asked once more."
            for configuration in experiment.configurations
            for each in found.get((configuration.endpoint, configuration.model), ())
            if each.setting in configuration.settings.given()
        )
    )


@st.cache_resource(ttl=60, max_entries=40, show_spinner=False)
def _learnt(
    url: str, run: str | None, running: bool, endpoint: Endpoint, model: str
) -> tuple[Learnt, ...]:
    """Read once for each run that is looked at: it may have taught something."""
    del url, run, running
    try:
        return learnt.learnt(resources.engine().store, endpoint, model)
    except LabError:
        return ()  # a store in trouble is told where its runs are shown
