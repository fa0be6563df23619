"""Starting a run: everything that can be wrong is found here, before the first call."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from pathlib import Path

from lib.domain.errors import InputError
from lib.domain.experiment import MOST_REPEATS, Experiment, identity
from lib.domain.experiment_file import document, parse
from lib.domain.plan import Planned, plan, slot
from lib.domain.vocabulary import Request
from lib.providers import registry
from lib.providers.embedded.model import find
from lib.store.locks import Held
from lib.store.store import Store


def requests(experiment: Experiment) -> list[Request]:
    """The first request of each configuration, exactly as it would be sent, but for its seed.

    Raises:
        InputError: one line for each setting that an endpoint can't be sent.
    """
    built: list[Request] = []
    problems: list[str] = []
    for number, configuration in enumerate(experiment.configurations, start=1):
        first = slot(
            experiment, Planned(number, 1, 0 if _draws_seeds(experiment, number) else None), id=0
        )
        try:
            built.append(registry.dialect(configuration.endpoint).build(first))
        except InputError as error:
            problems.extend(f"{configuration.name}: {line}" for line in str(error).splitlines())
    if problems:
        raise InputError("\n".join(problems))
    return built


def _draws_seeds(experiment: Experiment, number: int) -> bool:
    configuration = experiment.configurations[number - 1]
    return configuration.endpoint.embedded and configuration.settings.seed is None


def start(store: Store, experiment: Experiment, *, home: Path, new: bool = True) -> Held:
    """Plan a run and take hold of it; nothing is sent yet.

    With `new` it is always a new run; else an unfinished one of the same experiment is carried on.

    Raises:
        InputError: if something in the experiment can't be sent.
        RunHeld: if another process carries that run out.
        StoreError: if the store fails.
        LabError: if the embedded model is asked for and isn't there.
    """
    requests(experiment)
    local = any(configuration.endpoint.embedded for configuration in experiment.configurations)
    shuffle_seed = secrets.randbelow(2**32)
    return store.begin_run(
        experiment_id=identity(experiment, local_model_sha256=find(home).sha256 if local else None),
        name=experiment.name,
        document=json.dumps(document(experiment), ensure_ascii=False),
        shuffle_seed=shuffle_seed,
        planned=plan(experiment, shuffle_seed=shuffle_seed, draw_seed=secrets.randbelow),
        repeats=experiment.repeats,
        new=new,
    )


def extend(store: Store, held: Held, *, repeats: int) -> None:
    """Raise the repeats of a run that is held: the missing rounds are planned.

    Raises:
        InputError: if that would be fewer than before, or too many.
    """
    experiment = parse(json.loads(store.document(held.run_id)))
    before = store.find(held.run_id)
    if repeats < before.repeats:
        raise InputError(
            f"The run has {before.repeats} repeats already, so they can't become {repeats}.",
            "Ask for more, or start a new run.",
        )
    if repeats > MOST_REPEATS:
        raise InputError(f"repeats is {repeats:,}, but must be at most {MOST_REPEATS:,}.")
    if repeats > before.repeats:
        planned = plan(
            replace(experiment, repeats=repeats),
            after=before.repeats,
            shuffle_seed=before.shuffle_seed,
            draw_seed=secrets.randbelow,
        )
        store.extend(held, planned=planned, repeats=repeats)
