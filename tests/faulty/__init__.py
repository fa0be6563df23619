"""A local server that speaks the lab's four dialects and plays a named fault in each.

    with FaultyServer() as server:
        endpoint = Endpoint(name="mine", base_url=server.url("429_seconds:2"))
        ...
        assert len(server.requests) == 1

`faults.names(dialect)` lists the faults that a dialect can have; `lacks` of its language holds what
it can't have, and why. Which dialect a request speaks is known by its path. Some faults are for a
part of the requests: `chaos:0.3` (that share meets some transient fault), `first:2:500` (the first
two meet the fault `500`) and `share:0.5:429_none`. Without a fault in its address, the server plays
the one that the model of a request is called.
"""

from tests.faulty.received import Received
from tests.faulty.server import FaultyServer

__all__ = ["FaultyServer", "Received"]
