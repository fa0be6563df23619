"""Conversations to begin with: one that shows forgetting, and one that overflows. Pure."""

from __future__ import annotations

from lib.conversation.document import Asking, Document, Options
from lib.conversation.memory import Memory
from lib.conversation.turns import Conversation
from lib.ui import resources

MEMORY_TURNS = ("My dog is called Biscuit.", "What is my dog called?")
MEMORY_PREFILL = "Your dog is called"
"""Begun like this, the bundled model names a dog in nearly every answer."""
MEMORY_WAYS = (Memory("all"), Memory("none"))

_LEDGER = (
    "the lamp was lit at dusk and burned until dawn, the oil was measured and found to be enough "
    "for the week, the glass was cleaned, the stairs were swept, the boat came with flour and "
    "letters, the wind turned from west to north, and two ships passed that were going home. "
)
_DAYS = tuple(f"day {number}" for number in range(1, 9))
_TIMES_A_DAY = 4
"""Paragraphs of the ledger in a turn: eight days are a few tokens too many for 2,048."""


def asking() -> Asking:
    """The embedded model, with settings that suit these examples."""
    return Asking(model=resources.embedded_model(), settings={"temperature": 0.3, "max_tokens": 12})


def overflowing() -> Document:
    """A lighthouse keeper's book, written by hand. One more question, and it doesn't fit."""
    conversation, head = Conversation(), None
    for day in _DAYS:
        text = f"My name is Ada. On {day}, " if day == _DAYS[0] else f"On {day}, "
        conversation = conversation.say("user", text + _LEDGER * _TIMES_A_DAY, after=head)
        conversation = conversation.say(
            "assistant", f"I have written down what happened on {day}.", after=conversation.last_id
        )
        head = conversation.last_id
    options = Options(asking=asking(), system="You keep the book of a lighthouse.")
    return Document(conversation=conversation, head=head, options=options)
