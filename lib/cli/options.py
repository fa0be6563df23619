"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(help="An experiment file (TOML).", show_default=False)]
Run = Annotated[str, typer.Argument(help="A run: its id, a beginning of one, or `latest`.")]
StoreOption = Annotated[
    str | None, typer.Option("--store", help="A file or SQLAlchemy URL, instead of your own store.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Events = Annotated[bool, typer.Option("--events", help="One JSON object a line, as it happens.")]
Concurrency = Annotated[int, typer.Option("--concurrency", min=1, max=500, help="Calls at once.")]
MaxCalls = Annotated[
    int | None,
    typer.Option(
        "--max-calls", min=1, help="Calls that the run may make in all, retries included."
    ),
]
Timeout = Annotated[
    float, typer.Option("--timeout", min=1, max=86_400, help="Seconds that one call may take.")
]
MaxCost = Annotated[
    float | None,
    typer.Option("--max-cost", min=0, help="Most that the run may cost in all, in USD."),
]
Margin = Annotated[
    float | None, typer.Option("--margin", help="What is smaller doesn't matter (default 0.10).")
]
Alpha = Annotated[
    float | None, typer.Option("--alpha", help="How often it may be wrong (default 0.05).")
]
