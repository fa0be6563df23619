"""Starting the child, and finding the words when it doesn't start."""

from __future__ import annotations

import json
import os
import queue
import re
import secrets
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

from lib.providers.embedded import local
from lib.providers.embedded.card import Card, Template
from lib.providers.embedded.child import Order
from lib.providers.embedded.errors import EngineUnavailable, ModelCorrupt
from lib.providers.embedded.files import size_text
from lib.providers.embedded.model import Model

SLOTS = 8  # 16 were no faster and took 370 MB more
CONTEXT = 2048
_ROOM = 450_000_000  # what the bundled model took beyond its file, nearly all for the contexts
_SMALLER = "Close other programs, or choose a smaller model: `python -m lib setup --model FILE`."
_LOG = "engine.log"


def patience_s(model: Model) -> float:
    """How long a start may take: a minute, and more for a file that a slow disk reads long."""
    return 60.0 + model.path.stat().st_size / 50e6


def template_of(model: Model) -> Template:
    """The chat template for a model: ChatML for ours, whose own adds a system prompt unasked."""
    return "chatml" if model.bundled else "from the file"


def start(model: Model, *, home: Path) -> Card:
    """Start a child for `model`, wait until it is ready, and say where it is.

    Raises:
        EngineUnavailable: if it can't be started, doesn't get ready in time, or dies meanwhile.
        ModelCorrupt: if llama.cpp finds the file cut short or wrong.
    """
    _ensure_room(model)
    order = Order(
        path=str(model.path),
        name=model.name,
        key=secrets.token_urlsafe(32),
        template=template_of(model) if model.bundled else None,
        slots=SLOTS,
        threads=_cores(),
        context=CONTEXT,
    )
    log = home.absolute() / "logs" / _LOG
    process = _spawn(log)
    try:
        said = _first_line(process, order, patience_s(model))
        _ensure_ready(said, process, model, log)
        card = _card(said, order, model)
    except BaseException as error:
        code = process.poll()  # before we end it ourselves
        process.kill()
        process.wait()
        if isinstance(error, (OSError, local.Answered, psutil.Error, ValueError, LookupError)):
            raise _ended(code, model, log) from error
        raise
    # Waits for the child's end, or a dead one would look alive as long as we live.
    threading.Thread(target=process.wait, name="embedded-engine-end", daemon=True).start()
    return card


def _card(said: dict[str, object], order: Order, model: Model) -> Card:
    """From what the child says and what its engine answers: this call proves the key, too."""
    url, pid = str(said["url"]), int(str(said["pid"]))
    slots = local.get(url, "/slots", key=order.key)
    return Card(
        url=url,
        lease_port=int(str(said["lease_port"])),
        key=order.key,
        pid=pid,
        started=psutil.Process(pid).create_time(),
        model=model.name,
        sha256=model.sha256,
        template=template_of(model),
        slots=len(slots),
        threads=order.threads,
        context=int(slots[0]["n_ctx"]),  # a model made for less gets less than was ordered
    )


def _cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))  # a container or taskset may give fewer than there are
    return os.cpu_count() or 1


def _ensure_room(model: Model) -> None:
    needed = model.path.stat().st_size + _ROOM
    free = psutil.virtual_memory().available
    if free < needed:
        says = f"{model.name} needs about {size_text(needed)} of memory; {size_text(free)} are "
        raise EngineUnavailable(f"{says}free.", _SMALLER)


