"""The embedded model, asked as the app asks it, with seeds that come again.

Plan, engine, provider, store and reading are the product's own. Only the seeds are drawn from a
generator that is fixed, so that a study can be made again: the app draws them from the system.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lib.domain import folders
from lib.domain.experiment import Experiment, identity
from lib.domain.experiment_file import document
from lib.domain.plan import plan
from lib.engine.carrying import Order, carry
from lib.engine.loading import load
from lib.engine.progress import Snapshot
from lib.providers.embedded import model
from lib.providers.embedded.lease import acquire
from lib.providers.embedded.model import Model
from lib.store.store import Store


@dataclass(frozen=True, slots=True)
class Bench:
    """A store of its own and a running engine."""

    home: Path
    store: Store
    served: Model

    @property
    def model(self) -> str:
        """The name of what is served."""
        return self.served.name

    def ask(self, experiment: Experiment, *, seed: int) -> Snapshot:
        """Carry an experiment out.

        Args:
            experiment: what to ask.
            seed: fixes the order of its calls and the seed of each.

        Raises:
            RuntimeError: if a call is left without an answer.
        """
        planned = plan(experiment, shuffle_seed=seed, draw_seed=random.Random(seed).randrange)
        with self.store.begin_run(
            experiment_id=identity(experiment, local_model_sha256=self.served.sha256, base_urls={}),
            name=experiment.name,
            document=json.dumps(document(experiment), ensure_ascii=False),
            shuffle_seed=seed,
            planned=planned,
            repeats=experiment.repeats,
            new=True,
        ) as held:
            loaded = load(self.store, held.run_id)
            progress = loaded.progress()
            asyncio.run(carry(self.store, loaded, progress, Order(home=self.home)))
        found = progress.snapshot()
        if found.done != experiment.calls:
            raise RuntimeError(f"{found.done} of {experiment.calls} calls were answered.")
        return found


@contextmanager
def bench() -> Iterator[Bench]:
    """A bench that is gone afterwards. The app's own engine and store are left alone.

    Raises:
        ModelMissing: if there is no model: `python -m lib setup` brings it.
    """
    there = model.find(folders.home())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if there.bundled:
            (home / "models").mkdir()
            shutil.copy2(there.path, home / "models")
        else:
            os.environ[model.VARIABLE] = str(there.path)
        store = Store.open(home / "lab.sqlite")
        try:
            with acquire(home) as lease:
                yield Bench(home, store, lease.model)
        finally:
            store.close()
