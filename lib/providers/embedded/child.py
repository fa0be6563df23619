"""The child process: llama.cpp's server on one loopback port, the lease desk on another.

`python -m lib.providers.embedded.child` reads one JSON line, the order, on stdin, and answers
with one on stdout: where it is, or why it can't be. llama.cpp talks to stderr, which is a file.
The key comes by stdin, because others can read arguments and environments.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn

from lib.providers.embedded.desk import LeaseDesk

HOST = "127.0.0.1"
_LOG_LIMIT = 1_000_000

Trouble = Literal["no port", "not installed", "not loaded"]
"""Why the child can't be what was ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the starter wants the child to be."""

    path: str
    """The model's file, absolute."""

    name: str
    """What the model is called in responses."""

    key: str = field(repr=False)
    """For requests and leases."""

    template: str | None
    """An explicit chat template; `None` leaves the file its own."""

    slots: int
    """How many answers are made at the same time."""

    threads: int
    """How many cores compute them."""

    context: int
    """Tokens a slot."""

    first_lease_s: float = 10.0
    """How long to wait for the first lease, once ready."""

    last_lease_s: float = 3.0
    """How long to stay after the last one."""

    def line(self) -> bytes:
        """As it goes down the pipe."""
        return json.dumps(asdict(self)).encode("ascii") + b"\n"


def main() -> NoReturn:
    """Serve until no one needs it. Never returns: the process ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which needs us yet
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not look like our one line
    order = Order(**json.loads(sys.stdin.buffer.readline()))
    try:
        desk = LeaseDesk(order.key, first_s=order.first_lease_s, last_s=order.last_lease_s)
    except OSError as error:
        _give_up(answers, "no port", str(error))
    try:
        server = _serve(order)
    except ImportError as error:
        _give_up(answers, "not installed", str(error))
    except (RuntimeError, MemoryError, OSError) as error:  # llama.cpp's reasons are in the log
        _give_up(answers, "not loaded", str(error))
    url = str(server.listening_address)
    _tell(answers, {"url": url, "lease_port": desk.port, "pid": os.getpid()})
    port = int(url.rpartition(":")[2])
    desk.serve(lambda: _look_after_log() and listens(port))
    # Not sys.exit: the server's destructor waits for answers that no one waits for any more.
    os._exit(0)


def listens(port: int) -> bool:
    """Whether something takes connections there. One that is only busy does, in the kernel."""
    try:
        socket.create_connection((HOST, port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    except OSError:  # no descriptor left, a full queue: says nothing of the engine
        return True
    return True


def _serve(order: Order) -> Any:
    import xllamacpp as llama  # here, so that a machine without it gets a sentence

    path = Path(order.path)
    os.chdir(path.parent)  # so that /props shows the file's name and no path of this machine
    params = llama.CommonParams()
    params.model.path = path.name
    params.model_alias = {order.name}  # a set: a plain string would become one of its letters
    params.n_ctx = order.context * order.slots
    params.n_parallel = order.slots
    params.cpuparams.n_threads = order.threads
    params.n_threads_http = 64  # fewer, and a health check waits behind streams
    params.endpoint_slots = True
    params.ui = False
    params.hostnames = [HOST]
    params.port = 0
    params.api_keys = [order.key]
    params.cors_origins = f"http://{HOST}"  # the default answers to any page's origin
    params.cache_ram_mib = 0  # the default keeps old prompts: 148 of them doubled the memory
    params.fit_params = False  # what is asked for is what is had; and it loads in half the time
    params.verbosity = 2  # warnings; one higher notes every request
    if order.template is not None:
        params.chat_template = order.template
    return llama.Server(params)


def _tell(handle: int, what: dict[str, object]) -> None:
    line = json.dumps(what).encode("ascii") + b"\n"
    try:
        os.write(handle, line)
        os.close(handle)
    except BrokenPipeError:  # the starter is gone, so no one knows the key
        os._exit(1)


def _give_up(handle: int, error: Trouble, why: str) -> NoReturn:
    _tell(handle, {"error": error, "why": why})
    os._exit(1)


def _look_after_log() -> bool:
    if os.fstat(2).st_size > _LOG_LIMIT:
        os.ftruncate(2, 0)
    return True


if __name__ == "__main__":
    main()
