from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from lib.providers.embedded import card as cards
from lib.providers.embedded.card import Card

CARD = Card(
    url="http://127.0.0.1:4711",
    lease_port=4712,
    key="k" * 43,
    pid=os.getpid(),
    started=psutil.Process().create_time(),
    model="smollm2-135m-instruct",
    sha256="a" * 64,
    template="chatml",
    slots=8,
    threads=2,
    context=2048,
)
posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return cards.run_folder(tmp_path)


def test_a_card_comes_back_as_it_was_written(folder: Path) -> None:
    cards.write(CARD, folder)
    assert cards.read(folder) == CARD


@posix_only
def test_card_and_folder_are_for_this_user_alone(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o755)
    folder = cards.run_folder(tmp_path)
    cards.write(CARD, folder)
    cards.write(CARD, folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [(path.name, stat.S_IMODE(path.stat().st_mode)) for path in folder.iterdir()] == [
        ("engine.json", 0o600)
    ]


@posix_only
def test_a_card_that_others_may_read_or_write_is_not_trusted(folder: Path) -> None:
    cards.write(CARD, folder)
    (folder / "engine.json").chmod(0o644)
    assert cards.read(folder) is None


@posix_only
def test_a_link_in_the_cards_place_is_not_followed(folder: Path) -> None:
    cards.write(CARD, folder)
    (folder / "engine.json").rename(folder / "elsewhere.json")
    (folder / "engine.json").symlink_to(folder / "elsewhere.json")
    assert cards.read(folder) is None


def test_no_card_is_none(folder: Path) -> None:
    assert cards.read(folder) is None


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null", "\x00\xff"])
def test_a_damaged_card_is_as_good_as_none(folder: Path, content: str) -> None:
    cards.write(CARD, folder)
    (folder / "engine.json").write_text(content, encoding="utf-8")
    assert cards.read(folder) is None


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://example.org:80"},
        {"url": "http://127.0.0.1:80@example.org"},
        {"url": "http://127.0.0.1:80\n"},
        {"lease_port": 0},
        {"lease_port": "4712"},
        {"key": "short"},
        {"pid": -1},
        {"sha256": "no hash"},
        {"template": "alpaca"},
        {"more": 1},
    ],
)
def test_a_card_that_says_what_no_engine_would_is_not_trusted(
    folder: Path, change: dict[str, object]
) -> None:
    cards.write(CARD, folder)
    path = folder / "engine.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert cards.read(folder) is None


def test_a_card_stands_only_for_the_very_process_it_was_written_for() -> None:
    assert CARD.stands()
    assert not replace(CARD, started=CARD.started - 3600).stands()  # its number was used again
    assert not replace(CARD, pid=2**31 - 1).stands()


def test_the_key_is_not_in_what_a_log_would_show() -> None:
    assert CARD.key not in repr(CARD)
