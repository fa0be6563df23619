"""The dialect against the real engine: what is promised about it, seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from lib.domain.configuration import LOCAL
from lib.domain.errors import Refused, Transient
from lib.domain.message import Message
from lib.domain.vocabulary import Sample
from lib.providers.base import Provider
from lib.providers.embedded.lease import acquire
from lib.providers.models import list_models
from lib.providers.registry import open_provider
from tests.homes import home_with_model
from tests.providers.making import slot

pytestmark = pytest.mark.xdist_group("embedded")  # one engine at a time: it wants all cores

PARIS = (
    Message("user", "What is the capital of France?"),
    Message("assistant", "The capital of France is"),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with an engine that lives as long as the tests of this file."""
    made = home_with_model(tmp_path_factory.mktemp("engine") / "home")
    with acquire(made) as lease:
        yield made
    psutil.Process(lease.pid).wait(30)


def with_provider(home: Path, use: Callable[[Provider], Coroutine[Any, Any, Any]]) -> Any:
    async def opened() -> Any:
        provider = await open_provider(LOCAL, key=None, at_once=8, home=home)
        try:
            return await use(provider)
        finally:
            await provider.close()

    return asyncio.run(opened())


async def ask(provider: Provider, *messages: Message, drawn: int = 7, **settings: Any) -> Sample:
    asked = slot(*messages, endpoint=LOCAL, drawn=drawn, **settings)
    reply = await provider.send(provider.build(asked), deadline_s=60)
    return provider.read(asked, reply)


def test_the_same_seed_gives_the_same_answer_streamed_or_whole_and_in_company(home: Path) -> None:
    async def use(provider: Provider) -> list[Sample]:
        alone = await ask(provider, *PARIS, max_tokens=8)
        whole = await ask(provider, *PARIS, max_tokens=8, stream=False)
        seeds = (7, 8, 9, 10)
        company = await asyncio.gather(
            *(ask(provider, *PARIS, max_tokens=8, drawn=seed) for seed in seeds)
        )
        return [alone, whole, *company]

    alone, whole, same, *others = with_provider(home, use)

    assert alone.text == whole.text == same.text
    assert len({each.text for each in others}) > 1
    assert whole.flags == alone.flags == ()


def test_the_first_token_is_reported_as_before_any_setting(home: Path) -> None:
    async def use(provider: Provider) -> list[Sample]:
        return [
            await ask(provider, *PARIS, max_tokens=1, logprobs=5, **settings)
            for settings in ({}, {"temperature": 0.1}, {"top_k": 1}, {"top_p": 0.01})
        ]

    samples = with_provider(home, use)

    tops = {sample.first_token.top for sample in samples}
    assert len(tops) == 1
    [top] = tops
    assert top[0].token == " Paris"
    assert -0.2 < top[0].logprob < 0


def test_a_whole_distribution_fits_into_an_answer_of_one_token(home: Path) -> None:
    async def use(provider: Provider) -> Sample:
        return await ask(provider, *PARIS, max_tokens=1, logprobs=49_152, temperature=0)

    first = with_provider(home, use).first_token

    assert len(first.top) == 49_152
    assert len({each.key for each in first.top}) == 49_152


def test_a_bias_and_a_stop_sequence_do_what_they_say(home: Path) -> None:
    async def use(provider: Provider) -> list[Sample]:
        return [
            await ask(provider, *PARIS, max_tokens=6, temperature=0, **settings)
            for settings in ({}, {"logit_bias": {"7042": -100.0}}, {"stop": ("aris",)})
        ]

    plain, biased, stopped = with_provider(home, use)

    assert plain.text.startswith(" Paris")
    assert not biased.text.startswith(" Paris")
    assert (stopped.text, stopped.finish_reason) == (" P", "stop")


def test_what_is_too_long_is_refused_in_a_sentence(home: Path) -> None:
    async def use(provider: Provider) -> Sample:
        return await ask(provider, Message("user", "word " * 3000), max_tokens=1)

    with pytest.raises(Refused) as error:
        with_provider(home, use)

    assert error.value.code == "context_too_long"
    assert "its messages have 15,000 characters" in str(error.value)


def test_its_models_are_the_one_that_is_there(home: Path) -> None:
    assert asyncio.run(list_models(LOCAL, key=None, home=home)) == ["smollm2-135m-instruct"]


def test_if_the_engine_is_killed_one_call_is_lost_and_the_next_is_answered(tmp_path: Path) -> None:
    home = home_with_model(tmp_path / "home")

    async def use(provider: Provider) -> Sample:
        with acquire(home) as lease:
            psutil.Process(lease.pid).kill()
        with pytest.raises(Transient) as error:
            await ask(provider, *PARIS, max_tokens=1)
        assert error.value.code == "connection"
        return await ask(provider, *PARIS, max_tokens=1, temperature=0)

    assert with_provider(home, use).text == " Paris"