def _spawn(log: Path) -> subprocess.Popen[bytes]:
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        handle = os.open(log, flags, 0o600)
        try:
            return subprocess.Popen(
                [sys.executable, "-m", "lib.providers.embedded.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=handle,
                cwd=Path(__file__).resolve().parents[3],  # where `lib` is found by its name
                env=_environment(),
                start_new_session=True,
                creationflags=_creation_flags(),
            )
        finally:
            os.close(handle)
    except OSError as error:
        says = f"The embedded engine couldn't be started: {error.strerror or error}."
        fix = "If it is the folder, set SAMPLING_LAB_HOME to one of your own; then try again."
        raise EngineUnavailable(says, fix) from error


def _environment() -> dict[str, str]:
    """Ours without anyone's keys: the child has no use for them."""
    secret = re.compile(r"KEY|TOKEN|SECRET|PASSW", re.IGNORECASE)
    kept = {name: value for name, value in os.environ.items() if not secret.search(name)}
    # OpenMP's threads wait for each other spinning; when anything else wants a core, all spin
    # for the one that lost it: 3 s became 34. Spinning briefly, then sleeping: 3 s and 7.
    kept.setdefault("GOMP_SPINCOUNT", "1000")
    return kept


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    return 0


def _first_line(
    process: subprocess.Popen[bytes], order: Order, limit_s: float
) -> dict[str, object]:
    """The child's one line; empty if it ended without one."""
    assert process.stdin is not None  # noqa: S101 - we asked for pipes
    assert process.stdout is not None  # noqa: S101
    with suppress(OSError), process.stdin as stdin:  # if it is gone already, its end says more
        stdin.write(order.line())
    lines: queue.Queue[bytes] = queue.Queue()

    def listen(pipe: IO[bytes]) -> None:
        with pipe:
            lines.put(pipe.readline())

    # A thread, because a pipe can't be waited for with a limit on Windows.
    threading.Thread(target=listen, args=[process.stdout], daemon=True).start()
    try:
        line = lines.get(timeout=limit_s)
    except queue.Empty:
        says = f"The embedded engine wasn't ready after {limit_s:.0f} s."
        raise EngineUnavailable(
            says, f"Try again when the machine is less busy. {_SMALLER}"
        ) from None
    said: dict[str, object] = json.loads(line) if line else {}
    return said


def _ensure_ready(
    said: dict[str, object], process: subprocess.Popen[bytes], model: Model, log: Path
) -> None:
    if "url" in said:
        return
    code = process.wait()  # it ends by itself, and its log is whole only then
    why = said.get("why")
    if said.get("error") == "no port":
        says = f"The embedded engine found no free port on this machine: {why}."
        raise EngineUnavailable(says, "Close programs that hold many connections, then try again.")
    if said.get("error") == "not installed":
        fix = "Run `pip install xllamacpp`; it isn't made for every machine. Any local server "
        fix += "that speaks OpenAI's dialect can be used as an endpoint instead."
        raise EngineUnavailable(f"llama.cpp can't be loaded: {why}.", fix)
    raise _ended(code, model, log)


def _ended(code: int | None, model: Model, log: Path) -> Exception:
    why = last_words(log)
    if "file bounds" in why or "invalid magic" in why:
        fix = "Fetch that file again, or choose another model."
        return ModelCorrupt(f"{model.path} is cut short or damaged. llama.cpp says: {why}", fix)
    if "alloc" in why:
        return EngineUnavailable(f"There is not enough memory for {model.name}: {why}", _SMALLER)
    if code == -9 and not why:
        says = f"The embedded engine was killed while it loaded {model.name}, "
        return EngineUnavailable(f"{says}most likely because memory ran out.", _SMALLER)
    says = f"The embedded engine ended while it loaded {model.name}: {why or 'it left no word.'}"
    return EngineUnavailable(says, f"Try again, or choose another model. The log is {log}.")


def last_words(log: Path) -> str:
    """The line of llama.cpp's log that says most about why it ended; empty if there is none.

    The reason comes first there and its consequences after it ("exiting due to model loading
    error"), so that the last line is the one that says least.
    """
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    errors = [match[1] for line in lines if (match := re.match(r"[\d.]+ E (.*)", line))]
    reasons = [line for line in lines if "GGML_ASSERT" in line]
    reasons += [line for line in errors if "error loading model" in line] + errors
    loose = [line for line in lines if line.strip() and not re.match(r"[\d.]+ [DIWE] ", line)]
    said = reasons[0] if reasons else (loose or [""])[-1]
    return said.strip()[:300]
