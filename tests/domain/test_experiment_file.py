"""The experiment file: what it may say, and a sentence with its place for everything it may not."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.domain.checks import Check
from lib.domain.configuration import Configuration, Endpoint
from lib.domain.errors import InputError
from lib.domain.experiment import Experiment
from lib.domain.experiment_file import document, load, parse, parse_toml
from lib.domain.message import Message
from lib.domain.settings import Settings

HI = '[[messages]]\nrole = "user"\ncontent = "Hi"\n'
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))


def problems(toml: str) -> list[str]:
    with pytest.raises(InputError) as error:
        parse_toml(toml.encode())
    return str(error.value).splitlines()


def test_what_configurations_share_stands_in_defaults() -> None:
    asked = parse_toml(
        (
            HI + "[defaults]\nmax_tokens = 60\ntemperature = 1\n"
            '[[configurations]]\nname = "A"\ntemperature = 0\n'
            '[[configurations]]\nname = "B"\ntop_p = 0.5\n'
        ).encode()
    )

    assert [column.settings for column in asked.configurations] == [
        Settings(temperature=0, max_tokens=60),
        Settings(temperature=1, max_tokens=60, top_p=0.5),
    ]


def test_a_sweep_is_the_product_with_its_last_key_fastest() -> None:
    asked = parse_toml((HI + "[sweep]\ntemperature = [0, 0.5]\ntop_p = [0.5, 1.0]\n").encode())

    assert [column.name for column in asked.configurations] == [
        "temperature = 0, top_p = 0.5",
        "temperature = 0, top_p = 1",
        "temperature = 0.5, top_p = 0.5",
        "temperature = 0.5, top_p = 1",
    ]


def test_a_sweep_is_laid_over_every_configuration() -> None:
    asked = parse_toml(
        (
            HI + '[[configurations]]\nname = "A"\n[[configurations]]\nname = "B"\n'
            '[sweep]\nprefill = ["x", ""]\n'
        ).encode()
    )

    assert [(c.name, c.prefill) for c in asked.configurations] == [
        ("A, prefill = x", "x"),
        ("A, prefill = ", ""),
        ("B, prefill = x", "x"),
        ("B, prefill = ", ""),
    ]


@pytest.mark.parametrize(
    ("written", "asked_for"), [("true", 5), ("false", None), ("0", 0), ("12", 12)]
)
def test_logprobs_are_asked_for_with_a_number_of_alternatives(
    written: str, asked_for: int | None
) -> None:
    asked = parse_toml((HI + f"[defaults]\nlogprobs = {written}\n").encode())

    assert asked.configurations[0].settings.logprobs == asked_for


def test_one_stop_sequence_needs_no_list() -> None:
    asked = parse_toml((HI + '[defaults]\nstop = "\\n"\n').encode())

    assert asked.configurations[0].settings.stop == ("\n",)


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("repeats = 'x'\n" + HI, "repeats is 'x', but must be a whole number."),
        ("repeats = 1.5\n" + HI, "repeats is 1.5, but must be a whole number."),
        ("repeats = true\n" + HI, "repeats is True, but must be a whole number."),
        (
            HI + "[[configurations]]\nname='a'\n[[configurations]]\nname='b'\ntemprature=1",
            "configurations[1].temprature (of 'b') is not a known key. Did you mean temperature?",
        ),
        (
            HI + "[[configurations]]\nname='a'\n[[configurations]]\ntop_p=2.0",
            "configurations[1].top_p is 2.0, but must be between 0 and 1.",
        ),
        (
            HI + "[defaults]\ntemperature = nan",
            "defaults.temperature is nan, but must be between 0 and 2.",
        ),
        (
            "[[messages]]\nrole='usr'\ncontent='x'",
            "messages[0].role is 'usr', but must be system, developer, user or assistant.",
        ),
        ("[[messages]]\nrole='user'", "messages[0].content is missing."),
        (
            HI + "[sweep]\ntemperature = [3]",
            "sweep (temperature = 3).temperature is 3.0, but must be between 0 and 2.",
        ),
        (HI + "[sweep]\ntemperature = []", "sweep has no values for temperature."),
        (
            HI + f"[sweep]\nseed = {list(range(201))}",
            "sweep makes 201 configurations, but at most 200 are taken.",
        ),
        (
            HI + "[defaults]\nendpoint = 'nowhere'",
            "defaults.endpoint is 'nowhere', but known are anthropic, gemini, local, openai, "
            "openai-responses.",
        ),
        (
            HI + "[defaults]\nendpoint = 'openai'",
            "defaults.model is missing: which model should openai be asked for?",
        ),
        (
            HI + "[defaults.extra]\nn = 4",
            "defaults.extra has n, but one call is one sample: raise repeats instead.",
        ),
        (
            HI + "[endpoints.openai]\nbase_url = 'http://127.0.0.1:1'",
            "endpoints has openai, which is built in: choose another name.",
        ),
        (
            HI + "[endpoints.m]\nbase_url = 'file:///etc/passwd'",
            "endpoints.m.base_url must be a web address such as http://127.0.0.1:8000/v1.",
        ),
        (
            HI + "[endpoints.m]\nbase_url = 'http://good@evil.example/v1'",
            "endpoints.m.base_url must be an address alone: no name, password, ? or #.",
        ),
        (
            HI + "[endpoints.m]\nbase_url = 'http://127.0.0.1:1'\ndialect = 'klingon'",
            "endpoints.m.dialect is 'klingon', but must be openai, openai-responses, "
            "anthropic or gemini.",
        ),
        (
            HI + "[[checks]]\nname = 'c'\nmatches = '('",
            "checks[0]: check 'c': matches is not a regular expression: missing ) at position 1.",
        ),
        (
            HI + "[[checks]]\nname = 'c'\nmatches = '(?:(?:x{1000}){1000}){1000}'",
            "checks[0]: check 'c': matches repeats a part more than 10,000 times.",
        ),
        (
            HI + "[[checks]]\nname = 'c'\njson = true\nequals = 'x'",
            "checks[0]: check 'c' needs exactly one of equals, contains, matches, json, "
            "json_schema, max_words; it has equals, json.",
        ),
        (
            HI + "[[inputs]]\nx = 'y'",
            "inputs are not supported yet: write one experiment for each row.",
        ),
    ],
)
def test_what_is_wrong_is_told_in_one_line_with_its_place(toml: str, says: str) -> None:
    assert problems(toml) == [says]


def test_all_problems_are_told_at_once() -> None:
    assert len(problems("repeats = 'x'\nfoo = 1\n[[messages]]\nrole = 'usr'\ncontent = 3")) == 4


@pytest.mark.parametrize(
    "where",
    [
        "[endpoints.m]\nbase_url = 'http://127.0.0.1:1'\napi_key = '{key}'",
        "api_key = '{key}'",
        "[endpoints.m]\nbase_url = 'http://127.0.0.1:1'\napi_key_env = '{key}'",
        "name = 'My {key}'",
        "[defaults.extra.headers]\nAuthorization = 'Bearer {key}'",
        "[variables]\nx = '{key}'",
    ],
)
def test_a_key_in_a_file_is_refused_and_not_repeated(where: str) -> None:
    key = "sk-proj-AbCdEfGhIjKlMnOpQrStUvWx"
    told = "\n".join(problems(where.format(key=key) + "\n" + HI))

    assert key not in told
    assert "api_key_env" in told


def test_files_that_are_not_utf8_are_refused_with_the_byte() -> None:
    with pytest.raises(InputError) as error:
        parse_toml(b'name = "caf\xe9"', source="menu.toml")

    assert str(error.value) == "menu.toml is not UTF-8: byte 11 is 0xe9. Save it as UTF-8."


def test_a_byte_order_mark_is_no_problem() -> None:
    assert parse_toml(b"\xef\xbb\xbf" + HI.encode()).messages == (Message("user", "Hi"),)


def test_a_file_that_is_not_there_is_told_by_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml can't be read: No such file or directory\."):
        load(tmp_path / "none.toml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        load(tmp_path)


def test_a_deep_document_is_a_sentence_and_not_a_crash() -> None:
    with pytest.raises(InputError):
        parse_toml(("x = " + "[" * 5_000 + "]" * 5_000).encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_an_experiment_or_a_sentence(raw: bytes) -> None:
    with suppress(InputError):  # anything else fails
        parse_toml(raw)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
KEYS = [
    "name",
    "repeats",
    "prefill",
    "messages",
    "defaults",
    "configurations",
    "sweep",
    "endpoints",
    "variables",
    "checks",
]


@given(st.dictionaries(st.sampled_from(KEYS), json_values))
def test_any_document_is_an_experiment_or_a_sentence(given: dict[str, object]) -> None:
    with suppress(InputError):  # anything else fails
        parse(given)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).filter(
    lambda text: "{{" not in text and "sk-" not in text
)
some_settings = st.builds(
    Settings,
    temperature=st.none() | st.floats(0, 2),
    top_p=st.none() | st.floats(0, 1),
    top_k=st.none() | st.integers(1, 100),
    max_tokens=st.none() | st.integers(1, 100),
    stop=st.none() | st.lists(texts.filter(bool), min_size=1, max_size=3).map(tuple),
    seed=st.none() | st.integers(0, 2**32 - 2),
    logit_bias=st.none()
    | st.dictionaries(st.sampled_from(["1", "2"]), st.floats(-100, 100), min_size=1),
    logprobs=st.none() | st.integers(0, 20),
    stream=st.none() | st.booleans(),
    extra=st.dictionaries(st.sampled_from(["tools", "mirostat"]), st.integers()),
)
endpoints = st.sampled_from(
    [
        Configuration(name="x").endpoint,
        Endpoint(name="mine", base_url="http://127.0.0.1:9/v1", api_key_env="MY_KEY"),
    ]
)
turns = st.lists(texts.map(lambda text: Message("user", text)), min_size=1, max_size=3).map(tuple)


@settings(max_examples=60)
@given(st.data())
def test_an_experiment_comes_back_from_its_document(data: st.DataObject) -> None:
    columns = tuple(
        Configuration(
            name=f"column {number}",
            endpoint=data.draw(endpoints),
            model="m",
            settings=data.draw(some_settings),
            messages=data.draw(st.none() | turns),
            prefill=data.draw(st.none() | texts),
        )
        for number in range(data.draw(st.integers(1, 3)))
    )
    whole = Experiment(
        name=data.draw(texts),
        messages=data.draw(turns),
        prefill=data.draw(texts),
        configurations=columns,
        repeats=data.draw(st.integers(1, 100)),
        variables={"x": data.draw(texts)},
    )

    again = parse(document(whole))

    assert (again.name or "Untitled") == (whole.name or "Untitled")
    assert again.configurations == whole.configurations
    assert (again.messages, again.prefill, again.repeats, again.variables) == (
        whole.messages,
        whole.prefill,
        whole.repeats,
        whole.variables,
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_an_experiment(path: Path) -> None:
    asked = load(path)

    assert asked.calls <= 100
    assert all(column.endpoint.embedded for column in asked.configurations)
    assert parse(document(asked)) == asked


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ("[defaults]\nextra = {{ api_key = '{key}' }}", "defaults.extra.api_key"),
        (
            "[defaults]\nextra = {{ a = [{{ X-Api-Key = '{key}' }}] }}",
            "defaults.extra.a[0].X-Api-Key",
        ),
        ("[defaults.extra.headers]\nAuthorization = '{key}'", "defaults.extra.headers"),
        ("[defaults.extra.properties]\ntoken = '{key}'", "defaults.extra.properties.token"),
        ("[sweep]\nextra = [{{ secret = '{key}' }}]", "sweep.extra[0].secret"),
        ("[defaults.thinking]\ntoken = '{key}'", "defaults.thinking.token"),
    ],
)
def test_a_key_of_any_shape_is_known_by_its_name_in_what_is_passed_through(
    where: str, path: str
) -> None:
    key = "no-well-known-shape"
    (told,) = problems(where.format(key=key) + "\n" + HI)

    assert told == (
        f"{path} is not taken: a key does not belong in a file. Name the environment "
        'variable that has it instead, as in api_key_env = "MY_KEY".'
    )


def test_a_schema_that_describes_a_token_is_no_key() -> None:
    schema = "{ properties = { token = { type = 'string' }, key = { type = 'integer' } } }"
    text = f"[defaults]\nextra = {{ response_format = {schema}, ids = {{ token = 5 }} }}\n{HI}"

    assert parse_toml(text.encode()).configurations[0].settings.extra["ids"] == {"token": 5}


def test_an_expression_that_is_nested_too_deeply_is_refused_in_a_sentence() -> None:
    deep = "(" * 20_000 + ")" * 20_000

    with pytest.raises(InputError, match="check 'A': matches is nested too deeply"):
        Check(name="A", matches=deep)
