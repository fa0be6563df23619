"""Endpoints: who can be asked, with which key; what their models take, and what they cost."""

from lib.ui import shell
from lib.ui.endpoints import view

shell.ensure()
view.render()
