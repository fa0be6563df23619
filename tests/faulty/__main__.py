"""`python -m tests.faulty`: a server of its own process. Prints its address, ends with its input."""

from __future__ import annotations

import sys

from tests.faulty import FaultyServer

if __name__ == "__main__":
    with FaultyServer() as server:
        sys.stdout.write(f"{server.url()}\n")
        sys.stdout.flush()
        sys.stdin.read()
