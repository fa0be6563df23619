"""Conversation: many turns; for each, what is sent, what it takes, and what is forgotten."""

from lib.ui import shell
from lib.ui.conversation import view

shell.ensure()
view.render()
