"""Endpoints: their address, their key, and what the environment may say about either."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from lib.domain.configuration import DIALECTS, LOCAL, OPENAI, Endpoint
from lib.domain.errors import InputError
from lib.providers.addresses import base_url, is_loopback, proxy_for
from lib.providers.registry import address_and_key, key_for, open_provider

HERE = "http://127.0.0.1:9/v1"
ELSEWHERE = "https://api.example.com/v1"


def at(url: str | None, api_key_env: str | None = None) -> Endpoint:
    return Endpoint(name="mine", base_url=url, api_key_env=api_key_env)


def refused(url: str) -> str:
    with pytest.raises(InputError) as error:
        base_url(at(url), {})
    return str(error.value)


def test_an_address_is_the_endpoints_own_then_the_environments_then_openais() -> None:
    said = {"OPENAI_BASE_URL": HERE}

    assert str(base_url(at(ELSEWHERE), said)) == ELSEWHERE
    assert str(base_url(OPENAI, said)) == HERE
    assert str(base_url(OPENAI, {})) == "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("file:///etc/passwd", "must begin with https:// or http://"),
        ("gopher://x/", "must begin with https:// or http://"),
        ("api.example.com/v1", "must begin with https:// or http://"),
        ("http://", "must begin with https:// or http://"),
        ("http://good@127.0.0.1/v1", "holds a name or password"),
        ("https://user:secret@api.example.com", "holds a name or password"),
        ("https://api.example.com/v1?key=secret", "has a part behind ? or #"),
        ("https://api.example.com/v1#x", "has a part behind ? or #"),
        ("http://a\nb", "is not an address"),
        ("http://[::1", "is not an address"),
        ("http://127.0.0.1:99999", "is not an address"),
        ("http://" + "a" * 3000, "is not an address"),
    ],
)
def test_what_can_not_be_called_is_refused_in_a_sentence(url: str, says: str) -> None:
    sentence = refused(url)

    assert sentence.startswith(f"The base URL of mine {says}")
    assert "secret" not in sentence


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:9", True),
        ("http://127.1.2.3", True),
        ("http://localhost", True),
        ("http://LOCALHOST.:80", True),
        ("http://[::1]:9", True),
        ("http://localhost.evil.example", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0", False),
        ("https://api.example.com", False),
    ],
)
def test_this_machine_is_known_by_what_is_written(url: str, here: bool) -> None:
    assert is_loopback(base_url(at(url), {})) is here


def test_a_key_does_not_travel_unencrypted() -> None:
    with pytest.raises(InputError) as error:
        address_and_key(at("http://api.example.com/v1"), "sk-canary", {})

    assert str(error.value) == (
        "The key for mine would travel unencrypted over http. "
        "Use an https address, or leave the key empty."
    )
    assert address_and_key(at("http://api.example.com/v1"), None, {})[1] is None
    assert address_and_key(at(HERE), "sk-canary", {})[1] == "sk-canary"


def test_a_key_is_looked_for_only_where_the_endpoint_says() -> None:
    environ = {"OPENAI_API_KEY": "sk-theirs", "MY_KEY": " sk-mine "}

    assert key_for(OPENAI, environ) == "sk-theirs"
    assert key_for(at(ELSEWHERE, api_key_env="MY_KEY"), environ) == "sk-mine"
    assert key_for(at(ELSEWHERE), environ) is None
    assert key_for(LOCAL, environ) is None
    assert key_for(at(ELSEWHERE, api_key_env="UNSET"), environ) is None


@pytest.mark.parametrize("url", [HERE, "https://eu.api.openai.com/v1"])
def test_openais_key_may_go_to_this_machine_and_to_openai(url: str) -> None:
    environ = {"OPENAI_API_KEY": "sk-theirs"}

    assert key_for(at(url, api_key_env="OPENAI_API_KEY"), environ) == "sk-theirs"


@pytest.mark.parametrize("url", [ELSEWHERE, "https://evil-api.openai.com.example/v1"])
def test_openais_key_goes_to_no_address_that_a_file_names(url: str) -> None:
    with pytest.raises(InputError) as error:
        key_for(at(url, api_key_env="OPENAI_API_KEY"), {"OPENAI_API_KEY": "sk-theirs"})

    assert str(error.value).startswith("OPENAI_API_KEY is not sent to ")
    assert "sk-theirs" not in str(error.value)


def test_a_key_that_can_not_be_one_is_refused_before_anything_is_opened() -> None:
    with pytest.raises(InputError):
        asyncio.run(open_provider(at(HERE), key="a\nb", at_once=1, home=Path("unused")))


def test_a_proxy_is_for_other_machines_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("https_proxy", "proxy.example:3128")
    monkeypatch.setenv("no_proxy", "internal.example")

    assert proxy_for(base_url(at(HERE), {})) is None
    assert proxy_for(base_url(at("http://localhost:9"), {})) is None
    assert proxy_for(base_url(at("https://internal.example"), {})) is None
    assert proxy_for(base_url(at("http://api.example.com"), {})) == "http://proxy.example:3128"
    assert proxy_for(base_url(at(ELSEWHERE), {})) == "http://proxy.example:3128"


def test_a_proxy_of_another_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "socks5://proxy.example:1080")

    with pytest.raises(InputError) as error:
        proxy_for(base_url(at(ELSEWHERE), {}))

    assert str(error.value).endswith("Set HTTPS_PROXY to one, or name api.example.com in NO_PROXY.")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_run_waits_for_the_import_of_another_ones_sdk(dialect: str) -> None:
    """An SDK takes half a second to import: not in the loop in which all calls are made."""
    code = f"""
import asyncio, sys, threading
from pathlib import Path
from lib.domain.configuration import Endpoint
from lib.providers.registry import open_provider

heavy = {{"openai", "anthropic", "aiohttp"}}
in_loop = set()

class Watching:
    def find_spec(self, name, path=None, target=None):
        if name in heavy and threading.current_thread() is threading.main_thread():
            in_loop.add(name)

async def open_one():
    sys.meta_path.insert(0, Watching())
    endpoint = Endpoint(name="m", dialect="{dialect}", base_url="http://127.0.0.1:9/v1")
    provider = await open_provider(endpoint, key=None, at_once=1, home=Path("unused"))
    await provider.close()

asyncio.run(open_one())
print(*in_loop, "aiohttp" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True"]
