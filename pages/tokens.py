"""Tokens: what the model gives each next token, what settings make of it, where answers part."""

from lib.ui import shell
from lib.ui.tokens import view

shell.ensure()
view.render()
