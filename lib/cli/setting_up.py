"""`setup`, `models` and `doctor`: what this machine has, and how to mend what it lacks."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from lib.cli.exits import Exit
from lib.cli.terminal import console, plain, write_json
from lib.domain import folders
from lib.domain.configuration import KNOWN_ENDPOINTS
from lib.domain.errors import LabError
from lib.providers import registry
from lib.providers.embedded import lease, model
from lib.providers.models import list_models
from lib.store.store import Store


def setup(chosen: Path | None) -> None:
    """Provide the embedded model; nothing is fetched if it is there."""
    screen = console(stderr=True)
    found = model.setup(
        folders.home(), model=chosen, progress=lambda words: screen.print(plain(words))
    )
    console().print(plain(f"The embedded model is ready: {found.name}."))


def models(*, as_json: bool) -> None:
    """The models of every known endpoint that can be asked from here."""
    listed: list[dict[str, Any]] = []
    for endpoint in KNOWN_ENDPOINTS:
        entry: dict[str, Any] = {"endpoint": endpoint.name, "models": [], "why_none": None}
        try:
            if endpoint.embedded:
                entry["models"] = [model.find(folders.home()).name]
            elif key := registry.key_for(endpoint, os.environ):
                asked = list_models(endpoint, key=key, home=folders.home())
                entry["models"] = asyncio.run(asked)
            else:
                entry["why_none"] = f"no key: set {endpoint.api_key_env}"
        except LabError as error:
            entry["why_none"] = str(error)
        listed.append(entry)
    if as_json:
        write_json({"format": 1, "endpoints": listed})
        return
    for entry in listed:
        console().print(plain(entry["endpoint"]), style="bold")
        for name in entry["models"]:
            console().print(plain(f"  {name}"))
        if entry["why_none"]:
            console().print(plain(f"  {entry['why_none']}"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    verdict: Literal["fine", "missing", "optional"]
    says: str


def doctor(*, as_json: bool) -> Exit:
    """Look at everything that a run needs. Status 1 if something is missing."""
    findings = list(_findings())
    if as_json:
        write_json({"format": 1, "findings": [asdict(each) for each in findings]})
    else:
        marks = {"fine": "ok      ", "missing": "missing ", "optional": "optional"}
        for each in findings:
            console().print(plain(f"{marks[each.verdict]}  {each.what}: {each.says}"))
    broken = any(each.verdict == "missing" for each in findings)
    return Exit.INCOMPLETE if broken else Exit.COMPLETE


def _findings() -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding("Python", "fine", version)
    yield _looked("embedded model", lambda: model.find(folders.home()).name)
    yield _looked("embedded engine", _started)
    yield _looked("store", _opened)
    for endpoint in KNOWN_ENDPOINTS:
        if endpoint.api_key_env:
            yield _key(endpoint.name, endpoint.api_key_env)


def _looked(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, "fine", look())
    except LabError as error:
        return Finding(what, "missing", str(error))


def _started() -> str:
    with lease.acquire(folders.home()) as held:
        return f"answers, {held.slots} calls at once, {held.context} tokens each"


def _opened() -> str:
    store = Store.open(folders.store_url())
    try:
        return f"{len(store.runs())} runs"
    finally:
        store.close()


def _key(name: str, variable: str) -> Finding:
    if os.environ.get(variable):
        return Finding(f"key for {name}", "fine", f"in {variable}")
    return Finding(f"key for {name}", "optional", f"none; set {variable} to ask {name}")
