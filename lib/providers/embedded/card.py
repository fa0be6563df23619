"""The card: where the running engine is, and the key to it. Whoever may read it may use it."""

from __future__ import annotations

import os
import stat
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import psutil
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from lib.providers.embedded.files import write_json

_NAME = "engine.json"
_CLOCK_S = 5.0  # a process's start is computed from the clock, which may have been set since

Template = Literal["chatml", "from the file"]
Count = Annotated[int, Field(ge=1)]
Port = Annotated[int, Field(ge=1, le=65_535)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A running engine, as its starter found it."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(strict=True, extra="forbid")

    # Never another host: a forged card must not send what people write to somewhere else.
    url: Annotated[str, Field(pattern=r"^http://127\.0\.0\.1:\d{1,5}$")]
    """Without `/v1`."""

    lease_port: Port
    """On the same host."""

    key: Annotated[str, Field(min_length=32, repr=False)] = field(repr=False)
    """For the engine's requests and for a lease."""

    pid: Count
    """As the child reports it: what was started may be a launcher (Windows)."""

    started: float
    """When that process began, in seconds since 1970: process numbers are used again."""

    model: Annotated[str, Field(min_length=1)]
    """The model's name."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """Of the model's file."""

    template: Template
    """The chat template: the lab's, or the one in the model's file."""

    slots: Count
    """How many answers are made at the same time."""

    threads: Count
    """How many cores compute them."""

    context: Count
    """Tokens that a slot holds: prompt and answer together."""

    def stands(self) -> bool:
        """Whether the very process that this card was written for is still there."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _CLOCK_S
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


def run_folder(home: Path) -> Path:
    """The folder of card and lock, made if need be, for this user alone.

    Raises:
        OSError: if it can't be made.
    """
    folder = home.absolute() / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # it may be older than this rule
    return folder


def write(card: Card, folder: Path) -> None:
    """Put the card into `folder` in one step, readable by this user alone.

    Raises:
        OSError: if it can't be written.
    """
    write_json(folder / _NAME, asdict(card))


def read(folder: Path) -> Card | None:
    """The card in `folder`; `None` if there is none, or none that can be trusted."""
    path = folder / _NAME
    try:
        if not _private(path):
            return None
        return TypeAdapter(Card).validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _private(path: Path) -> bool:
    """Whether only we could have written it. On Windows the user's own folder answers for it."""
    if os.name == "nt":
        return True
    seen = path.lstat()
    mine = stat.S_ISREG(seen.st_mode) and seen.st_uid == os.geteuid()
    return mine and not seen.st_mode & 0o077
