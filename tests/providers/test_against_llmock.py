"""LLMock, somebody else's server of all dialects: what it answers is read, what it breaks is told.

It reports no log probabilities, estimates its usage, and runs in a process of its own.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from lib.domain.configuration import DIALECTS, Dialect, Endpoint
from lib.domain.errors import CallError, RateLimited, Refused, Transient, Unreadable
from lib.domain.vocabulary import Sample
from lib.providers.registry import open_provider
from tests.providers.making import KEY, slot

BASES: dict[Dialect, tuple[str, str]] = {
    "openai": ("/v1", "gpt-4o"),
    "openai-responses": ("/v1", "gpt-4o"),
    "anthropic": ("/anthropic", "claude-haiku-4-5"),
    "gemini": ("/gemini/v1beta", "gemini-2.5-flash"),
}
"""Where it speaks each dialect, and a model to ask."""
PROGRAM = ("-c", "from llmock.cli import app; app()", "serve", "--host", "127.0.0.1", "--port", "0")

each_dialect = pytest.mark.parametrize("dialect", DIALECTS)
whole_and_streamed = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


class LLMock:
    """The server, while it runs."""

    def __init__(self, url: str) -> None:
        self.url = url

    def told(self, **behaviour: object) -> LLMock:
        """The same, which will do this to the next call, and nothing else."""
        with httpx2.Client(base_url=f"{self.url}/_llmock", trust_env=False) as http:
            http.post("/reset").raise_for_status()
            http.post("/scenario", json={"behaviors": [behaviour]}).raise_for_status()
        return self

    def call(self, dialect: Dialect, **settings: Any) -> Sample:
        """The sample that a call brings."""
        path, model = BASES[dialect]
        endpoint = Endpoint(name="mine", dialect=dialect, base_url=self.url + path)
        asked = slot(endpoint=endpoint, model=model, **settings)

        async def sample() -> Sample:
            provider = await open_provider(endpoint, key=KEY, at_once=1, home=Path("unused"))
            try:
                return provider.read(
                    asked, await provider.send(provider.build(asked), deadline_s=10)
                )
            finally:
                await provider.close()

        return asyncio.run(sample())


@pytest.fixture(scope="module")
def mock() -> Iterator[LLMock]:
    with subprocess.Popen(
        [sys.executable, *PROGRAM], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        told = (re.search(r"running on (http://\S+)", line) for line in running.stderr)
        found = next((each for each in told if each), None)
        assert found, "it didn't start"
        yield LLMock(found.group(1))
        running.terminate()
        running.stderr.read()  # or what it says at its end would block it


@each_dialect
@whole_and_streamed
def test_an_answer_is_read(mock: LLMock, dialect: Dialect, stream: bool) -> None:
    mock.told(type="reply", text="Apple “pie” \U0001f34e")

    sample = mock.call(dialect, stream=stream)

    assert sample.text == "Apple “pie” \U0001f34e"
    assert (sample.outcome, sample.finish_reason, sample.flags) == ("ok", "stop", ())
    assert sample.usage.input_tokens
    assert sample.usage.output_tokens
    if dialect != "gemini":  # there it names neither
        assert sample.model == BASES[dialect][1]
        assert sample.response_id


@each_dialect
@whole_and_streamed
def test_an_answer_that_met_its_limit_is_told_from_a_whole_one(
    mock: LLMock, dialect: Dialect, stream: bool
) -> None:
    mock.told(type="reply", text="Apple", finish_reason="length")

    assert mock.call(dialect, stream=stream).finish_reason == "length"


@whole_and_streamed
@pytest.mark.parametrize(
    ("dialect", "finish", "outcome"),
    [
        ("openai", "content_filter", "filtered"),
        ("anthropic", "refusal", "refused"),
        ("gemini", "content_filter", "filtered"),
    ],
)
def test_a_filtered_answer_is_an_outcome(
    mock: LLMock, dialect: Dialect, finish: str, outcome: str, stream: bool
) -> None:
    mock.told(type="reply", text="Ap", finish_reason="content_filter")

    sample = mock.call(dialect, stream=stream)

    assert (sample.finish_reason, sample.outcome) == (finish, outcome)


@each_dialect
@whole_and_streamed
def test_a_rate_limit_comes_with_the_time_to_wait(
    mock: LLMock, dialect: Dialect, stream: bool
) -> None:
    mock.told(type="fail", status=429, retry_after=2)

    with pytest.raises(RateLimited) as error:
        mock.call(dialect, stream=stream)

    assert error.value.retry_after_s == 2


@each_dialect
@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, Refused, "other"),
        (403, Refused, "forbidden"),
        (404, Refused, "not_found"),
        (500, Transient, "server_error"),
        (503, Transient, "overloaded"),
        (529, Transient, "overloaded"),
    ],
)
def test_each_status_is_an_error_of_its_kind(
    mock: LLMock, dialect: Dialect, status: int, kind: type[CallError], code: str
) -> None:
    mock.told(type="fail", status=status)

    with pytest.raises(kind) as error:
        mock.call(dialect)

    assert error.value.code == code


@each_dialect
def test_a_prompt_that_is_too_long_is_told_so(mock: LLMock, dialect: Dialect) -> None:
    mock.told(
        type="fail",
        status=400,
        code="context_length_exceeded",
        message="This model's maximum context length was exceeded.",
    )

    with pytest.raises(Refused) as error:
        mock.call(dialect)

    assert error.value.code == "context_too_long"


@each_dialect
@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [("truncate", Unreadable), ("malformed", Unreadable), ("disconnect", Transient)],
)
def test_a_stream_that_breaks_is_never_a_sample(
    mock: LLMock, dialect: Dialect, fault: str, kind: type[CallError], after: int
) -> None:
    mock.told(type="stream_fault", kind=fault, after_chunks=after)

    with pytest.raises(kind):
        mock.call(dialect, stream=True)
