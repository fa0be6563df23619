"""What the Endpoints page says: pure words about models, prices, servers and audits."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.audit import AuditReport, SettingReport, Standing, plan
from lib.audit.finding import Verdict
from lib.domain.configuration import (
    ANTHROPIC,
    DIALECTS,
    GEMINI,
    KNOWN_ENDPOINTS,
    LOCAL,
    OPENAI,
    Configuration,
    Endpoint,
)
from lib.domain.cost import Unknown
from lib.domain.errors import InputError
from lib.domain.experiment_file import parse
from lib.domain.settings import SETTING_NAMES
from lib.providers.known_models import families, family_of, vendors
from lib.providers.prices import Price, price_of
from lib.ui.endpoints import audit_words, described, price_list, takes, using

DAY = date(2026, 11, 25)
ROUTER = Endpoint(name="router", base_url="https://openrouter.ai/api/v1", profile="openrouter")
URL = "http://127.0.0.1:8000/v1"


def row(endpoint: Endpoint, model: str, setting: str) -> dict[str, str]:
    found = next(each for each in takes.rows(endpoint, model) if each[0] == setting)
    return dict(zip(takes.HEADINGS, found, strict=True))


def does(endpoint: Endpoint, model: str, setting: str) -> str:
    return row(endpoint, model, setting)["what it does with it"]


@pytest.mark.parametrize("endpoint", KNOWN_ENDPOINTS)
def test_there_is_a_row_for_every_setting(endpoint: Endpoint) -> None:
    rows = takes.rows(endpoint, "some-model")

    assert [each[0] for each in rows] == [name for name in SETTING_NAMES if name != "extra"]
    for _, called, span, stance, _ in rows:
        assert stance
        assert span
        assert (called == "none") == (span == "nothing") == stance.startswith("There is no such")


def test_of_an_unknown_model_nothing_is_assumed() -> None:
    assert does(OPENAI, "some-model", "temperature") == "not known: nothing is assumed"
    assert does(Endpoint(name="x", base_url=URL), "gpt-5", "top_p") == takes.NOT_KNOWN


def test_a_refusal_says_when_and_what_to_do() -> None:
    assert does(OPENAI, "gpt-5.5", "temperature") == (
        "Refused while reasoning_effort is left empty, minimal, low, medium, high, xhigh or max, "
        "except 1: the lab doesn't send it. Set reasoning_effort to none, or leave temperature "
        "empty."
    )


def test_two_settings_that_never_go_together_say_so_both() -> None:
    fix = "Set one of the two, and leave the other empty."
    assert does(ANTHROPIC, "claude-opus-4-5", "temperature") == (
        f"Refused together with top_p: the lab doesn't send it. {fix} "
        "Refused while thinking.type is enabled or adaptive, except 1: the lab doesn't send it. "
        'Leave temperature empty, or set thinking to { type = "disabled" }.'
    )
    assert does(ANTHROPIC, "claude-opus-4-5", "top_p") == (
        f"Refused together with temperature: the lab doesn't send it. {fix} "
        "Doubtful while thinking.type is enabled or adaptive: sources differ. It is sent; a call "
        "tells whether it is refused, an audit whether it acts."
    )


def test_ignored_doubtful_and_words() -> None:
    assert does(GEMINI, "gemini-3.6-flash", "temperature") == (
        "Ignored: it is sent, and has no effect."
    )
    assert does(GEMINI, "gemini-2.5-pro", "logprobs") == (
        "Doubtful: sources differ. It is sent; a call tells whether it is refused, an audit "
        "whether it acts."
    )
    effort = row(OPENAI, "gpt-5", "reasoning_effort")
    assert effort["takes"] == "minimal, low, medium, high"
    assert effort["what it does with it"] == (
        "Refused, with any other word: the lab doesn't send it."
    )
    assert effort["left empty"] == "nothing is sent, and the provider's default holds: medium"


def test_a_router_drops_what_the_model_refuses() -> None:
    assert does(ROUTER, "anthropic/claude-opus-4-8", "top_k") == (
        "Refused: OpenRouter drops it in silence."
    )


def test_a_setting_that_is_not_there_says_what_to_do_instead() -> None:
    assert row(ANTHROPIC, "claude-opus-4-5", "seed") == {
        "setting": "seed",
        "called there": "none",
        "takes": "nothing",
        "what it does with it": "There is no such setting. Leave seed empty: Anthropic has no way "
        "to fix the draw.",
        "left empty": "nothing is sent",
    }


def test_every_rule_of_the_data_is_told() -> None:
    for family in families():
        profile = next(iter(vendors()[family.vendor]))
        endpoint = next(
            (each for each in KNOWN_ENDPOINTS if each.profile == profile),
            Endpoint(name="own", base_url=URL, profile=profile),
        )
        model = family.models[0].replace("*", "x")
        assert family_of(endpoint, model) == family
        told = {each[0]: each[3] for each in takes.rows(endpoint, model)}
        for rule in family.rules:
            assert (
                rule.stance in told[rule.setting].lower()
                or "no such setting" in (told[rule.setting])
            )
            assert all(words in told[rule.setting] for words in rule.where)


def test_where_it_is_from_and_when_it_ends() -> None:
    family = family_of(OPENAI, "gpt-5")
    assert family is not None

    assert takes.known_as(family, date(2026, 12, 10))[1:] == [
        "Its vendor will switch it off on 2026-12-11."
    ]
    assert takes.known_as(family, date(2026, 12, 11))[1:] == [
        "Its vendor has switched it off on 2026-12-11."
    ]
    assert takes.known_as(family, DAY)[0].startswith("Known as GPT-5. Read on 2026-11-23: ")


def test_prefill_and_log_probabilities_are_told_for_every_profile() -> None:
    told = dict(takes.besides(ANTHROPIC, "claude-opus-4-6"))
    assert told["prefill"] == "The model refuses a trailing assistant message."
    assert told["log probabilities describe"] == "It reports none."
    local = dict(takes.besides(LOCAL, "any"))
    assert local["log probabilities describe"] == (
        "The model's own distribution, before temperature, top_p and the like."
    )


def test_what_the_lab_adds_to_the_embedded_model_is_told_with_its_reason() -> None:
    told = {field: (value, why) for field, value, why in takes.added(LOCAL)}

    assert told["temperature"][0] == "1"
    assert told["cache_prompt"][0] == "false"
    assert told["samplers"][0].startswith("penalties, temperature")
    assert all(why for _, why in told.values())


def test_prices_are_those_of_the_list_and_nothing_is_rounded() -> None:
    price = price_of(asked(OPENAI, "gpt-4.1"), day=DAY)
    assert isinstance(price, Price)
    assert price_list.rows(price) == [
        ["input", "$2.00"],
        ["input that was read from the cache", "$0.50"],
        ["input that was written to the cache", "$2.00"],
        ["output, reasoning included", "$8.00"],
    ]
    assert price_list.long_prompts(price) == ""

    cached = price_of(asked(OPENAI, "gpt-5.2"), day=DAY)
    assert isinstance(cached, Price)
    assert price_list.rows(cached)[1][1] == "$0.175"


def test_a_price_that_rises_with_the_prompt_says_so() -> None:
    price = price_of(asked(GEMINI, "gemini-2.5-pro"), day=DAY)
    assert isinstance(price, Price)

    assert price_list.long_prompts(price) == (
        "A very long prompt costs more: with 400,000 tokens, $2.50 for a million of them."
    )


def asked(endpoint: Endpoint, model: str) -> Configuration:
    return Configuration(name="x", endpoint=endpoint, model=model)


def test_a_server_is_what_was_typed_without_blanks_around_it() -> None:
    assert described.endpoint(
        " mine ", base_url=f" {URL}/ ", profile="vllm", api_key_env=" MY_KEY "
    ) == Endpoint(name="mine", base_url=URL, profile="vllm", api_key_env="MY_KEY")


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("", {}, "A name has 1 to 60 characters, in one line."),
        ("x" * 61, {}, "A name has 1 to 60 characters, in one line."),
        ("a\nb", {}, "A name has 1 to 60 characters, in one line."),
        ("local", {}, "endpoints has local, which is built in: choose another name."),
        (
            "mine",
            {"base_url": "ftp://x"},
            "The base URL must be a web address such as http://127.0.0.1:8000/v1.",
        ),
        (
            "mine",
            {"base_url": "http://me:secret@x/v1"},
            "The base URL must be an address alone: no name, password, ? or #.",
        ),
        (
            "mine",
            {"api_key_env": "not a name"},
            "The variable with its key must be the name of an environment variable, such as "
            "MY_KEY.",
        ),
        (
            "mine",
            {"base_url": "https://example.com/v1", "api_key_env": "OPENAI_API_KEY"},
            "OPENAI_API_KEY is not sent to example.com, the address of mine. Put this endpoint's "
            "own key into another variable, and name it in api_key_env.",
        ),
    ],
)
def test_what_is_wrong_with_a_server_is_told(name: str, typed: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as error:
        described.endpoint(name, **{"base_url": URL, **typed})

    assert str(error.value) == says


def test_a_key_typed_as_the_name_of_its_variable_is_refused_without_being_quoted() -> None:
    key = "sk-" + "a1b2" * 10
    with pytest.raises(InputError) as error:
        described.endpoint("mine", base_url=URL, api_key_env=key)

    assert "holds an API key" in str(error.value)
    assert key not in str(error.value)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_kind_that_is_offered_can_be_saved(dialect: Any) -> None:
    for says, profile in described.kinds(dialect).items():
        made = described.endpoint("mine", base_url=URL, dialect=dialect, profile=profile)
        assert made.profile == profile
        assert says


@given(
    st.text(min_size=1, max_size=40).map(str.strip).filter(lambda name: name.isprintable() and name)
)
def test_a_server_copied_into_a_draft_is_the_same_server(name: str) -> None:
    server = Endpoint(name=name, dialect="anthropic", base_url="https://x.example", profile=None)
    document = {"messages": [{"role": "user", "content": "x"}]}

    experiment = parse(using.used(document, server, "m"))

    assert [each.endpoint for each in experiment.configurations] == [server]


def test_a_draft_with_another_server_of_the_name_is_left_alone() -> None:
    document = {"endpoints": {"mine": {"base_url": "http://127.0.0.1:1/v1"}}}

    with pytest.raises(InputError, match="another endpoint that is called mine"):
        using.used(document, Endpoint(name="mine", base_url=URL), "m")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://example.com/v1", True),
        ("http://192.168.0.9:8000/v1", True),
        ("https://example.com/v1", False),
        (URL, False),
        ("http://localhost:8000/v1", False),
        ("exam", False),
    ],
)
def test_plain_http_off_this_machine_is_told(url: str, told: bool) -> None:
    assert described.in_the_open(Endpoint(name="x", base_url=url), {}) is told


def report(*, day: int = 24, complete: bool = True, **verdicts: Verdict) -> AuditReport:
    return AuditReport(
        endpoint="mine",
        base_url=URL,
        model="m",
        made_at=datetime(2026, 11, day, 12, tzinfo=UTC),
        calls=40,
        complete=complete,
        settings={
            name: SettingReport(verdict=verdict, says=f"About {name}.", calls=20)
            for name, verdict in verdicts.items()
        },
        logprobs_describe="unknown",
    )


def test_an_audit_in_words() -> None:
    found = report(top_p="ignored", prefill="cannot_tell")

    assert audit_words.rows(found) == [
        ["top_p", "ignored", "About top_p.", "20"],
        ["prefill", "cannot tell", "About prefill.", "20"],
    ]
    stands = Standing((found,))
    assert audit_words.found(stands, "top_p") == "ignored"
    assert audit_words.found(stands, "seed") == "not looked at"
    assert [audit_words.dated(stands), audit_words.besides(stands)[0]] == [
        "audited 2026-11-24",
        ["prefill, audited 2026-11-24", "Cannot tell: About prefill."],
    ]
    assert audit_words.made(found).endswith(
        "with 40 calls: what its log probabilities describe was not found out."
    )


def test_what_an_older_audit_found_stands_with_its_date_and_an_early_end_is_said() -> None:
    newest = report(top_p="honoured", complete=False)
    older = report(top_p="ignored", seed="refused", prefill="honoured", day=20)
    stands = Standing((newest, older))

    assert [audit_words.found(stands, name) for name in ("top_p", "seed", "stop")] == [
        "honoured",
        "refused (2026-11-20)",
        "not looked at",
    ]
    assert audit_words.besides(stands)[0][0] == "prefill, audited 2026-11-20"
    assert audit_words.rows(older, stands.settings_of(older)) == [
        ["seed", "refused", "About seed.", "20"],
        ["prefill", "honoured", "About prefill.", "20"],
    ]
    assert audit_words.earlier(older, stands.settings_of(older)) == (
        "An earlier audit, of 2026-11-20, looked at 2 settings that no later one has looked at:"
    )
    assert "It is not complete: it ended early, after 1 setting." in audit_words.made(newest)
    assert "not complete" not in audit_words.made(older)


def test_the_cost_of_an_audit_is_an_estimate_or_not_known() -> None:
    planned = plan(OPENAI, "gpt-4.1", settings=["stop"], environ={})
    price = price_of(asked(OPENAI, "gpt-4.1"), day=DAY)

    assert audit_words.cost(planned, Unknown("no price is known for x")) == (
        "The cost is not known: no price is known for x."
    )
    said = audit_words.cost(planned, price)
    assert said.startswith("About $0.")
    assert "an estimate by list prices of 20" in said
    assert audit_words.cost(planned, Price(None, "m", DAY)) == (
        "It costs nothing: the model runs on this machine."
    )
    assert audit_words.size(planned).startswith(f"{planned.calls:,} calls (at most ")
