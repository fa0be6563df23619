"""Starting a run: everything that can be wrong is found here, before the first call."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from lib.domain.configuration import Endpoint
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment, identity
from lib.domain.experiment_file import document
from lib.domain.plan import Planned, plan, slot
from lib.domain.vocabulary import Request
from lib.engine.costing import check_budget
from lib.engine.loading import experiment_of
from lib.providers import registry
from lib.providers.addresses import VENDORS
from lib.providers.capabilities import capital
from lib.providers.embedded.model import find
from lib.store.locks import Held
from lib.store.reading import RunSummary
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


def start(
    store: Store,
    experiment: Experiment,
    *,
    home: Path,
    keys: Mapping[str, str] | None = None,
    new: bool = True,
    max_cost_usd: Decimal | None = None,
) -> Held:
    """Plan a run and take hold of it; nothing is sent yet.

    Args:
        store: where it will be.
        experiment: what to ask.
        home: where the embedded model lives.
        keys: by endpoint name, to find out whether they may travel.
        new: always a new run; else an unfinished one of the same experiment is carried on.
        max_cost_usd: a budget in money, to find out whether it can be kept.

    Raises:
        InputError: if something in the experiment can't be sent, or not with its key, or if a
            budget in money couldn't be kept.
        RunHeld: if another process carries that run out.
        StoreError: if the store fails.
        LabError: if the embedded model is asked for and isn't there.
    """
    requests(experiment)
    base_urls = _base_urls(experiment, keys or {})
    check_budget(experiment, max_cost_usd)
    _check_served(experiment, home)
    shuffle_seed = secrets.randbelow(2**32)
    first = experiment.first_batch
    return store.begin_run(
        experiment_id=_identity(experiment, home, base_urls),
        name=experiment.name,
        document=json.dumps(document(experiment), ensure_ascii=False),
        shuffle_seed=shuffle_seed,
        planned=plan(first, shuffle_seed=shuffle_seed, draw_seed=secrets.randbelow),
        repeats=first.repeats,
        new=new,
    )


def go_on(
    store: Store,
    run: str,
    *,
    home: Path,
    keys: Mapping[str, str] | None = None,
    repeats: int | None = None,
    retry_failed: bool = False,
    max_cost_usd: Decimal | None = None,
) -> Held:
    """Take hold of a run that is there, to carry it on.

    Args:
        store: where it is.
        run: its id.
        home: where the embedded model lives.
        keys: by endpoint name, to find out whether they may travel.
        repeats: raise the calls for each configuration to this.
        retry_failed: give planned samples that used up their tries new ones.
        max_cost_usd: a budget in money, to find out whether it can be kept.

    Raises:
        InputError: if there is no such run, or it can't be carried on like that. It stays as it is.
        RunHeld: if it is being carried out already.
        StoreError: if the store fails.
        LabError: if the embedded model is asked for and isn't there.
    """
    before = store.find(run)
    experiment = experiment_of(store, before)
    base_urls = _base_urls(experiment, keys or {})
    _check_the_same(experiment, home, base_urls, before)
    check_budget(experiment, max_cost_usd)
    if repeats is not None:
        _with_repeats(store, before, repeats)  # before it is taken: then it stays as it is
    held = store.hold(run)
    try:
        if repeats is not None:
            extend(store, held, repeats=repeats)
        if retry_failed:
            states = store.states(run).items()
            store.give_back(run, [id_ for id_, state in states if state.ended is not None])
    except BaseException:
        held.release()
        raise
    return held


def extend(store: Store, held: Held, *, repeats: int) -> None:
    """Raise the repeats of a run that is held: the missing rounds are planned.

    Raises:
        InputError: if that would be fewer than before, or too many.
    """
    before = store.find(held.run_id)
    planned = plan(
        _with_repeats(store, before, repeats),
        after=before.repeats,
        shuffle_seed=before.shuffle_seed,
        draw_seed=secrets.randbelow,
    )
    if planned:
        store.extend(held, planned=planned, repeats=repeats)


def _with_repeats(store: Store, before: RunSummary, repeats: int) -> Experiment:
    if repeats < before.repeats:
        raise InputError(
            f"The run has {before.repeats} repeats already, so they can't become {repeats}.",
            "Ask for more, or start a new run.",
        )
    return replace(experiment_of(store, before), repeats=repeats)


def _check_served(experiment: Experiment, home: Path) -> None:
    """The embedded engine answers under any name: a wrong one would label its answers falsely."""
    if not _uses_embedded(experiment):
        return
    served = find(home).name
    if wrong := [
        f"{configuration.name}: the embedded model here is {served}, not {configuration.model}."
        for configuration in experiment.configurations
        if configuration.endpoint.embedded and configuration.model != served
    ]:
        raise InputError(
            "\n".join(wrong), "Name it as model, or serve another with `python -m lib setup`."
        )


def _check_the_same(
    experiment: Experiment, home: Path, base_urls: Mapping[Endpoint, str], before: RunSummary
) -> None:
    """A run holds the answers of one model at one address, also where its file names neither."""
    moved = {each: url for each, url in base_urls.items() if each.base_url is None}
    embedded = _uses_embedded(experiment)
    if not (moved or embedded) or _identity(experiment, home, base_urls) == before.experiment_id:
        return
    ways = ["Choose that model again with `python -m lib setup --model FILE`"] if embedded else []
    what = ["the embedded model"] if embedded else []
    for each, url in moved.items():
        what.append(f"the address of {each.name} (now {url})")
        ways.append(f"set {VENDORS[each.dialect].url_variable} as it was")
    says = (
        f"{' or '.join(what)} is another one than when this run was made, so its answers can't "
        "be mixed."
    )
    raise InputError(
        capital(says), capital(f"{', '.join(dict.fromkeys(ways))}, or start a new run.")
    )


def _base_urls(experiment: Experiment, keys: Mapping[str, str]) -> dict[Endpoint, str]:
    """Where the endpoints are that don't come with the lab.

    Raises:
        InputError: if an address can't be called, or a key can't travel there.
    """
    endpoints = dict.fromkeys(each.endpoint for each in experiment.configurations)
    return {
        each: str(registry.address_and_key(each, keys.get(each.name), os.environ)[0]).rstrip("/")
        for each in endpoints
        if not each.embedded
    }


def _identity(experiment: Experiment, home: Path, base_urls: Mapping[Endpoint, str]) -> str:
    model = find(home).sha256 if _uses_embedded(experiment) else None
    return identity(experiment, local_model_sha256=model, base_urls=base_urls)


def _uses_embedded(experiment: Experiment) -> bool:
    return any(configuration.endpoint.embedded for configuration in experiment.configurations)
