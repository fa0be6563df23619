"""Rules that a reader can't see being kept: checked in the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted([ROOT / "app.py", *(ROOT / "lib").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])
NAMES = [str(path.relative_to(ROOT)) for path in SOURCES]
MOST_LINES = 300

RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
READS_PICKLES = {"pickle", "joblib", "shelve", "dill", "marshal"}


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def called(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_no_text_is_rendered_as_html(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, ast.Call):
            assert not any(word.arg == "unsafe_allow_html" for word in node.keywords)
            assert not called(node).endswith((".html", "components.v1.html"))


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_nothing_from_outside_is_run_or_unpickled(path: Path) -> None:
    imported = {
        alias.name.split(".")[0]
        for node in nodes(path)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    } | {(n.module or "").split(".")[0] for n in nodes(path) if isinstance(n, ast.ImportFrom)}

    assert not imported & READS_PICKLES
    assert not {called(node) for node in nodes(path)} & RUNS_TEXT


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_no_module_keeps_state_that_changes(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    written = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Global)
        for target in [ast.Name(name) for name in node.names]
    }

    assert not written


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_module_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_the_start_of_the_app_knows_the_shell_alone() -> None:
    imported = [
        node.module
        for node in nodes(ROOT / "app.py")
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lib")
    ]

    assert imported == ["lib.ui"]


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("[a-z]*.py")), ids=lambda p: p.name)
def test_a_page_holds_no_logic(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.Expr, ast.ImportFrom, ast.Import)

    assert all(isinstance(node, kinds) for node in tree.body)
    assert any("shell.ensure()" in ast.unparse(node) for node in tree.body)
