"""`analyze`: the analysis alone, of a run or of a file of outputs from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lib.cli.options import Alpha, Json, Margin, StoreOption

if TYPE_CHECKING:
    from lib.analysis.groups import Group
    from lib.domain.declared import Declared

AFTERWARDS = (
    "What is compared, or how, was given after the results: verdicts are as declared afterwards."
)


def analyze(
    run: Annotated[str, typer.Argument(help="A run, or a file of outputs from elsewhere.")],
    more: Annotated[
        list[Path] | None, typer.Argument(help="More files, to be compared with the first.")
    ] = None,
    margin: Margin = None,
    alpha: Alpha = None,
    labels: Annotated[
        str | None, typer.Option("--labels", help="Answers are one of these: yes,no.")
    ] = None,
    number: Annotated[
        bool, typer.Option("--number", help="Answers are the last number in them.")
    ] = False,
    json_field: Annotated[
        str | None, typer.Option("--json-field", help="Answers are this field of their JSON: a.b.")
    ] = None,
    pattern: Annotated[
        str | None, typer.Option("--pattern", help="Answers are the first group of this pattern.")
    ] = None,
    similar: Annotated[
        float | None,
        typer.Option("--similar", help="Answers this alike in their words count as one: 0.8."),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show the values that are found, and analyse nothing.")
    ] = False,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """The analysis alone, of a run or of a file of outputs: JSON, JSONL, CSV, .eval."""
    from lib.cli import declaring
    from lib.cli.exits import sentences

    with sentences():
        options = {
            "margin": margin,
            "alpha": alpha,
            "answer": declaring.answer(labels, number, json_field, pattern),
            "similar": similar,
        }
        _analyze([run, *map(str, more or [])], options, store, preview=preview, as_json=json)


def _analyze(
    references: Sequence[str],
    options: dict[str, Any],
    store: str | None,
    *,
    preview: bool,
    as_json: bool,
) -> None:
    from lib.analysis import summary
    from lib.cli import declaring, output
    from lib.cli.listing import opened
    from lib.cli.terminal import console, plain, write_json
    from lib.domain.declared import Declared
    from lib.engine.loading import load
    from lib.results import outputs_file
    from lib.results.grouping import groups
    from lib.results.surprisals import surprisals

    reference, path = references[0], Path(references[0])
    if len(references) > 1 or path.suffix.lower() in outputs_file.ENDINGS or path.is_file():
        declared = declaring.laid_over(Declared(), **options)
        read = outputs_file.read_all([Path(each) for each in references])
        if preview:
            return _preview(read.groups, declared, as_json=as_json)
        found = summary.analyse(read.groups, declared=declared)
        if as_json:
            return write_json(output.document_of_file(path.stem, found, read.notes))
        for note in read.notes:
            console().print(plain(note), style="yellow")
        return output.show_analysis(found, console())
    with opened(store) as there:
        snapshot = load(there, reference).snapshot()
        tokens = surprisals(there, snapshot) if as_json and not preview else None
    before = snapshot.experiment.declared
    declared = declaring.laid_over(before, **options)
    if preview:
        return _preview(groups(snapshot), declared, as_json=as_json)
    notes = [AFTERWARDS] if declared != before else []
    if as_json:
        return write_json(
            output.document(snapshot, declared=declared, notes=notes, surprisals=tokens)
        )
    return output.show(snapshot, console(), declared=declared, notes=notes)


def _preview(groups: Sequence[Group], declared: Declared, *, as_json: bool) -> None:
    """The values that a rule finds, how often, and answers in which it finds none."""
    from lib.analysis.extraction import NO_VALUE, extracted
    from lib.cli.terminal import console, plain, write_json
    from lib.domain.errors import InputError

    if declared.answer is None:
        raise InputError(
            "There is no rule to preview.", "Add --labels, --number, --json-field or --pattern."
        )
    found = extracted(declared.answer, groups)
    if as_json:
        return write_json(
            {
                "format": 1,
                "rule": declared.answer.rule,
                "configurations": [
                    {
                        "name": each.name,
                        "answers": len(each.values),
                        "values": {v: n for v, n in each.counts.items() if v != NO_VALUE},
                        "without": each.without,
                        "examples_without": list(each.examples),
                    }
                    for each in found
                ],
            }
        )
    screen = console()
    screen.print(plain(f"The value of an answer: {declared.answer.rule}."))
    for each in found:
        screen.print(plain(f"\n{each.name}: {len(each.values)} answers"), style="bold")
        for value, count in each.counts.items():
            screen.print(plain(f"{count:>5} ×  {value}"))
        for example in each.examples:
            screen.print(plain(f"  without a value: {example}"), style="yellow")
    return None
