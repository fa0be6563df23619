"""Rules that a reader can't see being kept: checked in the source itself."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted([ROOT / "app.py", *(ROOT / "lib").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])
MOST_LINES = 300

RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
READS_PICKLES = {"pickle", "joblib", "shelve", "dill", "marshal"}

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
CONTAINERS = {"list", "dict", "set", "bytearray", "Counter", "defaultdict", "deque", "OrderedDict"}
CHANGES = {
    *("append", "appendleft", "extend", "extendleft", "insert", "sort", "reverse"),
    *("update", "setdefault", "subtract", "add", "intersection_update", "difference_update"),
    *("pop", "popleft", "popitem", "remove", "discard", "clear"),
}


def source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def breaking(rule: Callable[[str], list[str]]) -> list[str]:
    """Where the sources break a rule, each place by its module."""
    return [f"{path.relative_to(ROOT)}: {at}" for path in SOURCES for at in rule(source(path))]


def called(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def rendered(text: str) -> list[str]:
    """Where a text may be rendered as HTML that isn't written there."""
    return [
        f"{node.lineno}: {ast.unparse(node.func)}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and renders(node)
    ]


def renders(call: ast.Call) -> bool:
    if any(word.arg == "unsafe_allow_html" for word in call.keywords):
        return True
    written_here = all(isinstance(each, ast.Constant) for each in call.args)
    name = called(call) if getattr(call.func, "attr", "") == "html" else ""
    return bool(name) and not (name == "st.html" and written_here)


def test_no_text_is_rendered_as_html() -> None:
    assert breaking(rendered) == []


@pytest.mark.parametrize(
    "text",
    [
        "st.markdown(x, unsafe_allow_html=True)",
        "st.html(x)",
        "st.html('<b>' + x)",
        "components.v1.html('<b>')",
        "def f():\n    return st.container().html('<b>')",
    ],
)
def test_html_that_is_rendered_is_found(text: str) -> None:
    assert rendered(text)


def run_or_unpickled(text: str) -> list[str]:
    """Where something from outside is run, or read by what can run it."""
    found: list[str] = []
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        reads = {name.split(".")[0] for name in names} & READS_PICKLES
        runs = isinstance(node, ast.Call) and getattr(node.func, "id", "") in RUNS_TEXT
        if isinstance(node, ast.stmt | ast.expr) and (reads or runs):
            found.append(f"{node.lineno}: {ast.unparse(node)}")
    return found


def test_nothing_from_outside_is_run_or_unpickled() -> None:
    assert breaking(run_or_unpickled) == []


@pytest.mark.parametrize(
    "text",
    ["eval(x)", "def f():\n    return __import__(x)", "import pickle", "from marshal import loads"],
)
def test_what_is_run_or_unpickled_is_found(text: str) -> None:
    assert run_or_unpickled(text)


def kept(tree: ast.Module) -> set[str]:
    """Names that a module binds to something that can be changed."""
    found: set[str] = set()
    todo: list[ast.AST] = [*tree.body]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Assign | ast.AnnAssign) and can_change(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
        elif not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            todo += ast.iter_child_nodes(node)  # as in `if` and `try`
    return found


def can_change(value: ast.AST | None) -> bool:
    literals = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Subscript):  # Counter[str]()
        return ast.unparse(value.func.value).split(".")[-1] in CONTAINERS
    return isinstance(value, literals) or (
        value is not None and called(value).split(".")[-1] in CONTAINERS
    )


def own_names(function: ast.AST) -> set[str]:
    """Names that a function binds itself: these hide those of its module."""
    own: set[str] = set()
    shared: set[str] = set()
    todo = [*ast.iter_child_nodes(function)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Global):
            shared |= set(node.names)
        elif isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
        if not isinstance(node, FUNCTIONS):
            todo += ast.iter_child_nodes(node)
    return own - shared


def stored_into(node: ast.AST) -> Iterator[ast.expr]:
    """What a node puts something into, or takes something out of."""
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        yield node.value
    elif isinstance(node, ast.AugAssign):
        yield node.target
    elif (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CHANGES
    ):
        yield node.func.value


def changed(node: ast.AST, names: set[str], *, within: bool = False) -> Iterator[str]:
    """Where functions change one of these names of their module."""
    if isinstance(node, FUNCTIONS):
        names, within = names - own_names(node), True
    for target in stored_into(node) if within else ():
        while isinstance(target, ast.Subscript | ast.Attribute):
            target = target.value
        if isinstance(target, ast.Name) and target.id in names:
            yield f"{target.lineno}: {target.id}"
    for child in ast.iter_child_nodes(node):
        yield from changed(child, names, within=within)


def state(text: str) -> list[str]:
    """Where functions of a module change what the module keeps."""
    tree = ast.parse(text)
    declared = [
        f"{node.lineno}: global {name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Global)
        for name in node.names
    ]
    return declared + list(changed(tree, kept(tree)))


def test_no_module_keeps_state_that_changes() -> None:
    assert breaking(state) == []


@pytest.mark.parametrize(
    "text",
    [
        "_X: dict = {}\ndef f(k):\n    _X[k] = 1",
        "_X = collections.Counter()\ndef f(k):\n    _X[k] += 1",
        "_X = defaultdict(list)\ndef f(k):\n    _X[k].append(1)",
        "_X = Counter[str]()\nasync def f(k):\n    _X.update(k)",
        "_X = [x for x in ()]\nclass A:\n    def f(self):\n        _X.extend(self)",
        "_X = set()\ndef f(k):\n    def g():\n        _X.add(k)",
        "_X = {1}\nf = lambda: _X.pop()",
        "if 1:\n    _X = dict(a=1)\ndef f(k):\n    return _X.setdefault(k, 1)",
        "_X = {}\ndef f(k):\n    del _X[k]",
        "_X = []\ndef f():\n    _X.clear()",
        "_X = []\ndef f():\n    global _X\n    _X += [1]",
        "_X = None\ndef f():\n    global _X\n    _X = 1",
    ],
)
def test_state_of_a_module_is_found(text: str) -> None:
    assert state(text)


@pytest.mark.parametrize(
    "text",
    [
        "_X = {}\n_X[1] = 2",  # while it is imported
        "_X = {}\ndef f(k):\n    return _X[k], _X.get(k)",
        "_X = {}\ndef f(_X):\n    _X[1] = 2",
        "_X = {}\ndef f():\n    _X = {}\n    def g():\n        _X[1] = 2",
        "def f(k):\n    x = []\n    x.append(k)\n    x[0] += 1",
    ],
)
def test_what_a_function_keeps_for_itself_is_none(text: str) -> None:
    assert state(text) == []


def test_a_module_can_be_read_in_one_go() -> None:
    lines = {str(path.relative_to(ROOT)): len(source(path).splitlines()) for path in SOURCES}

    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_the_start_of_the_app_knows_the_shell_alone() -> None:
    imported = [
        node.module
        for node in ast.walk(ast.parse(source(ROOT / "app.py")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lib")
    ]

    assert imported == ["lib.ui"]


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("[a-z]*.py")), ids=lambda p: p.name)
def test_a_page_holds_no_logic(path: Path) -> None:
    tree = ast.parse(source(path))
    kinds = (ast.Expr, ast.ImportFrom, ast.Import)

    assert all(isinstance(node, kinds) for node in tree.body)
    assert any("shell.ensure()" in ast.unparse(node) for node in tree.body)
