"""The commands of `python -m lib`. Each translates its options and calls on; no more."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="lab",
    help="Sampling Lab without a browser: what do sampling settings do to a model's answers?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

File = Annotated[Path, typer.Argument(help="An experiment file (TOML).", show_default=False)]
Run = Annotated[str, typer.Argument(help="A run: its id, a beginning of one, or `latest`.")]
StoreOption = Annotated[
    str | None, typer.Option("--store", help="A file or SQLAlchemy URL, instead of your own store.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Events = Annotated[bool, typer.Option("--events", help="One JSON object a line, as it happens.")]
Concurrency = Annotated[int, typer.Option("--concurrency", min=1, max=500, help="Calls at once.")]
MaxCalls = Annotated[
    int | None, typer.Option("--max-calls", min=1, help="Calls that may be made, retries included.")
]
Timeout = Annotated[
    float, typer.Option("--timeout", min=1, max=86_400, help="Seconds that one call may take.")
]
MaxCost = Annotated[
    float | None, typer.Option("--max-cost", min=0, help="Most that it may cost, in USD.")
]


@app.command()
def setup(
    model: Annotated[
        Path | None, typer.Option("--model", help="Serve this GGUF file instead.")
    ] = None,
) -> None:
    """Fetch and check the embedded model, once."""
    from lib.cli import setting_up
    from lib.cli.exits import sentences

    with sentences():
        setting_up.setup(model)


@app.command()
def run(
    file: File,
    repeats: Annotated[
        int | None, typer.Option("--repeats", help="Calls for each configuration.")
    ] = None,
    concurrency: Concurrency = 8,
    timeout: Timeout = 120,
    max_cost: MaxCost = None,
    max_calls: MaxCalls = None,
    store: StoreOption = None,
    json: Json = False,
    events: Events = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and each request; send nothing.")
    ] = False,
    new: Annotated[
        bool, typer.Option("--new", help="Start anew, even if such a run is unfinished.")
    ] = False,
    trust_endpoint: Annotated[
        list[str] | None,
        typer.Option("--trust-endpoint", help="An endpoint of the file that may be called."),
    ] = None,
) -> None:
    """Run an experiment, or carry on its newest run if that is unfinished."""
    from lib.cli import asking, choosing, planning
    from lib.cli.exits import sentences

    with sentences():
        how = asking.How(
            store=store,
            as_json=json,
            as_events=events,
            concurrency=concurrency,
            max_calls=max_calls,
            timeout_s=timeout,
        )
        experiment = choosing.experiment(file, repeats=repeats, trusted=trust_endpoint or [])
        choosing.affordable(experiment, max_cost)
        if dry_run:
            sys.exit(planning.dry_run(experiment, as_json=json or events))
        sys.exit(asking.run(experiment, how, new=new))


@app.command()
def resume(
    run: Run = "latest",
    repeats: Annotated[
        int | None,
        typer.Option("--repeats", help="Raise the calls for each configuration to this."),
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Give failed samples new tries.")
    ] = False,
    concurrency: Concurrency = 8,
    timeout: Timeout = 120,
    max_calls: MaxCalls = None,
    store: StoreOption = None,
    json: Json = False,
    events: Events = False,
) -> None:
    """Go on with a run: only what is missing is asked for."""
    from lib.cli import asking
    from lib.cli.exits import sentences

    with sentences():
        how = asking.How(
            store=store,
            as_json=json,
            as_events=events,
            concurrency=concurrency,
            max_calls=max_calls,
            timeout_s=timeout,
        )
        sys.exit(asking.resume(run, how, repeats=repeats, retry_failed=retry_failed))


@app.command()
def runs(store: StoreOption = None, json: Json = False) -> None:
    """List what is stored, the newest first."""
    from lib.cli import listing
    from lib.cli.exits import sentences

    with sentences():
        listing.runs(store, as_json=json)


@app.command()
def show(
    run: Run = "latest",
    sample: Annotated[
        str | None, typer.Option("--sample", help="C.R: configuration number and repeat.")
    ] = None,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """Show a run, or one sample whole: request as sent, response as received."""
    from lib.cli import showing
    from lib.cli.exits import sentences

    with sentences():
        showing.show(run, sample, store, as_json=json)


@app.command()
def analyze(
    run: Annotated[str, typer.Argument(help="A run, or a file of outputs from elsewhere.")],
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """The analysis alone, of a run or of a JSON, JSONL or CSV file of outputs."""
    from lib.cli import showing
    from lib.cli.exits import sentences

    with sentences():
        showing.analyze(run, store, as_json=json)


@app.command()
def export(
    run: Run,
    to: Annotated[str, typer.Option("--to", help="A file ending in .json, .jsonl or .csv; or -.")],
    format: Annotated[
        str | None, typer.Option("--format", help="json, jsonl or csv, where --to is -.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write a run to a file; the ending says how."""
    from lib.cli import exporting
    from lib.cli.exits import sentences

    with sentences():
        exporting.export(run, to, format, store)


@app.command()
def models(json: Json = False) -> None:
    """What can be asked here: the embedded model, and endpoints that have a key."""
    from lib.cli import setting_up
    from lib.cli.exits import sentences

    with sentences():
        setting_up.models(as_json=json)


@app.command()
def doctor(json: Json = False) -> None:
    """What is missing here, and how to mend it."""
    from lib.cli import setting_up
    from lib.cli.exits import sentences

    with sentences():
        sys.exit(setting_up.doctor(as_json=json))


def main() -> None:
    """Run the shell. Text that a console can't show is written as escapes, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app()
