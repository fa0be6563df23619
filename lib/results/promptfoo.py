"""Results of promptfoo: its `.json` (summaries of version 2 and 3) and its `.jsonl`.

Shape: `EvaluateSummaryV3` and `EvaluateResult` of promptfoo's `src/types/index.ts`, and
`ProviderResponse` of `src/types/providers.ts`. A configuration is a provider with a prompt and the
variables of a test: only calls that asked the same thing are draws from one distribution. Repeats
(`--repeat`) are tests of their own there, told by having the same variables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lib.domain.vocabulary import Usage
from lib.results.lines import Line, Lines, as_text, count, number, table, told

Result = Mapping[str, Any]


def results_of(document: Any) -> list[Result] | None:
    """The results in a document of promptfoo, or `None` where it is none of promptfoo's."""
    summary = table(document).get("results")
    found = table(summary).get("results")
    return found if _are_results(found) else None


def is_result(row: Any) -> bool:
    """Whether a line of JSONL is one of promptfoo's results."""
    return {"provider", "prompt", "success"} <= table(row).keys()


def lines(results: Sequence[Result]) -> Lines:
    """The outputs of all providers, prompts and tests."""
    prompts = _numbered(_prompt(each) for each in results)
    inputs = _numbered(_vars(each) for each in results)
    read = [_line(each, prompts, inputs) for each in results]
    notes = []
    if cached := sum(table(each.get("response")).get("cached") is True for each in results):
        notes.append(
            f"{cached} of {len(results)} answers came from promptfoo's cache: they are no new "
            "draws, and may be the same draw more than once. Run it with --no-cache."
        )
    if len(inputs) > 1:
        notes.append(
            f"{len(inputs)} tests with different variables: each is a configuration of its own, as "
            "calls are draws of one distribution only where they ask the same thing."
        )
    return Lines(read, tuple(notes))


def _are_results(found: Any) -> bool:
    return isinstance(found, list) and bool(found) and all(map(is_result, found))


def _line(result: Result, prompts: Mapping[str, int], inputs: Mapping[str, int]) -> Line:
    response, provider = table(result.get("response")), result.get("provider")
    usage = table(response.get("tokenUsage"))
    name = str(table(provider).get("label") or table(provider).get("id") or provider)
    if len(prompts) > 1:
        name += f", prompt {prompts[_prompt(result)]}"
    if len(inputs) > 1:
        name += f", {told(table(result.get('vars'))) or 'no variables'}"
    output, reason = response.get("output"), response.get("finishReason")
    return Line(
        configuration=name,
        output=None if output is None else as_text(output),
        finish_reason=reason if isinstance(reason, str) else None,
        model=str(table(provider).get("id") or provider),
        usage=Usage(
            input_tokens=count(usage.get("prompt")),
            output_tokens=count(usage.get("completion")),
            cached_tokens=None,
            reasoning_tokens=count(table(usage.get("completionDetails")).get("reasoning")),
        ),
        # Of an answer from the cache this is how long it took to look it up.
        seconds=0.0
        if response.get("cached") is True
        else (number(result.get("latencyMs")) or 0.0) / 1000,
        foreign=True,
        refused=response.get("isRefusal") is True,
    )


def _prompt(result: Result) -> str:
    prompt = table(result.get("prompt"))
    # The template, not the prompt as sent: that has the variables in it.
    return str(prompt.get("id") or prompt.get("label") or result.get("promptIdx"))


def _vars(result: Result) -> str:
    return json.dumps(table(result.get("vars")), sort_keys=True)


def _numbered(texts: Any) -> dict[str, int]:
    return {text: number for number, text in enumerate(dict.fromkeys(texts), start=1)}
