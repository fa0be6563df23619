"""The branching tree and what it is made of, and one move of a what-if slider.

The tree: 200 answers of 300 tokens, with log probabilities. The slider: a vocabulary of 49,152.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.made import words
from benchmarks.report import Repeated, show, times
from lib.analysis.along import entropies, together
from lib.analysis.branching import Tree, Unit, branch, branching, capped, going_on, of_tokens
from lib.analysis.next_token import NextToken
from lib.analysis.what_if import what_if
from lib.charts import next_token as charts
from lib.domain.configuration import Configuration, Endpoint
from lib.domain.positions import Positions
from lib.domain.settings import Settings
from lib.domain.vocabulary import Reply, Sample, Slot, TokenProbability, Usage
from lib.providers.positions import positions
from lib.ui.tokens import branch_list

TOKENS, ALTERNATIVES, DRAWN = 300, 5, 300
VOCABULARY, ASKED = 49_152, Settings(temperature=0.8, top_p=0.9)

Answers = dict[str, tuple[Unit, ...]]


def run(*, quick: bool, repeats: int | None) -> None:
    """Measure and print."""
    answers, often = (20, 1) if quick else (200, 7)
    repeats = repeats or often
    replies = _replies(answers)
    read = {s.slot.name: positions(s, reply) for s, reply in replies}
    steps = _steps(read)
    tree = branching(steps)
    ways: dict[str, Callable[[], object]] = {
        "json.loads of the replies": lambda: [json.loads(reply.body) for _, reply in replies],
        "lab, all positions": lambda: [positions(s, reply) for s, reply in replies],
        "lab, all positions, drawn tokens alone": lambda: [
            positions(s, reply, alternatives=False) for s, reply in replies
        ],
        "a visit to each token": lambda: _visit(steps),
        "lab, tree": lambda: branching(_steps(read)),
        "lab, tree as it is sent to the browser": lambda: _sent(steps),
        "lab, a branch from near": lambda: branching(going_on(steps, next(_beginning(tree)))),
        "lab, lines along the answers": lambda: (entropies(tree), together(tree, most=TOKENS)),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            began = time.process_time()
            way()
            taken[name].append(time.process_time() - began)
    rows, floor = [], Repeated.of(taken["json.loads of the replies"])
    for name, values in taken.items():
        each = Repeated.of(values)
        floor = each if not name.startswith("lab") else floor
        rows.append([name, str(each), times(each.ratio(floor))])
    show(
        f"tokens: {answers} answers of {TOKENS} tokens with {ALTERNATIVES} alternatives each, "
        f"median of {repeats}",
        ["work", "CPU s", "/ floor above"],
        rows,
        f"The tree has {len(tree.nodes):,} stretches, of which at most {DRAWN} are drawn.",
    )

    _slider(repeats)


def _slider(repeats: int) -> None:
    """What is computed and sent when a slider moves, beside the softmax alone."""
    whole = _whole()
    ways: dict[str, Callable[[], object]] = {
        "softmax of all tokens": lambda: np.exp(whole.logs / 0.8) / np.exp(whole.logs / 0.8).sum(),
        "lab, what-if": lambda: what_if(whole, ASKED),
        "lab, what-if, drawn as it is sent": lambda: charts.next_token(
            whole, what_if(whole, ASKED), top_p=ASKED.top_p
        ).figure.to_json(),
    }
    rows, floor = [], None
    for name, way in ways.items():
        way()
        taken = []
        for _ in range(repeats):
            began = time.process_time()
            way()
            taken.append(time.process_time() - began)
        each = Repeated.of(taken)
        floor = floor or each
        rows.append([name, str(each), times(each.ratio(floor))])
    show(
        f"what-if: {VOCABULARY:,} tokens, temperature and top_p, median of {repeats}",
        ["work", "CPU s", "/ floor"],
        rows,
    )


def _whole() -> NextToken:
    logs = -np.log(np.arange(2, VOCABULARY + 2)) * 1.2
    logs -= np.log(np.exp(logs).sum())
    tokens = (
        TokenProbability(f" t{place}", str(place), float(log)) for place, log in enumerate(logs)
    )
    return NextToken(tokens=tuple(tokens), logs=logs)


def _beginning(tree: Tree) -> Iterator[list[str]]:
    """Of the branch that most answers go through."""
    nodes = sorted(tree.nodes[1:], key=lambda node: -node.count)
    return ([unit.key for unit in branch(tree, node)] for node in nodes)


def _steps(read: dict[str, Positions]) -> Answers:
    return {name: of_tokens(found.at) for name, found in read.items()}


def _visit(steps: Answers) -> int:
    return sum(1 for units in steps.values() for unit in units if unit.key)


def _sent(steps: Answers) -> str:
    tree: Tree = branching(steps)
    return json.dumps([branch_list.row(tree, each) for each in capped(tree, DRAWN)])


def _replies(count: int) -> list[tuple[Sample, Reply]]:
    """Answers that share beginnings of different lengths, as answers to one prompt do."""
    draw, vocabulary = random.Random(5), [f" {word}" for word in words(2_000, seed=3)]
    stem = draw.choices(vocabulary, k=TOKENS)
    endpoint = Endpoint(name="benchmark", base_url="http://127.0.0.1:9/v1")
    configuration = Configuration(name="A", endpoint=endpoint, model="m")
    made = []
    for repeat in range(1, count + 1):
        shared = draw.randint(0, TOKENS // 2)
        told = stem[:shared] + draw.choices(vocabulary, k=TOKENS - shared)
        content = [_position(text, draw.sample(vocabulary, ALTERNATIVES)) for text in told]
        body = json.dumps({"choices": [{"index": 0, "logprobs": {"content": content}}]}).encode()
        sample = Sample(
            slot=Slot(repeat, configuration, 1, (), repeat),
            text="".join(told),
            outcome="ok",
            finish_reason="length",
            raw_finish_reason="length",
            usage=Usage(9, TOKENS),
        )
        made.append((sample, Reply(200, {}, body, 0.1)))
    return made


def _position(text: str, others: list[str]) -> dict[str, Any]:
    top = [_token(other, 0.5 / 2**rank) for rank, other in enumerate(others)]
    return {**_token(text, 0.3), "top_logprobs": top}


def _token(text: str, probability: float) -> dict[str, Any]:
    return {"token": text, "bytes": list(text.encode()), "logprob": math.log(probability)}
