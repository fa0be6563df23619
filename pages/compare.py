"""Compare: run one set of messages under several configurations, and see how answers differ."""

from lib.ui import shell
from lib.ui.compare import view

shell.ensure()
view.render()
