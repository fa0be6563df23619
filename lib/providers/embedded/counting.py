"""How many tokens messages take on the embedded model, and how many its window has.

Asked of the engine that is running already: nobody waits for a start to see a number. Counting is
no call to the model: nothing is drawn, and nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lib.domain.message import Message
from lib.providers.embedded import card as cards
from lib.providers.embedded import local
from lib.providers.embedded.launch import CONTEXT

_LIMIT_S = 2.0
OPENING = 4
"""Tokens of `<|im_start|>assistant` and a line end, which open the answer."""


@dataclass(frozen=True, slots=True)
class Running:
    """The engine that is there now."""

    context: int
    """Tokens that messages and answer may have together."""
    sha256: str
    """Of the model's file."""
    counts: bool
    """Whether its template is the lab's own, so that messages can be counted one by one."""


def running(home: Path) -> Running | None:
    """The engine, if there is one now."""
    card = _card(home)
    if card is None:
        return None
    return Running(card.context, card.sha256, card.template == "chatml")


def ordered_context() -> int:
    """The window that the engine will be started with; a model made for less gets less."""
    return CONTEXT


def counted(home: Path, message: Message, *, begun: bool = False) -> int | None:
    """Tokens of a message within the chat template, or `None` if the engine can't be asked.

    In ChatML a message is `<|im_start|>role`, a line end, the content, `<|im_end|>` and a line end.
    Its special tokens break the text, so that counts of single messages, and `OPENING`, add up to
    that of the whole (seen in xllamacpp 2026.10).

    Args:
        home: where the engine lives.
        message: what is counted.
        begun: whether it is a prefill: it has no end, and the answer isn't opened by one more
            header.
    """
    card = _card(home)
    if card is None or card.template != "chatml":
        return None
    begins = f"<|im_start|>{message.role}\n{message.content}"
    text = begins if begun else f"{begins}<|im_end|>\n"
    body = {"content": text, "add_special": False, "parse_special": True}
    try:
        found = local.post(card.url, "/tokenize", body, key=card.key, limit_s=_LIMIT_S)
        return len(found["tokens"])
    except (local.Answered, OSError, ValueError, LookupError, TypeError):
        return None


def _card(home: Path) -> cards.Card | None:
    try:
        card = cards.read(cards.run_folder(home))
    except OSError:
        return None
    return card if card is not None and card.stands() else None
