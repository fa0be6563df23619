"""What a call costs: by list price at the vendor's own address, and nowhere else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from genai_prices.data_snapshot import get_snapshot
from hypothesis import given
from hypothesis import strategies as some

from lib.domain.configuration import ANTHROPIC, GEMINI, LOCAL, OPENAI, Configuration, Endpoint
from lib.domain.cost import ZERO, Unknown
from lib.domain.settings import Settings
from lib.domain.vocabulary import Notes, Request, Usage
from lib.providers.prices import FRAMING_TOKENS, TOOL_TOKENS, Price, basis, price_of

DAY = date(2026, 11, 24)


def asks(endpoint: Endpoint = OPENAI, model: str = "gpt-5.6-sol", **settings: Any) -> Configuration:
    return Configuration(name="C", endpoint=endpoint, model=model, settings=Settings(**settings))


def at(url: str) -> Endpoint:
    return Endpoint(name="mine", base_url=url)


def found(configuration: Configuration, **environ: str) -> Price | Unknown:
    return price_of(configuration, day=DAY, environ=environ)


def price(*given: Any, **settings: Any) -> Price:
    known = found(asks(*given, **settings))
    assert isinstance(known, Price)
    return known


def why_not(*given: Any, **settings: Any) -> str:
    unknown = found(asks(*given, **settings))
    assert isinstance(unknown, Unknown)
    return unknown.why


def request(**body: Any) -> Request:
    return Request("/", json.dumps(body).encode(), Notes({}))


# By hand, from the vendors' lists: dollars for a million tokens. 1,000 in, of which 200 came from
# the cache and 100 were written to it; 500 out, of which 300 were reasoning.
USED = Usage(1000, 500, 200, 300, 100)
BY_HAND = [
    (OPENAI, "gpt-5.6-sol", 700 * 4 + 100 * 5 + 200 * 0.4 + 500 * 20),
    (ANTHROPIC, "claude-haiku-4-5", 700 * 1 + 100 * 1.25 + 200 * 0.1 + 500 * 5),
    (GEMINI, "gemini-2.5-flash", 800 * 0.3 + 200 * 0.03 + 500 * 2.5),  # writing is not charged
    (at("https://api.mistral.ai/v1"), "mistral-large-latest", 1000 * 2 + 500 * 6),
]


@pytest.mark.parametrize(("endpoint", "model", "millionths"), BY_HAND)
def test_a_call_costs_what_the_vendors_list_says(
    endpoint: Endpoint, model: str, millionths: float
) -> None:
    assert price(endpoint, model).of(USED) == Decimal(str(millionths)) / 10**6


def test_the_embedded_model_costs_nothing_whatever_it_reports() -> None:
    free = price(LOCAL, "smollm2-135m-instruct")

    assert [free.of(Usage()), free.worst(request())] == [ZERO, ZERO]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000/v1",
        "https://gateway.example/v1",
        "https://eu.api.openai.com/v1",  # the same vendor, but not the same prices
        "https://api.openai.com.evil.example/v1",
        "http://api.openai.com/v1",
        "https://api.openai.com:8443/v1",
    ],
)
def test_only_a_vendors_own_address_has_its_prices(url: str) -> None:
    assert "no price is known for gpt-5.6-sol" in why_not(at(url))


def test_an_address_that_stands_in_the_environment_counts_as_well() -> None:
    gateway = found(asks(), OPENAI_BASE_URL="https://gateway.example/v1")

    assert gateway == Unknown(
        "no price is known for gpt-5.6-sol at gateway.example, which is no vendor's address"
    )


@pytest.mark.parametrize(
    ("endpoint", "model"),
    [
        (OPENAI, "gpt-99"),
        (OPENAI, "ft:gpt-4.1-mini-2025-04-14:org::id"),  # dearer than what it was made from
        (OPENAI, "claude-haiku-4-5"),
        (OPENAI, "text-embedding-3-small"),
    ],
)
def test_a_model_that_is_not_on_the_vendors_list_has_no_price(
    endpoint: Endpoint, model: str
) -> None:
    assert why_not(endpoint, model) == f"no price is known for {model} in the {basis()}"


def test_the_list_is_not_loaded_where_nothing_is_priced_by_it() -> None:
    """It takes a quarter of a second."""
    code = (
        "import sys, lib.cli.output, lib.engine.engine\n"
        "from lib.domain.configuration import Configuration, Endpoint\n"
        "from lib.engine.costing import today\n"
        "from lib.providers.prices import price_of\n"
        "for endpoint in (Endpoint(name='local'), Endpoint(name='m', base_url='http://[::1]:1')):\n"
        "    price_of(Configuration(name='C', endpoint=endpoint, model='m'), day=today())\n"
        "print('genai_prices' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False"]


def test_prices_say_of_when_they_are() -> None:
    said = re.fullmatch(r"list prices of (\d{4}-\d\d-\d\d), genai-prices [\d.]+", basis())

    assert said is not None
    assert date(2026, 11, 3) <= date.fromisoformat(said[1]) <= datetime.now(UTC).date()


# Service tiers, tools, caches


@pytest.mark.parametrize(
    ("tier", "factor"),
    [(None, 1), ("auto", 1), ("default", 1), ("flex", 0.5), ("priority", 2), ("fast", 2)],
)
def test_a_service_tier_has_its_own_price(tier: str | None, factor: float) -> None:
    plain = price().of(Usage(1000, 500))
    assert plain is not None

    assert price(service_tier=tier).of(Usage(1000, 500)) == plain * Decimal(str(factor))


def test_a_tier_without_a_list_price_has_none() -> None:
    assert (
        why_not(OPENAI, "gpt-5.6-sol", service_tier="scale")
        == "no price is known for gpt-5.6-sol with service_tier scale"
    )


@pytest.mark.parametrize(
    ("asked", "answered", "factor"),
    [
        ("flex", "default", 1),
        ("flex", None, 0.5),
        ("flex", "auto", 0.5),
        (None, "priority", 2),
        ("auto", "flex", 0.5),
        ("priority", "standard", 1),
        ("fast", "priority", 2),
        (None, "FLEX", 0.5),
    ],
)
def test_the_tier_that_answered_is_the_one_that_is_paid(
    asked: str | None, answered: str | None, factor: float
) -> None:
    plain, paid = price(), price(service_tier=asked).answered_as(answered)

    assert isinstance(paid, Price)
    known = plain.of(Usage(1000, 500))
    assert known is not None
    assert paid.of(Usage(1000, 500)) == known * Decimal(str(factor))


def test_a_tier_without_a_list_price_that_answers_leaves_no_price() -> None:
    assert price().answered_as("scale") == Unknown(
        "no price is known for gpt-5.6-sol with service_tier scale"
    )
    free = price(LOCAL, "smollm2-135m-instruct")
    assert free.answered_as("scale") == free


def test_the_worst_case_is_that_of_the_dearer_of_the_tier_that_is_asked_and_the_standard_one() -> (
    None
):
    sent = request(max_tokens=100)

    assert price(service_tier="flex").worst(sent) == price().worst(sent)
    dearer = price(service_tier="priority").worst(sent)
    plain = price().worst(sent)
    assert isinstance(plain, Decimal)
    assert dearer == plain * 2


@pytest.mark.parametrize("name", ["models", "route", "provider"])
def test_a_router_that_is_told_how_to_choose_has_no_one_price(name: str) -> None:
    router = at("https://openrouter.ai/api/v1")

    assert isinstance(found(asks(router, "openai/gpt-5")), Price)
    assert why_not(router, "openai/gpt-5", extra={name: ["x"]}) == (
        f"{name} lets openrouter choose who answers, at another price than that of openai/gpt-5"
    )
    assert price(extra={name: ["x"]}) == price()


@pytest.mark.parametrize(
    ("endpoint", "model"),
    [
        (OPENAI, "gpt-5-image"),
        (OPENAI, "gpt-audio-mini"),
        (OPENAI, "gpt-4o-search-preview"),
        (OPENAI, "gpt-5-search-api"),
        (OPENAI, "o3-deep-research"),
        (GEMINI, "gemini-2.5-flash-image"),
        (GEMINI, "gemini-2.5-pro-tts"),
        (GEMINI, "gemini-3.8-live"),
        (at("https://openrouter.ai/api/v1"), "perplexity/sonar"),
        (at("https://openrouter.ai/api/v1"), "google/gemini-omni-1.2-flash"),
    ],
)
def test_a_model_that_bills_for_more_than_text_has_no_price(endpoint: Endpoint, model: str) -> None:
    assert why_not(endpoint, model) == f"{model} bills for more than the tokens of its text"


def test_no_model_of_text_is_taken_for_another() -> None:
    for endpoint, model, _ in BY_HAND:
        price(endpoint, model)
    price(GEMINI, "gemini-3.8-flash")
    price(OPENAI, "gpt-5-codex")


def test_where_a_call_is_computed_can_make_it_dearer() -> None:
    model = "claude-opus-4-6"

    assert price(ANTHROPIC, model, extra={"inference_geo": "global"}) == price(ANTHROPIC, model)
    assert why_not(ANTHROPIC, model, extra={"inference_geo": "us"}) == (
        f"no price is known for {model} with inference_geo us"
    )


@pytest.mark.parametrize(
    "extra",
    [
        {"web_search_options": {}},
        {"tools": [{"type": "web_search"}]},
        {"tools": [{"type": "function", "name": "f"}, {"googleSearch": {}}]},
        {"tools": [{"functionDeclarations": [], "codeExecution": {}}]},
    ],
)
def test_what_is_billed_apart_from_tokens_leaves_no_price(extra: dict[str, Any]) -> None:
    assert "is billed apart from the tokens of gpt-5.6-sol" in why_not(extra=extra)


@pytest.mark.parametrize(
    "tool", [{"type": "function"}, {"name": "f", "input_schema": {}}, {"functionDeclarations": []}]
)
def test_tools_of_the_users_own_are_tokens_like_any_other(tool: dict[str, Any]) -> None:
    assert price(extra={"tools": [tool]}) == price()


def test_a_cache_kept_for_an_hour_costs_more_to_write() -> None:
    kept = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
    written = Usage(1000, 0, 0, 0, 1000)

    assert price(ANTHROPIC, "claude-haiku-4-5").of(written) == Decimal("0.00125")
    assert price(ANTHROPIC, "claude-haiku-4-5", extra=kept).of(written) == Decimal("0.002")


def test_a_long_prompt_makes_every_token_dearer() -> None:
    haiku = price(ANTHROPIC, "claude-haiku-5-5")

    assert haiku.of(Usage(100_000, 1000)) == Decimal("0.0105")
    assert haiku.of(Usage(100_001, 1000)) == Decimal("0.0525005")


def test_a_new_price_holds_from_its_day() -> None:
    before, after = (
        price_of(asks(GEMINI, "gemini-3.8-flash"), day=day, environ={})
        for day in (date(2026, 12, 31), date(2027, 1, 1))
    )

    assert isinstance(before, Price)
    assert isinstance(after, Price)
    assert (before.of(Usage(10**6, 0)), after.of(Usage(10**6, 0))) == (
        Decimal("0.75"),
        Decimal("1.5"),
    )


def test_where_the_hour_decides_it_is_the_dearest_of_the_day() -> None:
    provider = next(each for each in get_snapshot().providers if each.id == "deepseek")
    model = provider.find_model("deepseek-chat")
    assert model is not None
    by_hour = {
        model.get_prices(datetime.combine(DAY, time(hour), UTC)).input_mtok for hour in range(24)
    }
    assert len(by_hour) > 1

    chat = price(at("https://api.deepseek.com"), "deepseek-chat")

    assert chat.of(Usage(10**6, 0)) == max(rate for rate in by_hour if isinstance(rate, Decimal))


# Usage that can't be priced


@pytest.mark.parametrize(
    "usage",
    [
        Usage(),
        Usage(input_tokens=10),
        Usage(output_tokens=10),
        Usage(-1, 10),
        Usage(10, -1),
        Usage(10, 10, -5),
        Usage(10, 10, 11),
        Usage(10, 10, 6, 0, 5),
        Usage(10, 10, 0, 11),
        Usage(10**12, 10),
    ],
)
def test_usage_that_is_missing_or_absurd_has_no_cost_rather_than_none(usage: Usage) -> None:
    assert price().of(usage) is None


tokens = some.integers(0, 10**5)


@given(tokens, tokens, tokens, tokens, some.sampled_from(BY_HAND))
def test_a_call_is_never_dearer_than_its_worst_case(
    read: int, cached: int, written: int, out: int, who: tuple[Endpoint, str, float]
) -> None:
    """With as many tokens as the bytes and the limit allow, however they are counted."""
    known = price(*who[:2])
    text = "x" * (read + cached + written)
    sent = request(max_tokens=max(1, out), messages=text, cache_control={})
    worst = known.worst(sent)

    cost = known.of(Usage(read + cached + written, out, cached, 0, written))

    assert isinstance(worst, Decimal)
    assert cost is not None
    assert cost <= worst


@pytest.mark.parametrize(
    "limit",
    [
        {"max_tokens": 60},
        {"max_completion_tokens": 60},
        {"max_output_tokens": 60},
        {"generationConfig": {"maxOutputTokens": 60}},
        {"max_tokens": 10, "max_completion_tokens": 60},
        {"max_tokens": 20, "n": 3},
    ],
)
def test_the_worst_case_is_the_limit_and_a_token_for_each_byte(limit: dict[str, Any]) -> None:
    sent = request(messages="Grüße", **limit)
    most_in = len(sent.body) + FRAMING_TOKENS

    # Everything may be written to the cache, at 5 dollars a million.
    assert price().worst(sent) == (most_in * Decimal(5) + 60 * Decimal(20)) / 10**6


def test_instructions_for_tools_are_counted_in() -> None:
    tools = {"tools": [{"type": "function"}], "max_tokens": 1}
    plain = {"slots": [{"type": "function"}], "max_tokens": 1}
    with_, without = price().worst(request(**tools)), price().worst(request(**plain))

    assert isinstance(with_, Decimal)
    assert isinstance(without, Decimal)
    assert with_ - without == TOOL_TOKENS * Decimal(5) / 10**6


def test_without_a_limit_the_most_that_the_model_answers_with_counts() -> None:
    known = replace(price(), model="gpt-4.1-2025-04-14")
    sent, limited = request(messages=[]), request(messages=[], max_tokens=32_768)
    three = request(messages=[], n=3)
    longer = len(limited.body) - len(sent.body), len(three.body) - len(sent.body)

    worst = [each for each in map(known.worst, (sent, limited, three)) if isinstance(each, Decimal)]
    assert len(worst) == 3
    a_token_in, a_token_out = Decimal("0.000002"), Decimal("0.000008")
    assert worst[1] == worst[0] + longer[0] * a_token_in
    assert worst[2] == worst[0] + longer[1] * a_token_in + 2 * 32_768 * a_token_out


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (
            {"messages": []},
            "gpt-5.6-sol is asked without max_tokens, so a call has no highest cost",
        ),
        (
            {"max_tokens": 5, "n": "3"},
            "gpt-5.6-sol is asked without max_tokens, so a call has no highest cost",
        ),
        (
            {"max_tokens": 5, "previous_response_id": "r"},
            "previous_response_id brings in more than the request holds",
        ),
    ],
)
def test_without_a_bound_there_is_no_worst_case(body: dict[str, Any], says: str) -> None:
    assert price().worst(request(**body)) == Unknown(says)
