"""The system message in parts."""

from __future__ import annotations

from lib.ui.compare.system_parts import PARTS, assembled, taken_apart


def test_parts_that_are_on_are_put_together_in_their_order() -> None:
    parts = {
        "safety": {"on": True, "text": "Say so if unsure."},
        "persona": {"on": True, "text": "  You are a cook.  "},
        "format": {"on": False, "text": "In verse."},
        "scope": {"on": True, "text": ""},
    }

    assert assembled(parts) == "You are a cook.\n\nSay so if unsure."


def test_a_text_that_is_there_already_is_kept() -> None:
    assert assembled(taken_apart("Be brief.")) == "Be brief."
    assert list(taken_apart("")) == list(PARTS)
