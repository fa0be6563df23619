"""What a newcomer reads below the editor, while it is true."""

from __future__ import annotations

import streamlit as st

from lib.domain.experiment import Experiment
from lib.ui import resources


def draw(experiment: Experiment | None) -> None:
    """Draw it where all that is asked is on this machine, and Run can be pressed.

    Args:
        experiment: what Run would ask, or `None` if it can't.
    """
    if experiment is None or resources.embedded_trouble():
        return
    if all(each.endpoint.embedded for each in experiment.configurations):
        st.info(
            "Ready, and no key is needed: a real language model runs on this machine. Press Run to "
            "ask it the same thing again and again under each configuration, and see how its "
            "answers differ.",
            icon=":material/science:",
        )
