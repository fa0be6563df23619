"""A local server that speaks the OpenAI chat dialect and plays a named fault.

    with FaultyServer() as server:
        endpoint = Endpoint(name="mine", base_url=server.url("429_seconds:2"))
        ...
        assert len(server.requests) == 1

`faults.NAMES` and `plays.ACTS` list the faults. Some are for a part of the requests: `chaos:0.3`
(that share meets some transient fault), `first:2:500` (the first two meet the fault `500`) and
`share:0.5:429_none`. Without a fault in its address, the server plays the one that the model of a
request is called.
"""

from tests.faulty.received import Received
from tests.faulty.server import FaultyServer

__all__ = ["FaultyServer", "Received"]
