"""The same call as a program: by the vendor's SDK, or by curl. The key comes from the environment.

Each program sends the very JSON that the stored request holds; what an SDK has no parameter for
goes by its door for further fields.
"""

from __future__ import annotations

import inspect
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pprint import pformat
from typing import Any, Literal
from urllib.parse import unquote

from lib.domain.configuration import KNOWN_ENDPOINTS, Dialect, Endpoint
from lib.domain.errors import InputError
from lib.domain.vocabulary import Request
from lib.providers.addresses import VENDORS, base_url
from lib.providers.anthropic_messages.request import VERSION

Form = Literal["openai", "anthropic", "gemini", "curl"]
FORMS: tuple[Form, ...] = ("openai", "anthropic", "gemini", "curl")

_SDKS: Mapping[Dialect, Form] = {
    "openai": "openai",
    "openai-responses": "openai",
    "anthropic": "anthropic",
    "gemini": "gemini",
}
_HEADERS: Mapping[Dialect, tuple[str, ...]] = {
    "openai": ("Authorization: Bearer ${key}",),
    "openai-responses": ("Authorization: Bearer ${key}",),
    "anthropic": ("x-api-key: ${key}", f"anthropic-version: {VERSION}"),
    "gemini": ("x-goog-api-key: ${key}",),
}
_TEMPLATE = "chat_template of the server"
"""In the notes of a request, where the lab starts its server with a template of its own."""
_EMBEDDED_URL = "http://127.0.0.1:8080/v1"
_NO_FIELDS = frozenset({"self", "extra_headers", "extra_query", "extra_body", "timeout"})
"""Parameters of an SDK's method that are no fields of the body."""
_GEMINI_CONFIG = frozenset(
    {
        "temperature",
        "topP",
        "topK",
        "maxOutputTokens",
        "stopSequences",
        "seed",
        "presencePenalty",
        "frequencyPenalty",
        "responseLogprobs",
        "logprobs",
        "responseMimeType",
        "responseSchema",
        "responseJsonSchema",
    }
)
"""Of generationConfig: what google-genai 3.6 has a parameter for (types.GenerateContentConfig).

Not thinkingConfig, whose fields it spells in another way, nor systemInstruction beside it, to which
it adds a role: they go as they are."""
_GEMINI_BESIDE = frozenset({"safetySettings", "serviceTier", "cachedContent"})
"""The same, of the body itself."""


@dataclass(frozen=True, slots=True)
class _Call:
    """What a program is made of."""

    body: dict[str, Any]
    path: str
    endpoint: Endpoint
    url: str


def forms(endpoint: Endpoint) -> tuple[Form, ...]:
    """In which forms a call to an endpoint can be written."""
    return _SDKS[endpoint.dialect], "curl"


def as_code(
    request: Request,
    endpoint: Endpoint,
    form: Form,
    *,
    environ: Mapping[str, str] = os.environ,
) -> str:
    """A program that repeats a request.

    Args:
        request: as it was sent.
        endpoint: to which it was sent.
        form: one of `forms`.
        environ: where the vendor's address may stand, as for the call itself.

    Raises:
        InputError: if the request was sent in another vendor's dialect.
    """
    if form not in forms(endpoint):
        raise InputError(
            f"This request was sent in the dialect {endpoint.dialect}, which {form} doesn't speak.",
            f"Ask for {' or '.join(forms(endpoint))}.",
        )
    body: dict[str, Any] = json.loads(request.body)
    url = _EMBEDDED_URL if endpoint.embedded else str(base_url(endpoint, environ)).rstrip("/")
    program = (
        _curl(request, endpoint, url)
        if form == "curl"
        else _WRITERS[endpoint.dialect](_Call(body, request.path, endpoint, url))
    )
    return _how_to_serve(request) + program if endpoint.embedded else program


def _curl(request: Request, endpoint: Endpoint, url: str) -> str:
    body = request.body.decode()
    end = "JSON"
    while re.search(rf"^{end}$", body, re.MULTILINE):
        end += "_"
    variable = _variable(endpoint)
    headers = [each for each in _HEADERS[endpoint.dialect] if variable or "{key}" not in each]
    said = [each.replace("{key}", variable or "") for each in headers]
    address = f"{url}{request.path}".replace("'", "%27")
    lines = [
        f"curl -sS -X POST '{address}' \\",
        "  -H 'Content-Type: application/json' \\",
        *(f'  -H "{each}" \\' for each in said),
        f"  --data-binary @- <<'{end}'",
        body,
        end,
    ]
    return "\n".join(lines) + "\n"


def _openai_chat(call: _Call) -> str:
    from openai.resources.chat.completions import Completions  # late: it takes half a second

    return _sdk_program(
        "from openai import OpenAI",
        _client("OpenAI", call, VENDORS["openai"].url),
        "client.chat.completions.create",
        _arguments(call.body, Completions.create),
        streamed=bool(call.body.get("stream")),
        endpoint=call.endpoint,
    )


