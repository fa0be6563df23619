"""What can go wrong with the embedded engine: each a sentence, and what to do about it.

* LabError
  x ModelMissing        no file where the model should be
  x ModelCorrupt        a file that isn't, or isn't all of, the model that it should be
  x ModelTooBig         more than this machine's memory
  x SetupFailed         the model couldn't be fetched or kept; nothing half is left behind
  x EngineUnavailable   the child couldn't be started or reached
"""

from __future__ import annotations

from lib.domain.errors import LabError


class ModelMissing(LabError):
    """There is no file where the model should be."""


class ModelCorrupt(LabError):
    """The file is no GGUF, is cut short, can't be read, or isn't the one that it should be."""


class ModelTooBig(LabError):
    """The file is larger than the memory of this machine."""


class SetupFailed(LabError):
    """The model couldn't be fetched or kept. What was there before is untouched."""


class EngineUnavailable(LabError):
    """The engine couldn't be started or reached."""
