"""`python -m tests.faulty`: a server in a process of its own. It prints its address first."""

from __future__ import annotations

import sys

from tests.faulty import FaultyServer

if __name__ == "__main__":
    with FaultyServer() as server:
        sys.stdout.write(f"{server.url()}\n")
        sys.stdout.flush()
        sys.stdin.read()  # until it is closed
