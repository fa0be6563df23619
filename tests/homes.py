"""Homes for tests: each its own, all with the one real model, fetched once for all test runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from lib.providers.embedded import model


def home_with_model(folder: Path) -> Path:
    """The folder, with the embedded model in it."""
    kept = Path(os.environ.get("SAMPLING_LAB_TEST_HOME", "~/.cache/sampling-lab-tests"))
    source = model.setup(kept.expanduser(), progress=lambda _: None).path
    models = folder / "models"
    models.mkdir(parents=True)
    for path in source.parent.glob(f"{source.stem}*"):
        try:
            os.link(path, models / path.name)
        except OSError:  # another disk
            shutil.copy2(path, models / path.name)
    return folder
