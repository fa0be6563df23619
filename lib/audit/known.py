"""What an audit knows of an endpoint before it tries a setting, and how it writes a call then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lib.audit.asking import Answers, Column
from lib.audit.finding import ALPHA
from lib.domain.settings import Settings

Limit = Literal["max_tokens", "max_completion_tokens"]

STORY = "Write the first sentence of a story about an animal that nobody has ever seen."
"""Answers that differ from the first words on."""
STORY_TOKENS = 16
"""The least that some endpoints take as a limit."""
FRUIT = "Name a fruit. Answer with one word."
"""A first token of which a few are likely, and many possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Learnt in the opening, from answers alone."""

    calls: int = 40
    """At most so many for each setting."""
    tests: int = 1
    """How many tests are planned in all: the power is that after their adjustment."""
    limit: Limit | None = "max_tokens"
    """The field that keeps answers short. `None`: none was taken."""
    shortest: int = 1
    """The least that is taken as a limit, as far as is known: OpenAI's Responses refuse 15."""
    base: Mapping[str, Any] = field(default_factory=dict)
    """Settings of every call, without which answers hardly vary."""
    logprobs: int | None = None
    """Alternatives that come with each answer, if log probabilities do."""
    pilot: Answers = field(default_factory=lambda: Answers(asked=0))
    """To `STORY`, under `base` alone."""

    @property
    def one_token(self) -> bool:
        """Whether an answer can be limited to its first token."""
        return self.limit is not None and self.shortest == 1

    @property
    def alpha(self) -> float:
        """What p must reach at worst, if each test of the report is the smallest."""
        return ALPHA / max(1, self.tests)

    def part(self, share: float, *, least: int = 2) -> int:
        """A share of the calls of one setting."""
        return max(least, int(self.calls * share))

    def column(
        self,
        name: str,
        prompt: str,
        given: Mapping[str, Any] | None = None,
        *,
        tokens: int,
        prefill: str | None = None,
        limited: bool = True,
    ) -> Column:
        """A kind of call: the base, a short answer, and what is given.

        Args:
            name: of the column.
            prompt: the user's message.
            given: its settings.
            tokens: the limit of the answer.
            prefill: the beginning of the answer.
            limited: send that limit, or the shortest that is taken. Else the column brings its own.
        """
        tokens = max(tokens, self.shortest) if limited else tokens
        settings = {**self.base, **(given or {})}
        if limited and self.limit == "max_completion_tokens":
            settings["extra"] = {**settings.get("extra", {}), self.limit: tokens}
        elif limited and self.limit == "max_tokens":
            settings["max_tokens"] = tokens
        return Column(
            name=name, prompt=prompt, settings=Settings(**settings), tokens=tokens, prefill=prefill
        )
