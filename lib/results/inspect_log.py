"""Logs of inspect_ai: `.eval` (a zip of JSON files) and `.json`.

Shape: `EvalLog` and `EvalSample` of inspect_ai's `log/_log.py`, the files of the zip from
`log/_recorders/eval.py`, `ModelOutput` from `model/_model_output.py`. Epochs are the repeats; a
configuration is a model with one sample of the task's data set, as only these ask the same thing.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from lib.domain.errors import InputError
from lib.domain.settings import Settings
from lib.domain.vocabulary import Usage
from lib.results.lines import Line, Lines, as_text, count, number, table

MOST_BYTES = 256 * 2**20
"""Of all files of a zip together, unpacked: a small zip could fill the memory."""
_ATTACHED = "attachment://"
_SETTINGS = ("temperature", "top_p", "top_k", "max_tokens", "seed")


def is_log(document: Any) -> bool:
    """Whether a JSON document is a log of inspect_ai."""
    found = table(document)
    return isinstance(found.get("samples"), list) and "model" in table(found.get("eval"))


def unpacked(name: str, raw: bytes) -> dict[str, Any]:
    """The document that an `.eval` file stands for: its header and its samples.

    Args:
        name: of the file, for messages.
        raw: its bytes.

    Raises:
        InputError: if it is no such file, unpacks to too much, or is compressed in a new way.
    """
    try:
        with zipfile.ZipFile(BytesIO(raw)) as zipped:
            if sum(info.file_size for info in zipped.infolist()) > MOST_BYTES:
                raise InputError(f"{name} unpacks to more than {MOST_BYTES // 2**20} MB.")
            names = zipped.namelist()
            head = next(
                (n for n in ("header.json", "_journal/start.json", "start.json") if n in names), ""
            )
            if not head:
                raise InputError(f"{name} is no log of inspect_ai: it has no header.")
            document: dict[str, Any] = json.loads(zipped.read(head))
            document["samples"] = [
                json.loads(zipped.read(each))
                for each in names
                if each.startswith("samples/") and each.endswith(".json")
            ]
            return document
    except NotImplementedError as error:
        raise InputError(
            f"{name} is compressed in a way that this Python can't read.",
            "Convert it: inspect log convert --to json.",
        ) from error
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, RecursionError) as error:
        raise InputError(f"{name} is not an .eval file that can be read: {error}.") from error


def lines(document: Mapping[str, Any]) -> Lines:
    """The outputs of all samples and epochs."""
    samples = [each for each in document["samples"] if isinstance(each, dict)]
    ids = list(dict.fromkeys(str(each.get("id")) for each in samples))
    settings = _settings(document)
    in_order = sorted(samples, key=lambda each: (ids.index(str(each.get("id"))), _epoch(each)))
    read = [_line(document, each, len(ids), settings) for each in in_order]
    notes = list(_notes(document, ids))
    return Lines(read, tuple(notes))


def _notes(document: Mapping[str, Any], ids: list[str]) -> Iterator[str]:
    status = document.get("status")
    if status not in {None, "success"}:
        yield f"The log's status is {status}: it may hold a part of the samples only."
    if len(ids) > 1:
        yield (
            f"{len(ids)} samples of the data set: each is a configuration of its own, as calls are "
            "draws of one distribution only where they ask the same thing."
        )


def _line(
    document: Mapping[str, Any], sample: Mapping[str, Any], ids: int, settings: Settings
) -> Line:
    output = table(sample.get("output"))
    model = str(table(document.get("eval")).get("model"))
    choices = output.get("choices")
    first = table(choices[0]) if isinstance(choices, list) and choices else {}
    usage = table(output.get("usage"))
    reason = first.get("stop_reason")
    failed = sample.get("error") is not None or not first
    return Line(
        configuration=model if ids == 1 else f"{model}, {sample.get('id')}",
        output=None if failed else _text(sample, output, first),
        finish_reason=reason if isinstance(reason, str) else None,
        model=str(output.get("model") or model),
        settings=settings,
        usage=Usage(
            input_tokens=count(usage.get("input_tokens")),
            output_tokens=count(usage.get("output_tokens")),
            cached_tokens=count(usage.get("input_tokens_cache_read")),
            reasoning_tokens=count(usage.get("reasoning_tokens")),
            cache_write_tokens=count(usage.get("input_tokens_cache_write")),
        ),
        seconds=number(output.get("time")) or 0.0,
        foreign=True,
    )


def _text(sample: Mapping[str, Any], output: Mapping[str, Any], first: Mapping[str, Any]) -> str:
    """The completion; long ones may be kept beside the sample, and be named by a hash here."""
    said = output.get("completion")
    if not isinstance(said, str) or not said:
        said = _content(table(first.get("message")).get("content"))
    if said.startswith(_ATTACHED):
        kept = table(sample.get("attachments")).get(said.removeprefix(_ATTACHED))
        return said if kept is None else as_text(kept)
    return said


def _content(content: Any) -> str:
    """The text of a message: as it is, or the text parts of a list, reasoning left out."""
    if isinstance(content, list):
        parts = (table(part) for part in content)
        return "\n".join(str(part.get("text", "")) for part in parts if part.get("type") == "text")
    return "" if content is None else as_text(content)


def _epoch(sample: Mapping[str, Any]) -> int:
    return count(sample.get("epoch")) or 0


def _settings(document: Mapping[str, Any]) -> Settings:
    """The settings of all calls, as far as the lab knows them and they can be true."""
    config = {
        **table(table(document.get("plan")).get("config")),
        **table(table(document.get("eval")).get("model_generate_config")),
    }
    given = {name: config[name] for name in _SETTINGS if number(config.get(name)) is not None}
    try:
        return Settings(**given)
    except InputError:
        return Settings()
