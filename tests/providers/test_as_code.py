"""The same call as code: each program is run, and what it sends is what the lab had sent."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from lib.domain.configuration import BUNDLED_MODEL, LOCAL, Dialect, Endpoint
from lib.domain.errors import InputError
from lib.domain.message import Message
from lib.providers.anthropic_messages.request import VERSION
from lib.providers.as_code import Form, as_code, forms
from lib.providers.registry import dialect
from tests.providers.making import KEY, answer, slot

HOSTILE = "Say \"it's\" $HOME `id` \\ \n'''\nJSON\n{{x}} \u202e\u00e9"
FOR_THE_SDK = {
    **{"timeout": 5, "extra_headers": {"x": "y"}, "extra_query": {"a": "b"}},
    **{"extra_body": {"c": "d"}, "self": 1},
}
"""What an SDK's method takes for a word to itself stays in the body, Python's `self` too."""
SETTINGS: dict[Dialect, dict[str, Any]] = {
    "openai": {
        "temperature": 0.5,
        "stop": ("\n", "'"),
        "max_tokens": 5,
        "logprobs": 3,
        "min_p": 0.1,
        "extra": {"response_format": {"type": "text"}, "repetition_penalty": 1.1, **FOR_THE_SDK},
    },
    "openai-responses": {
        "temperature": 0.5,
        "max_tokens": 16,
        "reasoning_effort": "low",
        "extra": FOR_THE_SDK,
    },
    "anthropic": {
        "temperature": 0.5,
        "top_k": 5,
        "stop": ("x",),
        "max_tokens": 40_000,
        "thinking": {"type": "enabled", "budget_tokens": 2000},
        "extra": FOR_THE_SDK,
    },
    "gemini": {
        "temperature": 0.5,
        "top_k": 5,
        "stop": ("x",),
        "logprobs": 2,
        "thinking": {"thinkingBudget": 0},
        "extra": {"generationConfig": {"speechConfig": {}}, "labels": {"a": "b"}},
    },
}
ANSWERS: dict[Dialect, dict[str, Any]] = {
    "openai": answer(),
    "openai-responses": {"id": "r", "object": "response", "output": [], "status": "completed"},
    "anthropic": {"id": "m", "type": "message", "role": "assistant", "content": []},
    "gemini": {"candidates": [{"content": {"parts": [{"text": "Apple"}]}, "finishReason": "STOP"}]},
}
CASES = [(dialect_, form) for dialect_ in SETTINGS for form in ("sdk", "curl")]

STAND_IN = """
import sys, urllib.request
arguments = iter(sys.argv[1:])
headers = {}
for each in arguments:
    if each == "-H":
        name, _, value = next(arguments).partition(": ")
        headers[name] = value
    elif each.startswith("http"):
        url = each
call = urllib.request.Request(url, sys.stdin.buffer.read(), headers)
print(urllib.request.urlopen(call).read())
"""
"""Where no curl is installed, what it does with these arguments."""


@dataclass
class Recorder:
    """A server that keeps what it is sent."""

    url: str
    answer: dict[str, Any]
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    found = Recorder("", {})

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            named = {name.lower(): value for name, value in self.headers.items()}
            found.calls.append((self.path, named, body))
            said = json.dumps(found.answer).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def endpoint(url: str, spoken: Dialect) -> Endpoint:
    base = url if spoken == "anthropic" else f"{url}/v1"
    return Endpoint(name="mine", dialect=spoken, base_url=base, api_key_env="MY_KEY")


def run(program: str, form: Form, folder: Path) -> None:
    """Run it as its user would, with the key in the environment."""
    kept = {name: value for name, value in os.environ.items() if "KEY" not in name}
    script = folder / ("call.sh" if form == "curl" else "call.py")
    script.write_text(program, encoding="utf-8")
    if form == "curl" and shutil.which("curl") is None:
        (folder / "curl").write_text(f"#!{sys.executable}\n{STAND_IN}", encoding="utf-8")
        (folder / "curl").chmod(0o755)
        kept["PATH"] = f"{folder}{os.pathsep}{kept['PATH']}"
    command = ["sh", str(script)] if form == "curl" else [sys.executable, str(script)]
    done = subprocess.run(
        command, env={**kept, "MY_KEY": KEY}, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout


@pytest.mark.parametrize(("spoken", "how"), CASES)
def test_a_program_sends_what_the_lab_had_sent(
    spoken: Dialect, how: str, recorder: Recorder, tmp_path: Path
) -> None:
    recorder.answer = ANSWERS[spoken]
    there = endpoint(recorder.url, spoken)
    messages = (
        Message("system", "Be brief."),
        Message("user", HOSTILE),
        Message("assistant", "No."),
        Message("user", "Name a fruit."),
    )
    request = dialect(there).build(slot(*messages, endpoint=there, **SETTINGS[spoken]))
    form: Form = "curl" if how == "curl" else forms(there)[0]

    run(as_code(request, there, form), form, tmp_path)

    ((path, headers, body),) = recorder.calls
    assert json.loads(body) == json.loads(request.body)
    assert path.removeprefix("" if spoken == "anthropic" else "/v1") == request.path
    assert KEY in {headers.get("x-api-key"), headers.get("x-goog-api-key")} | {
        headers.get("authorization", "").removeprefix("Bearer ")
    }
    if spoken == "anthropic":
        assert headers["anthropic-version"] == VERSION
    if form == "curl":
        assert body.rstrip(b"\n") == request.body


@pytest.mark.parametrize("form", ["openai", "curl"])
def test_no_program_of_the_embedded_model_names_an_address_that_will_be_gone(form: Form) -> None:
    request = dialect(LOCAL).build(slot(endpoint=LOCAL))

    program = as_code(request, LOCAL, form)

    assert "llama-server -m FILE" in program
    assert "import os" not in program
    assert "http://127.0.0.1:8080/v1" in program
    assert not re.search(r"environ\[|Authorization", program)


def test_a_file_of_ones_own_is_served_with_its_own_template() -> None:
    bundled, own = (
        as_code(dialect(LOCAL).build(slot(endpoint=LOCAL, model=model)), LOCAL, "curl")
        for model in (BUNDLED_MODEL, "mine")
    )

    assert "# llama-server -m FILE --chat-template chatml --port 8080\n" in bundled
    assert "# FILE is in the folder models of the lab's data folder.\n" in bundled
    assert "# llama-server -m FILE --port 8080\n" in own
    assert "# FILE is the one that you gave to setup" in own


def test_another_vendors_sdk_does_not_speak_the_dialect() -> None:
    request = dialect(LOCAL).build(slot(endpoint=LOCAL))

    with pytest.raises(InputError, match="dialect openai, which gemini doesn't speak"):
        as_code(request, LOCAL, "gemini")
