"""What stands below the finding in the shell: open questions, and answers as they are counted."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from lib.analysis.answer_shares import answer_shares
from lib.analysis.finish_reasons import Share
from lib.analysis.more_calls import more_calls
from lib.analysis.phrases import share
from lib.analysis.summary import Analysis
from lib.cli.terminal import plain

MOST_PAIRS, MOST_ANSWERS = 6, 8
"""That are listed; of more it is told how many."""


def show_open(found: Analysis, console: Console) -> None:
    """How many more calls would tell, for each pair that a run left open, the easiest first."""
    pairs = sorted(more_calls(found), key=lambda pair: (pair.needed is None, pair.needed or 0))
    if len(pairs) < 2:
        return  # the finding has said it
    for pair in pairs[:MOST_PAIRS]:
        console.print(plain(pair.says))
    if (more := len(pairs) - MOST_PAIRS) > 0:
        console.print(plain(f"And {more} more pairs."))


def show_answers(found: Analysis, console: Console) -> None:
    """Values or lexical clusters with their shares, where these count as answers."""
    clusters = found.answers.clusters
    if clusters is None and not found.answers.values:
        return
    listed = answer_shares(found)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("value" if clusters is None else "lexical cluster", overflow="fold")
    for each in found.configurations:
        table.add_column(plain(each.name, most=40), overflow="fold")
    for answer in listed[:MOST_ANSWERS]:
        cells = [plain(_cell(each)) for each in answer.shares]
        table.add_row(plain(answer.answer or "(empty)", most=60), *cells)
    console.print(table)
    if (more := len(listed) - MOST_ANSWERS) > 0:
        console.print(plain(f"And {more:,} rarer ones."))


def _cell(found: Share | None) -> str:
    if found is None:
        return "no answer"
    told = f"{found.count:,} of {found.n:,}"
    if found.low is None or found.high is None:
        return told
    return f"{told} ({share(found.low)}–{share(found.high)})"
