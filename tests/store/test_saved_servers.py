"""Servers that are offered in every draft: saved, listed, forgotten, and never with a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.domain.configuration import Endpoint
from lib.domain.errors import InputError, StoreError
from lib.store import Store, saved_servers

VLLM = Endpoint(
    name="mine", base_url="http://127.0.0.1:8000/v1", profile="vllm", api_key_env="MY_KEY"
)
CLAUDE = Endpoint(name="claude", dialect="anthropic", base_url="https://proxy.example.com")


def test_servers_are_kept_whole_and_survive_a_restart(store: Store, path: Path) -> None:
    store.save_server(VLLM)
    store.save_server(CLAUDE)
    store.close()

    again = Store.open(path)

    assert again.servers() == [CLAUDE, VLLM]
    again.close()


def test_a_server_that_is_forgotten_is_gone_and_its_name_free(store: Store) -> None:
    store.save_server(VLLM)

    store.forget_server("mine")
    store.forget_server("never there")

    assert store.servers() == []
    store.save_server(VLLM)
    assert store.servers() == [VLLM]


@pytest.mark.parametrize("name", ["mine", "openai", "local"])
def test_a_name_that_is_taken_is_refused_and_nothing_changes(store: Store, name: str) -> None:
    store.save_server(VLLM)

    with pytest.raises(InputError, match=f"There is an endpoint {name} already"):
        store.save_server(Endpoint(name=name, base_url="http://127.0.0.1:9/v1"))

    assert store.servers() == [VLLM]


def test_a_server_needs_an_address(store: Store) -> None:
    with pytest.raises(InputError, match="has no base URL"):
        store.save_server(Endpoint(name="nowhere"))


def test_there_is_an_end_to_how_many_are_kept(store: Store) -> None:
    for number in range(saved_servers.MOST):
        store.save_server(Endpoint(name=f"server {number}", base_url="http://127.0.0.1:9/v1"))

    with pytest.raises(InputError, match="no more are kept"):
        store.save_server(VLLM)

    assert len(store.servers()) == saved_servers.MOST


def test_text_that_no_store_can_hold_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="refused one entry"):
        store.save_server(Endpoint(name="half \ud800", base_url="http://127.0.0.1:9/v1"))

    assert store.servers() == []
