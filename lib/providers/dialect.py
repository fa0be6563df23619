"""How an endpoint is asked and read: a provider without its network.

A second dialect will get a class of its own here; until then there is one.
"""

from __future__ import annotations

from lib.domain.vocabulary import Reply, Request, Sample, Slot
from lib.providers import openai_answer, openai_request
from lib.providers.capabilities import Profile


class Dialect:
    """The pure part: all of it that a dry run, a code export and a second reading need."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def build(self, slot: Slot, /) -> Request:
        """See `Provider.build`."""
        return openai_request.build(slot, self._profile)

    def read(self, slot: Slot, reply: Reply, /) -> Sample:
        """See `Provider.read`."""
        return openai_answer.read(slot, reply, self._profile)
