"""The branching tree and what it is made of: 200 answers of 300 tokens, with log probabilities."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable
from typing import Any

from benchmarks.made import words
from benchmarks.report import Repeated, show, times
from lib.analysis.along import entropies, together
from lib.analysis.branching import Tree, Unit, branching, capped, of_tokens
from lib.domain.configuration import Configuration, Endpoint
from lib.domain.positions import Positions
from lib.domain.vocabulary import Reply, Sample, Slot, Usage
from lib.providers.positions import positions
from lib.ui.tokens import branch_list

TOKENS, ALTERNATIVES, DRAWN = 300, 5, 300

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
