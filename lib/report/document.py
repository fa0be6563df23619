"""The report: one HTML file that opens from a disk, fetches nothing and runs nothing.

Its policy allows one style sheet, by its hash, and nothing else: no script, no image, no font, no
connection. Charts are drawings within the page.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

from lib.analysis.summary import Analysis
from lib.engine.progress import Snapshot
from lib.report import sections
from lib.report.about import About
from lib.report.markup import element, escaped

_STYLE = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"


def document(snapshot: Snapshot, found: Analysis, about: About) -> Iterator[str]:
    """The file in pieces.

    Args:
        snapshot: the run.
        found: its analysis, with comparisons.
        about: what else is told of it.
    """
    policy = element("meta", http_equiv="Content-Security-Policy", content=POLICY)
    referrer = element("meta", name="referrer", content="no-referrer")
    view = element("meta", name="viewport", content="width=device-width, initial-scale=1")
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"{policy.written}\n{referrer.written}\n{view.written}\n"
        f"<title>{escaped(snapshot.experiment.name)} · Sampling Lab</title>\n"
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
    )
    for part in (
        sections.top(snapshot, about),
        sections.question(snapshot),
        sections.verdicts(found, snapshot),
        sections.charts(found),
        sections.numbers(found),
        sections.answers(found),
        *sections.samples(snapshot),
        sections.method(found, snapshot, about),
    ):
        yield part.written + "\n"
    yield "</main>\n</body>\n</html>\n"
