"""The commands of `python -m lib`. Each translates its options and calls on; no more."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from lib.cli import analyzing, comparing, counting, keeping
from lib.cli.options import (
    Alpha,
    Concurrency,
    Events,
    File,
    Json,
    Margin,
    MaxCalls,
    MaxCost,
    Run,
    StoreOption,
    Timeout,
)

app = typer.Typer(
    name="lab",
    help="Sampling Lab without a browser: what do sampling settings do to a model's answers?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


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
    margin: Margin = None,
    alpha: Alpha = None,
    until_answered: Annotated[
        bool, typer.Option("--until-answered", help="End as soon as the question is answered.")
    ] = False,
    batch: Annotated[
        int | None, typer.Option("--batch", help="Calls of each between two looks (default 10).")
    ] = None,
    trust_endpoint: Annotated[
        list[str] | None,
        typer.Option("--trust-endpoint", help="An endpoint of the file that may be called."),
    ] = None,
    check: Annotated[
        str | None, typer.Option("--check", help="A stored run; exit 5 if the new one differs.")
    ] = None,
) -> None:
    """Run an experiment, or carry on its newest run if that is unfinished."""
    from lib.cli import asking, choosing, declaring, planning
    from lib.cli.exits import sentences

    with sentences():
        how = asking.How(
            store=store,
            as_json=json,
            as_events=events,
            concurrency=concurrency,
            max_calls=max_calls,
            max_cost_usd=max_cost,
            timeout_s=timeout,
            check=check,
        )
        experiment = declaring.declared(
            choosing.experiment(file, repeats=repeats, trusted=trust_endpoint or []),
            margin=margin,
            alpha=alpha,
            until_answered=until_answered,
            batch=batch,
        )
        if dry_run:
            sys.exit(planning.dry_run(experiment, how.max_cost, as_json=json or events))
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
    max_cost: MaxCost = None,
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
            max_cost_usd=max_cost,
            timeout_s=timeout,
        )
        sys.exit(asking.resume(run, how, repeats=repeats, retry_failed=retry_failed))


@app.command()
def runs(
    store: StoreOption = None,
    json: Json = False,
    cost: Annotated[
        bool, typer.Option("--cost", help="Say what each has cost. It reads all answers for it.")
    ] = False,
) -> None:
    """List what is stored, the newest first."""
    from lib.cli import listing
    from lib.cli.exits import sentences

    with sentences():
        listing.runs(store, as_json=json, with_cost=cost)


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
def code(
    run: Run = "latest",
    sample: Annotated[
        str, typer.Option("--sample", help="C.R: configuration number and repeat.")
    ] = "1.1",
    form: Annotated[
        str | None,
        typer.Option("--as", help="openai, anthropic, gemini or curl.", show_default="its SDK"),
    ] = None,
    store: StoreOption = None,
) -> None:
    """A program that repeats a stored request; the key comes from the environment."""
    from lib.cli import coding
    from lib.cli.exits import sentences

    with sentences():
        coding.code(run, sample, form, store)


@app.command()
def audit(
    endpoint: Annotated[
        str, typer.Option("--endpoint", help="A known one, or a name for --base-url.")
    ],
    model: Annotated[str, typer.Option("--model", help="Which of its models.")],
    base_url: Annotated[
        str | None,
        typer.Option("--base-url", help="Where it is, such as http://127.0.0.1:8000/v1."),
    ] = None,
    dialect: Annotated[
        str | None, typer.Option("--dialect", help="How it is spoken to, if not as OpenAI chat.")
    ] = None,
    api_key_env: Annotated[
        str | None, typer.Option("--api-key-env", help="The variable that holds its key.")
    ] = None,
    settings: Annotated[
        str | None, typer.Option("--settings", help="Only these, with commas between them.")
    ] = None,
    calls: Annotated[int, typer.Option("--calls", help="At most so many for each setting.")] = 40,
    max_cost: Annotated[
        float | None,
        typer.Option("--max-cost", min=0, help="Most that the audit may cost in all, in USD."),
    ] = None,
    concurrency: Concurrency = 8,
    timeout: Timeout = 120,
    store: StoreOption = None,
    json: Json = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan; send nothing.")
    ] = False,
) -> None:
    """Find out which settings a model honours, ignores or refuses."""
    from lib.cli import auditing
    from lib.cli.exits import sentences

    with sentences():
        asked = auditing.Asked(
            endpoint=endpoint,
            model=model,
            base_url=base_url,
            dialect=dialect,
            api_key_env=api_key_env,
            settings=settings,
            calls=calls,
            max_cost_usd=max_cost,
            concurrency=concurrency,
            timeout_s=timeout,
            store=store,
            as_json=json,
            dry_run=dry_run,
        )
        sys.exit(auditing.audit(asked))


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


for _more in (
    analyzing.analyze,
    comparing.compare,
    counting.plan_calls,
    keeping.delete,
    keeping.export,
    keeping.report,
):
    app.command()(_more)
app.command("import")(keeping.import_)


def main() -> None:
    """Run the shell. Text that a console can't show is written as escapes, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app()
