"""How a call ends that meets a fault of tests/faulty: the same in every dialect, but for a few."""

from __future__ import annotations

from collections.abc import Mapping

from lib.domain.configuration import Dialect
from lib.domain.errors import CallError, KeyRefused, RateLimited, Refused, Transient, Unreadable
from lib.domain.vocabulary import Outcome
from tests.faulty.shapes import TEXTS

Sampled = tuple[Outcome, str]
"""Outcome and text of a sample."""
Failed = tuple[type[CallError], str]
"""Class and code of an error."""
End = Sampled | Failed

PLAIN: Sampled = ("ok", "Apple")
_EMPTY: Sampled = ("empty", "")
_FILTERED: Sampled = ("filtered", "")
_REFUSED: Sampled = ("refused", "I can't help with that.")
_SETTING: Failed = (Refused, "refused_setting")
_NO_CREDIT: Failed = (KeyRefused, "no_credit")
_SLOW_DOWN: Failed = (RateLimited, "rate_limited")
_BROKEN: Failed = (Transient, "server_error")
_LOST: Failed = (Transient, "connection")
_MALFORMED: Failed = (Unreadable, "malformed")
_PAIR: Sampled = ("ok", "\U0001f34e")

_SAMPLED: dict[Sampled, tuple[str, ...]] = {
    PLAIN: (
        *("ok", "content_list", "missing_finish", "unknown_finish", "missing_usage", "null_usage"),
        *("usage_negative", "usage_huge", "usage_string", "usage_list", "missing_model", "dup_ids"),
        *("missing_id", "model_mismatch", "extra_choices", "positive_logprobs", "nan_logprobs"),
        *("missing_logprobs", "created_201", "wrong_ctype", "bom", "nan_json", "dup_keys", "clock"),
        *("gzip", "gzip_double", "long_header", "many_headers", "set_cookie", "no_length"),
        *("early_hints", "promise_keep_alive", "echo_headers", "sse_no_finish", "sse_comments"),
        "sse_unasked",
    ),
    _EMPTY: ("null_content", "reasoning"),
    _FILTERED: ("400_policy", "400_filter", "content_filter", "prompt_blocked"),
    _REFUSED: ("refusal",),
    ("tool_call", 'look_up({"broken)'): ("tool_calls",),
    _PAIR: ("sse_split_pair",),
}
_FAILED: dict[Failed, tuple[str, ...]] = {
    _SETTING: (
        *("400_param", "400_value", "400_null_code", "400_list", "400_both", "400_prefill", "422"),
    ),
    (Refused, "context_too_long"): ("400_context", "413"),
    (Refused, "forbidden"): ("403",),
    (Refused, "not_found"): ("404_model", "404_page"),
    (Refused, "redirected"): ("redirect_host", "redirect_302", "redirect_loop", "redirect_bad"),
    (Refused, "rate_limited"): ("429_day",),
    (Refused, "other"): ("param_echo_key",),
    (KeyRefused, "bad_key"): ("401", "401_echo_key", "400_key"),
    _NO_CREDIT: ("402", "429_quota", "400_credit", "403_billing"),
    _SLOW_DOWN: (
        *("429_none", "429_seconds", "429_date", "429_ms", "429_long", "429_garbage"),
        *("429_negative", "429_delay", "error_200_limit", "sse_limit"),
    ),
    _BROKEN: ("500", "502_html", "504", "error_200", "sse_error", "sse_failed"),
    (Transient, "overloaded"): ("503", "503_retry", "529", "sse_overloaded"),
    (Transient, "timeout"): ("408", "hang", "slow_headers", "slow_body"),
    (Transient, "other"): ("409", "should_retry_true"),
    _LOST: (
        *("reset_headers", "close_headers", "cut_headers", "reset_body", "close_body"),
        *("chunk_break", "sse_break"),
    ),
    (CallError, "server_error"): ("should_retry_false",),
    (Unreadable, "too_large"): ("huge", "gzip_bomb"),
    _MALFORMED: (
        *("json_array", "json_string", "json_null", "json_number", "empty_object", "empty_choices"),
        *("null_choices", "missing_message", "missing_content", "number_content", "odd_parts"),
        *("error_200_odd", "error_200_choice", "unfinished", "truncated_json", "empty_body"),
        *("no_content", "html_200", "plain_200", "bad_utf8", "latin1", "deep_json", "huge_int"),
        *("gzip_cut", "bad_gzip", "brotli", "bad_status_line", "bad_header", "bad_chunk"),
        *("sse_no_done", "sse_cut_event", "sse_junk"),
    ),
}
_OWN: Mapping[Dialect, dict[str, End]] = {
    "openai": {},
    "openai-responses": {
        "empty_choices": _EMPTY,  # a response of no items is one by its schema
        "null_content": _MALFORMED,
    },
    "anthropic": {
        "empty_choices": _EMPTY,  # so is a message of no blocks
        "null_content": _MALFORMED,
        "refusal": ("refused", ""),  # it declines without a word
        "tool_calls": ("tool_call", 'look_up({"a": 1})'),
    },
    "gemini": {
        "missing_content": _EMPTY,  # what is empty is left out here
        "null_content": _MALFORMED,
        "tool_calls": ("tool_call", 'look_up({"a": 1})'),
    },
}


def ends(dialect: Dialect) -> dict[str, End]:
    """Every fault's end in a dialect, also of those that it can't have."""
    same: dict[str, End] = {}
    for sampled, names in _SAMPLED.items():
        same |= dict.fromkeys(names, sampled)
    for failed, names in _FAILED.items():
        same |= dict.fromkeys(names, failed)
    for name, text in TEXTS.items():
        kept = text.replace("\ud800", "\ufffd").replace("\x00", "\ufffd")
        same[name] = ("ok" if text else "empty", kept)
    return same | _OWN[dialect]
