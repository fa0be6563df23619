"""`plan-calls`: how many calls it takes, before a run, or after one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from lib.cli.options import Alpha, Json, StoreOption

if TYPE_CHECKING:
    from lib.analysis.planning import Planned


def plan_calls(
    run: Annotated[
        str | None, typer.Argument(help="A run, to be told how many more calls would tell.")
    ] = None,
    half_width: Annotated[
        float | None, typer.Option("--half-width", help="Calls for an interval of plus or minus.")
    ] = None,
    difference: Annotated[
        float | None,
        typer.Option("--difference", help="Calls that find a difference of this size."),
    ] = None,
    rate: Annotated[
        float | None, typer.Option("--rate", help="Calls that show what happens this often.")
    ] = None,
    at: Annotated[
        float, typer.Option("--at", help="The value expected; of a difference the higher one.")
    ] = 0.5,
    of: Annotated[
        str, typer.Option("--of", help="`agreement` of two calls, or a `share` of the answers.")
    ] = "agreement",
    power: Annotated[
        float, typer.Option("--power", help="How often a difference is to be found.")
    ] = 0.8,
    alpha: Alpha = None,
    store: StoreOption = None,
    json: Json = False,
) -> None:
    """How many calls does it take? Without an option: what 5 to 500 calls can tell."""
    from lib.analysis import planning
    from lib.cli.exits import sentences
    from lib.cli.terminal import console, plain, write_json
    from lib.domain.errors import InputError

    with sentences():
        asked = [each for each in (run, half_width, difference, rate) if each is not None]
        if len(asked) > 1:
            raise InputError("One question at a time: a run, --half-width, --difference or --rate.")
        if run is not None:
            return _after(run, store, as_json=json)
        level, what = 0.05 if alpha is None else alpha, _what(of)
        found: Planned
        if half_width is not None:
            found = planning.for_half_width(half_width, of=what, at=at, alpha=level)
        elif difference is not None:
            found = planning.for_difference(at, at - difference, of=what, power=power, alpha=level)
        elif rate is not None:
            found = planning.to_see(rate, alpha=level)
        else:
            return _table(power, level, as_json=json)
        if json:
            return write_json(
                {"format": 1, "calls": found.calls, "says": found.says, "method": found.method}
            )
        console().print(plain(found.says))
        console().print(plain(found.method), style="dim")
        return None


def _what(of: str) -> Literal["share", "agreement"]:
    from lib.domain.errors import InputError

    if of == "share":
        return "share"
    if of == "agreement":
        return "agreement"
    raise InputError(f"--of is {of!r}, but must be agreement or share.")


def _after(reference: str, store: str | None, *, as_json: bool) -> None:
    """For each pair that a run left open: how many calls of each would tell."""
    from lib.analysis import summary
    from lib.analysis.more_calls import more_calls
    from lib.cli.listing import opened
    from lib.cli.terminal import console, plain, write_json
    from lib.engine.loading import load
    from lib.results.grouping import groups

    with opened(store) as there:
        snapshot = load(there, reference).snapshot()
    found = more_calls(
        summary.analyse(
            groups(snapshot),
            declared=snapshot.experiment.declared,
            final=not snapshot.running,
        )
    )
    if as_json:
        document: dict[str, Any] = {
            "format": 1,
            "run": snapshot.run,
            "open": [
                {
                    "a": each.a,
                    "b": each.b,
                    "calls": each.calls,
                    "needed": each.needed,
                    "more": each.more,
                    "says": each.says,
                }
                for each in found
            ],
        }
        return write_json(document)
    for each in found:
        console().print(plain(each.says))
    if not found:
        console().print("No question was left open by too few calls.")
    return None


def _table(power: float, alpha: float, *, as_json: bool) -> None:
    """What each of a few numbers of calls can tell."""
    from dataclasses import asdict

    from rich.table import Table

    from lib.analysis.planning import resolutions
    from lib.cli.terminal import console, plain, write_json

    rows = resolutions(power=power, alpha=alpha)
    if as_json:
        return write_json(
            {"format": 1, "power": power, "alpha": alpha, "calls": [asdict(row) for row in rows]}
        )
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in (
        "calls of each",
        "a share is known to",
        "never seen: below",
        "shares found apart from",
        "agreement is known to",
        "agreements found apart from",
    ):
        table.add_column(title, justify="right")
    for row in rows:
        table.add_row(
            f"{row.calls}",
            f"±{row.share_half_width:.2f}",
            f"{row.never_seen_below:.3f}",
            _or_none(row.share_difference),
            f"±{row.agreement_half_width:.2f}",
            _or_none(row.agreement_difference),
        )
    console().print(table)
    console().print(
        plain(
            f"Intervals at {100 * (1 - alpha):g}%; found in {100 * power:g}% of runs, one pair. At "
            "worst: shares around 0.5; agreement of 0.5, where one answer is frequent and all "
            "others are rare."
        ),
        style="dim",
    )
    return None


def _or_none(difference: float | None) -> str:
    return "none" if difference is None else f"{difference:.2f}"
