"""History: every run that is kept, found again, used again, passed on, or deleted."""

from lib.ui import shell
from lib.ui.history import view

shell.ensure()
view.render()
