"""Keys: which are taken, and how an echoed one is taken out again."""

from __future__ import annotations

import base64

import pytest

from lib.domain.errors import InputError
from lib.providers.secrets import checked_key, without_secrets

KEY = 'sk-canary/0123"456+789'


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("sk-1", "sk-1"),
        ("  sk-1\n", "sk-1"),
        ("Bearer sk-1", "sk-1"),
        ("bearer  sk-1", "sk-1"),
        ('"sk-1"', "sk-1"),
        ("'sk-1'", "sk-1"),
        ("", None),
        ("  \n", None),
        (None, None),
    ],
)
def test_a_key_is_trimmed(typed: str | None, sent: str | None) -> None:
    assert checked_key(typed) == sent


@pytest.mark.parametrize(
    "typed", ["sk-1\nX-Evil: 1", "sk-1\r\n2", "sk 1", "sk-é1", "sk-\u20ac1", "sk-\x001", "s" * 5000]
)
def test_what_no_header_can_carry_is_refused_without_quoting_it(typed: str) -> None:
    with pytest.raises(InputError) as error:
        checked_key(typed)

    assert "sk" not in str(error.value)
    assert "ssss" not in repr(error.value)


@pytest.mark.parametrize(
    "written",
    [
        KEY,
        'sk-canary/0123\\"456+789',
        'sk-canary\\/0123\\"456+789',
        "sk-canary%2F0123%22456%2B789",
        base64.b64encode(KEY.encode()).decode(),
        KEY.encode().hex(),
    ],
)
def test_an_echoed_key_is_taken_out_however_it_is_written(written: str) -> None:
    assert without_secrets(f"a {written} b".encode(), [KEY]) == b"a [key removed] b"


def test_nothing_else_is_touched() -> None:
    data = bytes(range(256))

    assert without_secrets(data, [KEY]) is data


def test_what_is_too_short_to_be_a_secret_stays() -> None:
    assert without_secrets(b"ollama", ["ollama"]) == b"ollama"
