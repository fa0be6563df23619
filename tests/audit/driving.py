"""Probes without a network: what they ask is drawn from a model at once, and judged.

The bodies are those of the real dialect, and its reader reads what the model says: only sending and
keeping are left out, so that a thousand audits take seconds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from lib.audit.asking import Answers, Ask, Came, Column
from lib.audit.finding import Finding
from lib.audit.known import Known
from lib.audit.opening import opening
from lib.audit.probes import PROBES, tests_of
from lib.audit.report import SettingReport, settings_report
from lib.domain.configuration import Configuration, Endpoint
from lib.domain.errors import Refused
from lib.domain.message import Message
from lib.domain.vocabulary import Reply, Sample, Slot
from lib.providers import registry
from tests.audit.model import Model, Refusal
from tests.audit.server import completion

ENDPOINT = Endpoint(name="mine", base_url="http://127.0.0.1:1/v1", profile="compatible")


def audited(model: Model, settings: Sequence[str], *, calls: int = 40) -> dict[str, SettingReport]:
    """The report about these settings of a model, as an audit of all settings would judge them."""
    known = opened(model, calls=calls, tests=tests_of(tuple(PROBES)))
    findings = {name: finding(model, name, known) for name in settings}
    return settings_report(findings, dict.fromkeys(findings, 0), dict.fromkeys(findings, ()))


def opened(model: Model, *, calls: int = 40, tests: int = 11) -> Known:
    steps = opening(Known(calls=calls, tests=tests))
    ask = next(steps)
    while True:
        try:
            ask = steps.send(answers(model, ask))
        except StopIteration as end:
            known: Known = end.value
            return known


def finding(model: Model, setting: str, known: Known) -> Finding:
    steps = PROBES[setting](known)
    ask, calls = next(steps), 0
    while True:
        calls += ask.calls
        assert calls <= known.calls, f"{setting} asks for more than {known.calls} calls"
        try:
            ask = steps.send(answers(model, ask))
        except StopIteration as end:
            found: Finding = end.value
            return found


def answers(model: Model, ask: Ask) -> Came:
    """What a model says, round by round."""
    came = {column.name: Answers(asked=ask.repeats) for column in ask.columns}
    for repeat in range(1, ask.repeats + 1):
        for column in ask.columns:
            before = came[column.name]
            if before.refused is None:
                came[column.name] = _asked(model, ask, column, repeat, before)
    return came


def _asked(model: Model, ask: Ask, column: Column, repeat: int, before: Answers) -> Answers:
    slot = _slot(column, repeat)
    body = json.loads(registry.dialect(ENDPOINT).build(slot).body)
    if ask.choices is not None:
        body["n"] = ask.choices
    try:
        said = model.answer(body)
    except Refusal as refusal:
        error = Refused("It is refused.", code="refused_setting", setting=refusal.param)
        return replace(before, refused=error)
    reply = Reply(200, {}, json.dumps(completion(body, said, model.behaviour)).encode(), 0.0)
    sample: Sample = registry.dialect(ENDPOINT).read(slot, reply)
    choices = (*before.choices, tuple(each.text for each in said))
    return replace(before, samples=(*before.samples, sample), choices=choices)


def _slot(column: Column, repeat: int) -> Slot:
    configuration = Configuration(
        name=column.name, endpoint=ENDPOINT, model="gpt-4o", settings=column.settings
    )
    prefill = (Message("assistant", column.prefill),) if column.prefill else ()
    return Slot(repeat, configuration, 1, (*column.messages, *prefill), repeat)
