"""The lab's own way, in a process of its own: plan, ask, keep and read, with its durable store."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from benchmarks.process import Clock
from lib.domain.configuration import Dialect


def main(words: Iterator[str]) -> None:
    """Spawned as: when, in which dialect, where, how many, how many at once."""
    clock, dialect = Clock(float(next(words))), cast(Dialect, next(words))
    url, calls, at_once = next(words), int(next(words)), int(next(words))

    from benchmarks.made import experiment
    from lib.engine import starting
    from lib.engine.carrying import Order, carry
    from lib.engine.loading import load
    from lib.providers import registry
    from lib.store.store import Store

    async def opened() -> None:
        """Load what is loaded when it is first needed: that is start-up, not work."""
        endpoint = asked.configurations[0].endpoint
        await (await registry.open_provider(endpoint, key=None, at_once=1, home=home)).close()

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        asked = experiment(calls, base_url=url, dialect=dialect)
        store = Store.open(home / "lab.sqlite")
        asyncio.run(opened())
        clock.ready()
        with starting.start(store, asked, home=home) as held:
            loaded = load(store, held.run_id)
            progress = loaded.progress()
            clock.lap("planned")
            order = Order(home=home, at_once=at_once)
            ending = asyncio.run(carry(store, loaded, progress, order))
        clock.done()
        done = progress.snapshot().done
        store.close()
    if ending.state != "finished" or done != calls:
        sys.exit(f"{ending.state}: {done} of {calls} calls were answered.")
    clock.tell()


if __name__ == "__main__":
    main(iter(sys.argv[1:]))
