"""A piece of work in a process of its own, so that none inherits what another has loaded."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import psutil


@dataclass(slots=True)
class Clock:
    """Kept by the process that is measured: when it was ready, and when it was done."""

    spawned_at: float
    """By the system's monotonic clock, which all its processes share."""
    start_s: float = 0.0
    """From being spawned to being ready: imports, clients, the store."""
    start_cpu_s: float = 0.0
    start_rss: int = 0
    wall_s: float = 0.0
    """The work itself."""
    cpu_s: float = 0.0
    """The same, of all threads, in the kernel too."""
    rss: int = 0
    """Bytes in memory when the work was done."""
    laps: dict[str, float] = field(default_factory=dict)
    """Seconds from being ready to some point of the work."""

    def ready(self) -> None:
        """The start-up is over: the work begins."""
        self.start_s = time.monotonic() - self.spawned_at
        self.start_cpu_s = time.process_time()
        self.start_rss = psutil.Process().memory_info().rss

    def lap(self, name: str) -> None:
        """The work has come to this point."""
        self.laps[name] = time.monotonic() - self.spawned_at - self.start_s

    def done(self) -> None:
        """The work is over."""
        self.wall_s = time.monotonic() - self.spawned_at - self.start_s
        self.cpu_s = time.process_time() - self.start_cpu_s
        self.rss = psutil.Process().memory_info().rss

    def tell(self) -> None:
        """Say it all to whoever spawned this process."""
        print(json.dumps(asdict(self)), flush=True)


@dataclass(frozen=True, slots=True)
class Whole:
    """A process as seen from outside, from its spawning to its end."""

    wall_s: float
    cpu_s: float
    out: str


def spawned(command: Sequence[str]) -> Whole:
    """Run a program to its end.

    Raises:
        RuntimeError: if it fails, with what it said.
    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Whole(wall, cpu, done.stdout)


def clocked(module: str, *words: object) -> tuple[Clock, Whole]:
    """Run a module of this package that is told when it was spawned, and tells its clock."""
    arguments = [str(time.monotonic()), *map(str, words)]
    whole = spawned([sys.executable, "-m", f"benchmarks.{module}", *arguments])
    return Clock(**json.loads(whole.out.splitlines()[-1])), whole