def _openai_responses(call: _Call) -> str:
    from openai.resources.responses import Responses  # late: it takes half a second

    return _sdk_program(
        "from openai import OpenAI",
        _client("OpenAI", call, VENDORS["openai-responses"].url),
        "client.responses.create",
        _arguments(call.body, Responses.create),
        streamed=bool(call.body.get("stream")),
        endpoint=call.endpoint,
    )


def _anthropic(call: _Call) -> str:
    from anthropic.resources.messages import Messages  # late: it takes half a second

    arguments = {
        **_arguments(call.body, Messages.create),
        "extra_headers": {"anthropic-version": VERSION},  # the SDK's own takes no temperature
        "timeout": 600,  # else the SDK refuses long answers without a stream
    }
    return _sdk_program(
        "from anthropic import Anthropic",
        _client("Anthropic", call, VENDORS["anthropic"].url),
        "client.messages.create",
        arguments,
        streamed=bool(call.body.get("stream")),
        endpoint=call.endpoint,
    )


def _gemini(call: _Call) -> str:
    generation = call.body.get("generationConfig", {})
    config = {name: value for name, value in generation.items() if name in _GEMINI_CONFIG}
    config |= {name: value for name, value in call.body.items() if name in _GEMINI_BESIDE}
    more = {
        name: value
        for name, value in call.body.items()
        if name not in {*_GEMINI_BESIDE, "contents", "generationConfig"}
    }
    if rest := {name: value for name, value in generation.items() if name not in _GEMINI_CONFIG}:
        more["generationConfig"] = rest
    if more:
        config["httpOptions"] = {"extraBody": more}
    streamed = ":streamGenerateContent" in call.path
    model = unquote(re.sub(r":\w+(\?.*)?$", "", call.path)).removeprefix("/")
    address, _, version = call.url.rpartition("/")
    options = {"base_url": address, "api_version": version}
    key = _key(call.endpoint)
    method = "generate_content_stream" if streamed else "generate_content"
    return _sdk_program(
        "from google import genai  # pip install google-genai",
        f"client = genai.Client(api_key={key}, http_options={options!r})",
        f"client.models.{method}",
        {"model": model, "contents": call.body["contents"], "config": config},
        streamed=streamed,
        endpoint=call.endpoint,
    )


_WRITERS: Mapping[Dialect, Callable[[_Call], str]] = {
    "openai": _openai_chat,
    "openai-responses": _openai_responses,
    "anthropic": _anthropic,
    "gemini": _gemini,
}


def _arguments(body: Mapping[str, Any], create: Callable[..., object]) -> dict[str, Any]:
    """The body as arguments: what the SDK knows by name, the rest as `extra_body`."""
    known = inspect.signature(create).parameters.keys() - _NO_FIELDS
    named = {name: value for name, value in body.items() if name in known}
    more = {name: value for name, value in body.items() if name not in known}
    return {**named, "extra_body": more} if more else named


def _sdk_program(
    imported: str,
    client: str,
    call: str,
    arguments: Mapping[str, Any],
    *,
    streamed: bool,
    endpoint: Endpoint,
) -> str:
    written = "".join(f"    {name}={_value(value)},\n" for name, value in arguments.items())
    shown = (
        "for event in answer:\n    print(event.model_dump_json())\n"
        if streamed
        else "print(answer.model_dump_json(indent=2))\n"
    )
    system = ["import os", ""] if _variable(endpoint) else []
    head = "\n".join([*system, imported])
    return f"{head}\n\n{client}\nanswer = {call}(\n{written})\n{shown}"


def _value(value: object) -> str:
    return pformat(value, width=90, sort_dicts=False).replace("\n", "\n    ")


def _client(name: str, call: _Call, own: str) -> str:
    address = "" if call.url == own else f"base_url={call.url!r}, "
    return f"client = {name}({address}api_key={_key(call.endpoint)}, max_retries=0)"


def _variable(endpoint: Endpoint) -> str | None:
    """The environment variable that holds the key, if there is one."""
    known = {each.name: each.api_key_env for each in KNOWN_ENDPOINTS}
    return endpoint.api_key_env or known.get(endpoint.name)


def _key(endpoint: Endpoint) -> str:
    variable = _variable(endpoint)
    return f'os.environ["{variable}"]' if variable else '"none"'


def _how_to_serve(request: Request) -> str:
    """The embedded model's own address and key change with every start: how to serve its file."""
    template = next((each.value for each in request.notes.added if each.field == _TEMPLATE), None)
    option = "" if template is None else f" --chat-template {template}"
    where = (
        "the one that you gave to setup, or that SAMPLING_LAB_MODEL names"
        if template is None
        else "in the folder models of the lab's data folder"
    )
    return (
        "# The embedded model's address and key change with every start.\n"
        "# To repeat this call, serve its GGUF file as the lab does:\n"
        f"# llama-server -m FILE{option} --port 8080\n"
        f"# FILE is {where}.\n"
    )
