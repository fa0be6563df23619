"""Share links: the experiment comes back as it was; a key or a bomb never travels in one."""

from __future__ import annotations

import base64
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain import share_link
from lib.domain.errors import InputError
from lib.domain.experiment_file import document, load

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_fits_a_link_and_comes_back(path: Path) -> None:
    whole = document(load(path))

    blob = share_link.blob(whole)

    assert share_link.document(blob) == whole
    assert len(blob) < 1000


def test_a_key_can_not_be_shared() -> None:
    leaky = {"messages": [{"role": "user", "content": "sk-proj-AbCdEfGhIjKlMnOpQrStUvWx"}]}

    with pytest.raises(InputError, match="holds an API key"):
        share_link.blob(leaky)


def test_what_is_too_long_is_told_to_go_as_a_file() -> None:
    noise = "".join(chr(33 + hash(str(i)) % 90) for i in range(60_000)).replace("{{", "")

    with pytest.raises(InputError, match="too long for a link"):
        share_link.blob({"messages": [{"role": "user", "content": noise}]})


def test_a_bomb_is_not_unpacked() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b'"' + b"x" * 50_000_000)).decode()

    with pytest.raises(InputError, match="more than an experiment can"):
        share_link.document(bomb)


def test_an_endpoint_in_a_link_is_checked_like_one_in_a_file() -> None:
    blob = base64.urlsafe_b64encode(
        zlib.compress(b'{"endpoints": {"m": {"base_url": "file:///x", "api_key": "k"}}}')
    ).decode()

    with pytest.raises(InputError, match="api_key is not taken"):
        share_link.document(blob)


@given(st.text(max_size=80))
def test_any_text_is_an_experiment_or_a_sentence(text: str) -> None:
    with suppress(InputError):  # anything else fails
        share_link.document(text)


@given(st.binary(max_size=200))
def test_any_packed_bytes_are_an_experiment_or_a_sentence(raw: bytes) -> None:
    with suppress(InputError):
        share_link.document(base64.urlsafe_b64encode(zlib.compress(raw)).decode())
