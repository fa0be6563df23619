from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

from lib.providers.embedded import card as cards
from lib.providers.embedded import launch
from lib.providers.embedded import lease as leases
from lib.providers.embedded import model as models
from lib.providers.embedded.errors import EngineUnavailable, ModelCorrupt, ModelMissing
from lib.providers.embedded.launch import last_words
from lib.providers.embedded.lease import Lease, acquire
from lib.providers.embedded.model import Model
from tests.providers.embedded.conftest import Holder, end_engine, home_with, runs, until

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="relies on Linux: /proc, append")
GONE_S = 15.0  # 3 s by design; the rest is for a busy machine


@pytest.fixture(scope="module")
def shared(bundled: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose engine the tests that don't harm it have together."""
    made = home_with(bundled, tmp_path_factory.mktemp("shared") / "home")
    yield made
    end_engine(made)


@pytest.fixture(scope="module")
def lease(shared: Path) -> Iterator[Lease]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", "the user's own")
        with acquire(shared) as made:
            yield made


def ask(lease: Lease, path: str, body: object = None, **headers: str) -> tuple[int, str, str]:
    """Status, headers and body of the engine's answer."""
    connection = http.client.HTTPConnection(lease.url.removeprefix("http://"), timeout=60)
    headers = {"Content-Type": "application/json"} | headers
    data = None if body is None else json.dumps(body)
    connection.request("GET" if body is None else "POST", path, data, headers)
    answer = connection.getresponse()
    said = answer.status, str(answer.headers), answer.read().decode()
    connection.close()
    return said


def test_a_second_one_shares_the_engine(lease: Lease, shared: Path) -> None:
    with acquire(shared) as second:
        assert (second.pid, second.url, second.key) == (lease.pid, lease.url, lease.key)
        assert second.alive()
    assert not second.alive()
    assert lease.alive()


async def _three(home: Path) -> list[Lease]:
    return await asyncio.gather(*(asyncio.to_thread(acquire, home) for _ in range(3)))


def test_coroutines_acquire_through_threads(lease: Lease, shared: Path) -> None:
    for one in asyncio.run(_three(shared)):
        with one:
            assert one.pid == lease.pid


def test_a_lease_says_what_is_served_and_hides_its_key(lease: Lease, bundled: Model) -> None:
    assert (lease.model.name, lease.model.sha256) == (bundled.name, bundled.sha256)
    assert (lease.slots, lease.context, lease.template) == (8, 2048, "chatml")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", lease.url)
    assert lease.key not in repr(lease)


def test_the_model_answers(lease: Lease) -> None:
    body = {"messages": [{"role": "user", "content": "Name a fruit."}], "max_tokens": 4}
    bearer = f"Bearer {lease.key}"
    status, _, said = ask(lease, "/v1/chat/completions", body, Authorization=bearer)
    answer = json.loads(said)
    assert status == 200
    assert answer["choices"][0]["message"]["content"]
    assert answer["model"] == "smollm2-135m-instruct"
    assert answer["usage"]["completion_tokens"] == 4


def test_no_path_of_this_machine_is_in_what_it_says_of_itself(lease: Lease) -> None:
    bearer = f"Bearer {lease.key}"
    said = "".join(ask(lease, path, Authorization=bearer)[2] for path in ("/props", "/v1/models"))
    assert "smollm2-135m-instruct" in said
    assert str(lease.model.path.parent) not in said


def test_without_the_key_nothing_is_answered_and_no_page_is_let_in(lease: Lease) -> None:
    status, headers, _ = ask(lease, "/slots", Origin="http://evil.example")
    assert status == 401
    assert "evil.example" not in headers
    assert ask(lease, "/v1/chat/completions", {"messages": []})[0] == 401


def test_the_prompt_is_what_was_written_and_nothing_else(lease: Lease) -> None:
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "So"}]
    status, _, said = ask(
        lease, "/apply-template", {"messages": messages}, Authorization=f"Bearer {lease.key}"
    )
    assert status == 200
    assert json.loads(said)["prompt"] == (
        "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nSo"
    )


@linux_only
def test_the_key_is_in_no_argument_environment_or_log(lease: Lease, shared: Path) -> None:
    process = Path("/proc") / str(lease.pid)
    arguments, environment = (process / name for name in ("cmdline", "environ"))
    assert b"lib.providers.embedded.child" in arguments.read_bytes()
    assert lease.key.encode() not in arguments.read_bytes()
    assert lease.key.encode() not in environment.read_bytes()
    assert b"the user's own" not in environment.read_bytes()
    (log,) = (shared / "logs").iterdir()
    assert lease.key[-4:] not in log.read_text()  # llama.cpp likes to show a key's last four


@pytest.mark.skipif(os.name == "nt", reason="no such signal")
def test_an_interrupt_is_not_for_the_engine(lease: Lease) -> None:
    assert os.getsid(lease.pid) == lease.pid  # so that Ctrl+C in a terminal doesn't reach it
    os.kill(lease.pid, signal.SIGINT)
    assert ask(lease, "/health")[0] == 200
    assert lease.alive()


