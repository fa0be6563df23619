"""Which setting of a request is refused, out of what an endpoint says, and the sentence for it.

Each endpoint says it in its own way: a field's name apart from the message (OpenAI), in quotes in
it (Anthropic, llama.cpp), before it (Anthropic), or in words (Gemini). What is found is shown under
the user's own name of the setting, never in the endpoint's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lib.domain.errors import CallError, Refused
from lib.providers.capabilities import profile_of, setting_of
from lib.providers.refusal_kinds import Call, no_model, other

_PENALTIES = ("frequency_penalty", "presence_penalty")
_QUOTED = re.compile(r"""["'`]([a-z_][a-z0-9_.]{0,80})["'`]""")
_BEFORE = re.compile(r"([a-z_]{1,40}(?:\.[a-z0-9_]{1,40}){0,6}): ")
_IN_WORDS = (
    (re.compile(r"\blogprobs (?:is|are) not (?:enabled|supported)"), ("logprobs",)),
    (re.compile(r"\bpenalty is not (?:enabled|supported)"), _PENALTIES),
    (re.compile(r"\bthinking level (?:\w{1,20} )?is not supported"), ("reasoning_effort",)),
)
"""Gemini's (providers.md, 3; Roo-Code 10700). The message stands in small letters."""
_RANGE = re.compile(
    r"\ban? ([a-z_]{1,40}) value of \S{1,40} but the supported range is "
    r"from (-?\d[\d.]{0,11}) \((in|ex)clusive\) to (-?\d[\d.]{0,11}) \((in|ex)clusive\)"
)


def bad_request(call: Call) -> CallError:
    """A field of the request, if it says which."""
    if (param := call.said.param) is not None:
        if _root(param) == "model":
            return no_model(call)
        return _bad_field(call, param, _setting(call, param) or _root(param))
    for name in _named(call):
        return _bad_field(call, _field(call, name), name)
    return other(call)


def no_prefill(call: Call) -> CallError:
    """A trailing assistant message."""
    return Refused(
        f"{call.model} at {call.endpoint} doesn't take a prefill.",
        "Remove the prefill, or choose a model that continues one.",
        code="refused_setting",
        setting="prefill",
    )


def late_system(call: Call) -> CallError:
    """A system message behind the first turn."""
    return Refused(
        f"{call.model} at {call.endpoint} takes no system message after the first turn.",
        "Move it to the beginning, or choose a newer model.",
        code="refused_setting",
        setting="messages",
    )


def not_both(call: Call) -> CallError:
    """Two settings together."""
    match list(dict.fromkeys(_named(call))):
        case [one, two, *_]:
            return Refused(
                f"{call.model} at {call.endpoint} doesn't take {_what(call, one)} together with "
                f"{_what(call, two)}.",
                f"Leave {one} or {two} empty.",
                code="refused_setting",
                setting=_field(call, one),
            )
        case _:
            return bad_request(call)


def not_while_thinking(call: Call) -> CallError:
    """A setting beside thinking, which takes it alone."""
    for name in _named(call):
        return Refused(
            f"{call.model} at {call.endpoint} doesn't take {_what(call, name)} while it thinks.",
            f'Leave {name} empty, or set thinking to {{ type = "disabled" }}.',
            code="refused_setting",
            setting=_field(call, name),
        )
    return bad_request(call)


def out_of_range(call: Call) -> CallError:
    """A value beyond what is taken, where the endpoint says what that is."""
    match = _RANGE.search(call.said.message)
    setting = _setting(call, match[1]) if match else None
    if match is None or setting is None:
        return bad_request(call)
    low = match[2] if match[3] == "in" else f"above {match[2]}"
    high = match[4] if match[5] == "in" else f"below {match[4]}"
    return Refused(
        f"{call.model} at {call.endpoint} doesn't take {_what(call, setting)}.",
        f"Change {setting}: {low} to {high} is taken.",
        code="refused_setting",
        setting=_field(call, setting),
    )


def one_candidate(call: Call) -> CallError:
    """Several answers to one call: passed through by `extra`."""
    return Refused(
        f"{call.model} at {call.endpoint} gives one answer to a call.",
        "Leave candidateCount out of extra, and raise repeats instead.",
        code="refused_setting",
        setting="candidateCount",
    )


def _bad_field(call: Call, field: str, name: str) -> CallError:
    root = _root(field)
    what = _what(call, name)
    match root:
        case "messages" | "system":
            fix = "See its response."
        case "max_tokens" if _sent_by_its_old_name(call):
            fix = 'Set profile = "openai" for this endpoint, which sends max_completion_tokens.'
        case "max_tokens" if call.slot.configuration.endpoint.dialect == "anthropic":
            fix = "Change max_tokens."  # this API refuses a request without it
        case _ if "unsupported_value" in call.said.codes:
            fix = f"Change {name}, or leave it empty."
        case _:
            fix = f"Leave {name} empty."
    return Refused(
        f"{call.model} at {call.endpoint} doesn't take {what if '=' in what else field}.",
        fix,
        code="refused_setting",
        setting=field,
    )


def _what(call: Call, name: str) -> str:
    """A setting with its value, where that is short."""
    settings = call.slot.configuration.settings
    value = {**settings.extra, **settings.given()}.get(name)
    return f"{name} = {value}" if isinstance(value, int | float | str) else name


def _sent_by_its_old_name(call: Call) -> bool:
    endpoint = call.slot.configuration.endpoint
    return endpoint.dialect == "openai" and profile_of(endpoint).fields["max_tokens"] == (
        "max_tokens"
    )


def _named(call: Call) -> Iterator[str]:
    """The settings that the message names, and fields of `extra`, in its order."""
    message, extra = call.said.message, call.slot.configuration.settings.extra
    for word in _QUOTED.findall(message):
        if (setting := _setting(call, word)) is not None:
            yield setting
        elif word in extra:
            yield word
    if before := _BEFORE.match(message):
        root = _root(before[1])
        if root in {"messages", "system"} or root in extra:
            yield root
        elif (setting := _setting(call, before[1])) is not None:
            yield setting
    given = call.slot.configuration.settings.given()
    for pattern, settings in _IN_WORDS:
        if pattern.search(message):
            yield from sorted((n for n in settings if n in given), key=lambda n: not given[n])


def _setting(call: Call, word: str) -> str | None:
    """The setting that an endpoint means by a word: whole, by its last part, or by its first."""
    fields = profile_of(call.slot.configuration.endpoint).fields
    for said in (word, word.rpartition(".")[2], _root(word)):
        for setting, field in fields.items():
            if _bare(said) in {_bare(field), _bare(field.rpartition(".")[2]), _bare(setting)}:
                return setting
        if (setting_elsewhere := setting_of(said)) is not None:
            return setting_elsewhere
    return None


def _field(call: Call, name: str) -> str:
    """The endpoint's name of a setting."""
    return profile_of(call.slot.configuration.endpoint).fields.get(name, name)


def _bare(name: str) -> str:
    """Gemini writes topK, top_k and topk."""
    return name.replace("_", "").lower()


def _root(field: str) -> str:
    return field.split(".")[0].split("[")[0]
