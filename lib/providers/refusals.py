"""What a reply without an answer means, in two tables: by the endpoint's own word, then by status.

Words go first: the same status 400 or 429 stands for things that reach far and less far.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lib.domain.errors import CallError, RateLimited, Refused, Transient
from lib.domain.vocabulary import Reply, Slot
from lib.providers import refusal_kinds as kinds
from lib.providers import refused_fields as fields
from lib.providers.error_body import CUT, MOST_OF_AN_ERROR, ErrorBody, error_body
from lib.providers.headers import retry_after_s, should_retry
from lib.providers.refusal_kinds import Call

_Kind = Callable[[Call], CallError]


def refusal(slot: Slot, reply: Reply) -> CallError:
    """The error that a reply of another status than 200 stands for. Pure."""
    said, status = error_body(reply), reply.status
    kind = (
        _by_word(said, status)
        or _BY_STATUS.get(status)
        or _BY_CLASS.get(status // 100, kinds.other)
    )
    return _told(kind, Call(slot, reply, said, status))


def refusal_inside(slot: Slot, reply: Reply, said: ErrorBody) -> CallError | None:
    """The error that stands in the body of a 200, or `None` if its words are not known. Pure."""
    status = said.status or 200
    kind = _by_word(said, status) or _BY_STATUS.get(status) or _BY_CLASS.get(status // 100)
    return kind and _told(kind, Call(slot, reply, said, status))


def _told(kind: _Kind, call: Call) -> CallError:
    """The error, with what the headers say about another try."""
    error, reply = kind(call), call.reply
    if reply.body.endswith(CUT):
        error.says += f" Only the first {MOST_OF_AN_ERROR // 1024} kB of its response are kept."
    if isinstance(error, Transient):
        error.retry_after_s = retry_after_s(reply.headers) or call.said.retry_after_s
    error.maybe_billed = reply.status == 200 or call.status in {504, 524}
    match should_retry(reply.headers), error:
        case False, Transient() if not isinstance(error, RateLimited):
            return CallError(
                error.says, error.fix, code=error.code, maybe_billed=error.maybe_billed
            )
        case True, Refused():
            return Transient(error.says, error.fix, code=error.code)
    return error


def filtered(said: ErrorBody) -> bool:
    """Whether a content filter took the prompt or the answer: an outcome, not a failure."""
    return not said.codes.isdisjoint(_FILTERED) or _OF_OUTPUT in said.message


def filtered_output(said: ErrorBody) -> bool:
    """Whether it took the answer, not the prompt: the same prompt may pass next time."""
    return _OF_OUTPUT in said.message


def _by_word(said: ErrorBody, status: int) -> _Kind | None:
    """What the endpoint's own words mean, if they are known ones."""
    explained = said.message if status in {200, 400, 403, 404, 422, 429} else ""
    for words, pattern, kind in _BY_WORD_INSIDE if status == 200 else _BY_WORD:
        if not said.codes.isdisjoint(words) or (pattern and re.search(pattern, explained)):
            return kind
    return None


_FILTERED = frozenset(
    {
        "content_filter",
        "content_policy_violation",
        "invalid_prompt",  # OpenAI's reasoning models (t0-1 69): "flagged as potentially violating"
        "responsibleaipolicyviolation",
        "moderation_blocked",
        "data_inspection_failed",
    }
)
_OF_OUTPUT = "output blocked by content filtering policy"
"""Anthropic's only word for it, with no code of its own (claude-code 6195, 58367)."""
_BY_WORD: tuple[tuple[set[str], str, _Kind], ...] = (
    (
        {
            "insufficient_quota",
            "billing_hard_limit_reached",
            "billing_not_active",
            "insufficient_balance",
            "insufficient_credits",
            "billing_error",  # Anthropic, as are the limits
            "contract_spend_limit_reached",
            "enforced_spend_limit_reached",
            "linked_organization_spend_limit_reached",
            "linked_organization_billing_unavailable",
            "billing_disabled",  # Gemini
        },
        r"credit balance is too low",
        kinds.no_credit,
    ),
    ({"organization_on_hold"}, r"organization has been disabled", kinds.closed),
    ({"quota_per_day"}, "", kinds.spent),
    (
        {
            "invalid_api_key",
            "incorrect_api_key",
            "authentication_error",
            "api_key_invalid",
            "unauthenticated",
        },
        r"api key (?:not valid|not found|expired)|(?:incorrect|invalid) api key"
        r"|unregistered callers",
        kinds.bad_key,
    ),
    (
        {
            "context_length_exceeded",
            "exceed_context_size_error",
            "string_above_max_length",
            "request_too_large",
        },
        r"(?:maximum|available|model's) context|context (?:length|window)|exceed context limit"
        r"|request too large|prompt is too long|exceeds the maximum number of tokens",
        kinds.too_long,
    ),
    (
        {"model_not_found", "model_not_exist"},
        r"model .{0,100}(?:not found|not exist)",
        kinds.no_model,
    ),
    (set(), r"assistant message prefill", fields.no_prefill),
    (set(), r"role ['\"`]?system['\"`]? is not supported", fields.late_system),
    (set(), r"cannot both be specified", fields.not_both),
    (set(), r"when thinking is enabled", fields.not_while_thinking),
    (set(), r"but the supported range is from", fields.out_of_range),
    (set(), r"candidatecount must be|only one candidate", fields.one_candidate),
)
"""Codes, or what the message holds. The first row that fits holds."""

_BY_WORD_INSIDE: tuple[tuple[set[str], str, _Kind], ...] = (
    *_BY_WORD,
    (
        {"rate_limit_exceeded", "rate_limit_error", "too_many_requests", "resource_exhausted"},
        "",
        kinds.slow_down,
    ),
    (
        {
            "overloaded_error",
            "server_overloaded",
            "server_is_overloaded",  # OpenAI's, in streams; the next two with it (zed 63238)
            "service_unavailable_error",
            "slow_down",
            "unavailable_error",
            "unavailable",
        },
        "",
        kinds.overloaded,
    ),
    (
        {"server_error", "internal_error", "internal_server_error", "api_error", "internal"},
        "",
        kinds.server_error,
    ),
    ({"timeout_error", "deadline_exceeded"}, "", kinds.gave_up),
    ({"permission_error", "permission_denied"}, "", kinds.forbidden),
)
"""What a status says elsewhere, where the status is 200."""

_BY_STATUS: dict[int, _Kind] = {
    400: fields.bad_request,
    401: kinds.bad_key,
    402: kinds.no_credit,
    403: kinds.forbidden,
    404: kinds.not_found,
    405: kinds.not_found,
    408: kinds.gave_up,
    409: kinds.again,
    410: kinds.no_model,
    413: kinds.too_long,
    422: fields.bad_request,
    425: kinds.again,
    429: kinds.slow_down,
    503: kinds.overloaded,
    529: kinds.overloaded,
}
_BY_CLASS: dict[int, _Kind] = {3: kinds.redirected, 5: kinds.server_error}
