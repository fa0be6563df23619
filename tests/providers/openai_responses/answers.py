"""What OpenAI's Responses answer, by its schema: whole, as events, and as errors."""

from __future__ import annotations

import json
import math
import re
from typing import Any

ALTERNATIVES = (" Pear", " Plum", " Fig", " Kiwi", " Lime")


def response(asked: dict[str, Any], text: str, number: int = 1) -> dict[str, Any]:
    """A good answer to a request, with all fields that the schema requires."""
    limit = asked.get("max_output_tokens")
    tokens = re.findall(r"\s*\S+|\s+$", text)
    cut = limit is not None and limit < len(tokens)
    kept = tokens[:limit] if cut else tokens
    positions = (
        _logprobs(kept, asked.get("top_logprobs") or 0)
        if "message.output_text.logprobs" in (asked.get("include") or ())
        else []
    )
    part = {"type": "output_text", "text": "".join(kept), "annotations": [], "logprobs": positions}
    return {
        "id": f"resp_{number}",
        "object": "response",
        "created_at": 1_795_000_000 + number,
        "status": "incomplete" if cut else "completed",
        "completed_at": None if cut else 1_795_000_001 + number,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "instructions": None,
        "max_output_tokens": limit,
        "model": asked.get("model", "some-model"),
        "output": [message([part], status="incomplete" if cut else "completed")],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": (asked.get("reasoning") or {}).get("effort"), "summary": None},
        "service_tier": asked.get("service_tier", "default"),
        "store": asked.get("store", True),
        "temperature": asked.get("temperature", 1.0),
        "text": {"format": {"type": "text"}, "verbosity": "medium", **asked.get("text", {})},
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": asked.get("top_logprobs", 0),
        "top_p": asked.get("top_p", 1.0),
        "truncation": "disabled",
        "usage": usage(output_tokens=len(kept), total_tokens=11 + len(kept)),
        "metadata": {},
    }


def usage(**changes: object) -> dict[str, Any]:
    """Tokens as they are reported."""
    return {
        "input_tokens": 11,
        "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
        "output_tokens": 1,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 12,
        **changes,
    }


def message(content: list[Any], **changes: object) -> dict[str, Any]:
    """An item that is the model's message."""
    return {
        "id": "msg_1",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": content,
        **changes,
    }


def output_text(text: str, **changes: object) -> dict[str, Any]:
    """A part of a message that is text."""
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": [], **changes}


def refusal(words: str) -> dict[str, Any]:
    """A part of a message in which the model declines."""
    return {"type": "refusal", "refusal": words}


def function_call(name: str = "look_up", arguments: str = '{"a": 1}') -> dict[str, Any]:
    """An item that is a call of a function."""
    return {
        "id": "fc_1",
        "type": "function_call",
        "status": "completed",
        "call_id": "call_1",
        "name": name,
        "arguments": arguments,
    }


def reasoning(*summary: str) -> dict[str, Any]:
    """An item that is reasoning, of which a summary is shown."""
    texts = [{"type": "summary_text", "text": each} for each in summary]
    return {"id": "rs_1", "type": "reasoning", "summary": texts}


def failed(code: str, words: str = "It failed.") -> dict[str, Any]:
    """A response without an answer, with status 200."""
    whole = response({}, "")
    return {
        **whole,
        "status": "failed",
        "completed_at": None,
        "error": {"code": code, "message": words},
        "output": [],
        "usage": None,
    }


def error(words: str, *, kind: str = "invalid_request_error", **more: object) -> dict[str, Any]:
    """A body of another status than 200."""
    return {"error": {"message": words, "type": kind, "param": None, "code": None, **more}}


def events(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The same answer as the events of a stream."""
    begun = {**whole, "status": "in_progress", "output": [], "usage": None, "completed_at": None}
    told: list[dict[str, Any]] = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
    ]
    for index, item in enumerate(whole["output"]):
        told += _item_events(item, index)
    told.append({"type": f"response.{whole['status']}", "response": whole})
    return [{**each, "sequence_number": number} for number, each in enumerate(told)]


def stream(told: list[dict[str, Any]]) -> list[bytes]:
    """Events as they go over the wire."""
    return [b"event: %b\ndata: %b\n\n" % (e["type"].encode(), json.dumps(e).encode()) for e in told]


def _item_events(item: dict[str, Any], index: int) -> list[dict[str, Any]]:
    where = {"item_id": item["id"], "output_index": index}
    empty = {"content": [], "summary": [], "arguments": ""}
    begun = {**item, "status": "in_progress", **{n: v for n, v in empty.items() if n in item}}
    told: list[dict[str, Any]] = [
        {"type": "response.output_item.added", "output_index": index, "item": begun}
    ]
    for at, part in enumerate(item.get("content") or []):
        told += _part_events(part, {**where, "content_index": at})
    for at, part in enumerate(item.get("summary") or []):
        here = {**where, "summary_index": at}
        told += _texts("response.reasoning_summary_text", "text", part["text"], here)
    if "arguments" in item:
        told += _texts("response.function_call_arguments", "arguments", item["arguments"], where)
    told.append({"type": "response.output_item.done", "output_index": index, "item": item})
    return told


def _part_events(part: dict[str, Any], where: dict[str, Any]) -> list[dict[str, Any]]:
    if part["type"] == "refusal":
        told = _texts("response.refusal", "refusal", part["refusal"], where)
        begun = {**part, "refusal": ""}
    else:
        told = _texts("response.output_text", "text", part["text"], where)
        begun = {**part, "text": "", "logprobs": []}
        for at, each in enumerate(told):  # in pieces their bytes are left out
            each["logprobs"] = [_without_bytes(p) for p in part["logprobs"][at : at + 1]]
        told[-1]["logprobs"] = [_without_bytes(p) for p in part["logprobs"]]
    return [
        {"type": "response.content_part.added", **where, "part": begun},
        *told,
        {"type": "response.content_part.done", **where, "part": part},
    ]


def _texts(kind: str, name: str, text: str, where: dict[str, Any]) -> list[dict[str, Any]]:
    pieces = re.findall(r"\s*\S+|\s+$", text)
    told = [{"type": f"{kind}.delta", **where, "delta": piece} for piece in pieces]
    return [*told, {"type": f"{kind}.done", **where, name: text}]


def _without_bytes(position: dict[str, Any]) -> dict[str, Any]:
    top = [_without_bytes(each) for each in position.get("top_logprobs", [])]
    bare = {"token": position["token"], "logprob": position["logprob"]}
    return {**bare, "top_logprobs": top} if "top_logprobs" in position else bare


def _logprobs(tokens: list[str], top: int) -> list[dict[str, Any]]:
    return [
        {
            **_token(token, 0.6),
            "top_logprobs": [
                _token(each, 0.6 / 2**rank)
                for rank, each in enumerate((token, *ALTERNATIVES)[:top])
            ],
        }
        for token in tokens
    ]


def _token(token: str, probability: float) -> dict[str, Any]:
    return {"token": token, "bytes": list(token.encode()), "logprob": math.log(probability)}
