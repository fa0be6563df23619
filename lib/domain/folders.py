"""Where the lab keeps its things on this machine: said in one place for app and shell alike."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The folder of data, model and logs: `SAMPLING_LAB_HOME`, else the user's data folder."""
    if said := os.environ.get("SAMPLING_LAB_HOME"):
        return Path(said).expanduser().absolute()
    return Path(platformdirs.user_data_dir("sampling-lab", appauthor=False))


def store_url() -> str:
    """The store: `SAMPLING_LAB_STORE` (a SQLAlchemy URL or a path), else a file in `home()`."""
    return os.environ.get("SAMPLING_LAB_STORE") or str(home() / "lab.sqlite")
