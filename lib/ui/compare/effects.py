"""Settings that are sent without effect, told above the charts that compare them."""

from __future__ import annotations

import streamlit as st

from lib.domain.experiment import Experiment
from lib.results.effects import without_effect
from lib.ui import inert


def draw(experiment: Experiment) -> None:
    """Draw a sentence for each; nothing, where none is known."""
    known = without_effect(experiment)
    if known:
        st.warning("A setting that was sent is known to have no effect.", icon=":material/block:")
        for each in known:
            inert.text(each.says)
