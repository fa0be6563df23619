"""Responses: every sample of a run whole, filtered, side by side."""

from lib.ui import shell
from lib.ui.responses import view

shell.ensure()
view.render()
