"""What a run asked: its name, when, of which model, how often, and the messages. Plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from lib.domain.configuration import Configuration
from lib.domain.errors import LabError
from lib.domain.experiment import Experiment
from lib.domain.message import Message
from lib.engine.progress import Snapshot
from lib.ui import inert, resources
from lib.ui.compare import written
from lib.ui.sample import conversation

MOST_NAMES = 6


def draw(snapshot: Snapshot) -> None:
    """Draw what was asked: two lines, and the messages folded."""
    experiment = snapshot.experiment
    with st.container(gap="xsmall", key="compare.asked"):
        name = inert.shortened(experiment.name, 200)
        inert.text("\n".join([name, *facts(experiment, _begun(snapshot.run))]))
        with st.expander(title(experiment), icon=":material/forum:", type="compact"):
            _messages(experiment)


def facts(experiment: Experiment, begun: datetime | None) -> list[str]:
    """How often it was asked, when, where, and what all configurations have in common."""
    many = len(experiment.configurations)
    calls = f"{experiment.repeats:,} call{'s' * (experiment.repeats != 1)}"
    each = f"{calls} for each of {many} configurations" if many > 1 else f"{calls}, 1 configuration"
    when = "" if begun is None else f", begun {begun.astimezone():%d %b %Y %H:%M}"
    lines = [f"{each}{when}", *models(experiment.configurations)]
    given = [configuration.settings for configuration in experiment.configurations]
    if common := written.shared(given):
        told = ", ".join(written.setting(name, value) for name, value in common.items())
        lines.append(f"{'All with' if many > 1 else 'With'} {inert.shortened(told, 200)}")
    return lines


def models(configurations: Sequence[Configuration]) -> list[str]:
    """A line for each model at its endpoint; where there are several, with who asks it."""
    asked: dict[str, list[str]] = {}
    for configuration in configurations:
        endpoint = configuration.endpoint
        where = (
            "on this machine"
            if endpoint.embedded
            else f"at {endpoint.name}" + (f" ({endpoint.base_url})" if endpoint.base_url else "")
        )
        asked.setdefault(f"Model {configuration.model} {where}", []).append(configuration.name)
    if len(asked) == 1:
        return list(asked)
    return [f"{inert.shortened(what, 160)}: {named(names)}" for what, names in asked.items()]


def named(names: Sequence[str]) -> str:
    """Some names in quotes; of many the first few, and how many more there are."""
    told = [f"“{inert.shortened(name, 60)}”" for name in names[:MOST_NAMES]]
    more = len(names) - len(told)
    return ", ".join([*told, f"and {more} more"] if more else told)


def conversations(experiment: Experiment) -> Mapping[tuple[Message, ...], list[str]]:
    """What was sent, with variables filled, and the names of the configurations that sent it."""
    found: dict[tuple[Message, ...], list[str]] = {}
    for configuration in experiment.configurations:
        found.setdefault(experiment.conversation(configuration), []).append(configuration.name)
    return found


def title(experiment: Experiment) -> str:
    """What the folded messages are, in numbers."""
    found = conversations(experiment)
    if len(found) > 1:
        return f"What was asked: {len(found)} different conversations"
    (messages,) = found
    return f"What was asked: {conversation.counted(messages)}"


def _messages(experiment: Experiment) -> None:
    found = conversations(experiment)
    for messages, names in found.items():
        if len(found) > 1:
            inert.text(f"Under {named(names)}")
        for role, content in conversation.turns(messages):
            st.caption(role)
            inert.block(content or "(empty)")


def _begun(run: str) -> datetime | None:
    try:
        return resources.engine().store.find(run).created_at
    except LabError:
        return None