@linux_only
def test_the_log_does_not_grow_without_end(lease: Lease, shared: Path) -> None:
    log = shared / "logs" / "engine.log"
    with log.open("ab") as file:
        file.write(b"a warning\n" * 120_000)
    assert until(lambda: log.stat().st_size < 10_000)
    assert lease.alive()


def test_a_crash_is_seen_and_the_next_one_starts_it_anew(home: Path) -> None:
    with acquire(home) as first:
        psutil.Process(first.pid).kill()
        assert until(lambda: not first.alive())
        with acquire(home) as second:
            assert second.pid != first.pid
            assert second.key != first.key
            assert ask(second, "/health")[0] == 200
    assert until(lambda: not runs(second.pid), GONE_S)


def test_killing_the_starter_leaves_the_other_its_engine_and_the_last_takes_it_along(
    holder: Callable[[], Holder],
) -> None:
    starter = holder()
    engine = starter.engine()
    other = holder()
    assert other.engine() == engine
    starter.kill()
    assert not until(lambda: not runs(engine), 4.0)  # longer than it stays without a lease
    other.kill()
    assert until(lambda: not runs(engine), GONE_S)


def test_parents_that_start_at_once_share_one_engine(holder: Callable[[], Holder]) -> None:
    three = [holder() for _ in range(3)]
    assert len({one.engine() for one in three}) == 1


def test_a_parent_that_is_killed_while_it_loads_leaves_no_engine(
    holder: Callable[[], Holder],
) -> None:
    parent = holder()
    family = psutil.Process(parent.process.pid)
    assert until(lambda: bool(family.children()), 20)
    engine = family.children()[0].pid
    parent.kill()
    assert until(lambda: not runs(engine), GONE_S)


def test_a_card_of_another_model_or_a_dead_engine_is_replaced(home: Path, bundled: Model) -> None:
    folder = cards.run_folder(home)
    with acquire(home) as first:
        card = cards.read(folder)
        assert card
        cards.write(replace(card, sha256="0" * 64), folder)
        with acquire(home) as second:
            assert second.pid != first.pid
            assert first.alive()
        cards.write(replace(card, lease_port=second_port(card.lease_port)), folder)
        with acquire(home) as third:
            assert third.pid not in (first.pid, second.pid)


def second_port(port: int) -> int:
    """A port that no desk is at."""
    return port + 1 if port < 65_535 else port - 1


def test_a_file_that_llama_cpp_finds_cut_short_is_called_so(
    bundled: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "half.gguf"
    with bundled.path.open("rb") as whole, path.open("wb") as half:
        half.write(whole.read(50_000_000))
    monkeypatch.setenv(models.VARIABLE, str(path))
    with pytest.raises(ModelCorrupt) as caught:
        acquire(tmp_path)
    assert caught.value.says.startswith(f"{path} is cut short or damaged. llama.cpp says: ")
    assert cards.read(cards.run_folder(tmp_path)) is None


def test_no_model_starts_nothing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        acquire(tmp_path)
    assert not (tmp_path / "run").exists()


def test_too_little_memory_is_said_before_it_is_tried(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Scarce:
        total, available = 8 * 10**9, 10**8

    monkeypatch.setattr("psutil.virtual_memory", Scarce)
    with pytest.raises(EngineUnavailable) as caught:
        acquire(home)
    assert caught.value.says == (
        "smollm2-135m-instruct needs about 548 MB of memory; 100 MB are free."
    )
    assert caught.value.fix.startswith("Close other programs, or choose a smaller model")


def test_a_start_that_takes_too_long_is_ended(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {child.pid for child in psutil.Process().children()}
    monkeypatch.setattr(launch, "patience_s", lambda model: 0.01)
    with pytest.raises(EngineUnavailable, match="wasn't ready after 0 s"):
        acquire(home)
    assert {child.pid for child in psutil.Process().children()} <= before


def test_a_start_that_never_ends_elsewhere_is_a_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "patience_s", lambda model: -29.9)  # and 30 beyond
    with (
        FileLock(cards.run_folder(home) / "start.lock"),
        pytest.raises(EngineUnavailable, match="Another process has been starting"),
    ):
        acquire(home)


def test_a_home_that_is_a_file_is_a_sentence(
    bundled: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").write_text("not a folder")
    monkeypatch.setenv(models.VARIABLE, str(bundled.path))
    with pytest.raises(EngineUnavailable, match="can't be used"):
        acquire(tmp_path / "home")


@pytest.mark.parametrize(
    ("log", "says"),
    [
        ("", ""),
        (
            "0.1 I srv init\n0.2 E gguf_init: invalid magic\n0.3 E srv init: exiting due to\n",
            "gguf_init: invalid magic",
        ),
        (
            "0.1 E first\n0.2 E x: error loading model: no such kind\n0.3 E srv init: exiting\n",
            "x: error loading model: no such kind",
        ),
        ("Traceback:\n  File ...\nTypeError: no\n", "TypeError: no"),
    ],
)
def test_the_line_that_gives_the_reason_is_picked(tmp_path: Path, log: str, says: str) -> None:
    (tmp_path / "engine.log").write_text(log)
    assert last_words(tmp_path / "engine.log") == says
