"""The plan of the house, held: rooms, doors, sizes and words. Run as a program, this file lists what offends each rule."""

from __future__ import annotations

import ast
import re
import statistics
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BESIDE_THE_PACKAGE = {"tests", "benchmarks", "docs", "examples", "deploy", "build", "dist"}
LONGEST_FILE, LONGEST_CLASS, MEDIAN_MODULE = 400, 250, 100  # lines
LOOP_OVER_ONE = re.compile(r"\bfor one " + r"in\b")
VAGUE = {
    *("one", "ones", "two", "said", "told", "found", "made", "asked", "brought", "whole", "way", "shop", "desk", "beside"),
    *("channel", "tune", "remembered", "shared", "learnt"),
}
Module = tuple[str, ...]  # ("ayllu", "retrieval", "library")


@cache
def python_files() -> Sequence[Path]:
    """Every Python file of the repository, but for environments and what is built."""
    return sorted(path for path in ROOT.rglob("*.py") if not _hidden(path.relative_to(ROOT)))


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part in {"build", "dist", "__pycache__"} for part in path.parts)


@cache
def modules() -> Mapping[Module, Path]:
    """The package's modules by name; a package stands for its `__init__`."""
    named: dict[Module, Path] = {}
    for path in python_files():
        parts = path.relative_to(ROOT).with_suffix("").parts
        data = any(not (ROOT.joinpath(*parts[:end]) / "__init__.py").exists() for end in range(1, len(parts)))
        if parts[0] not in BESIDE_THE_PACKAGE and not data:
            named[("ayllu", *(part for part in parts if part != "__init__"))] = path
    return named


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def name_of(module: Module) -> str:
    return ".".join(module)


def lines_of(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def imports(module: Module, nodes: Iterator[ast.AST] | None = None) -> Iterator[Module]:
    """The package's modules that `module` imports, at its top, for types alone, or inside a function."""
    path = modules()[module]
    package = module if path.name == "__init__.py" else module[:-1]
    for node in nodes or ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (_module(tuple(alias.name.split("."))) for alias in node.names if alias.name.split(".")[0] == "ayllu")
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            base = (*start, *(node.module.split(".") if node.module else ()))
            if base and base[0] == "ayllu":
                yield from (_module((*base, alias.name)) for alias in node.names)


def _module(name: Module) -> Module:
    """`name` where it is a module, else the module that holds the name."""
    return name if name in modules() else name[:-1]


def room_of(module: Module) -> str:
    return module[1] if len(module) > 1 else ""


def circles() -> list[str]:
    """Modules that import each other, in whatever way (Tarjan's strongly connected components)."""
    order: dict[Module, int] = {}
    low: dict[Module, int] = {}
    stack: list[Module] = []
    offenders: list[str] = []
    sys.setrecursionlimit(10_000)

    def visit(module: Module) -> None:
        order[module] = low[module] = len(order)
        stack.append(module)
        for target in set(imports(module)) & modules().keys():
            if target not in order:
                visit(target)
            if target in stack:
                low[module] = min(low[module], low[target])
        if low[module] == order[module]:
            circle = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(circle) > 1 or module in imports(module):
                offenders.append(" <-> ".join(sorted(map(name_of, circle))))

    for module in modules():
        if module not in order:
            visit(module)
    return offenders


def side_doors() -> list[str]:
    """Imports of another room's modules that go past its `__init__`; heavy things inside functions may."""
    offenders = []
    for module, path in modules().items():
        at_the_top = (node for node in _outside_functions(tree(path)))
        for target in imports(module, at_the_top):
            other = room_of(target) != room_of(module) and len(target) > 2
            if other and modules().get(target, path).name != "__init__.py":
                offenders.append(f"{name_of(module)} imports {name_of(target)}")
    return offenders


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _outside_functions(child)


def long_files() -> list[str]:
    return [f"{path.relative_to(ROOT)}: {lines_of(path)}" for path in python_files() if lines_of(path) > LONGEST_FILE]


def long_classes() -> list[str]:
    offenders = []
    for path in python_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_CLASS:
                offenders.append(f"{path.relative_to(ROOT)}: {node.name} has {length}")
    return offenders


def high_median() -> list[str]:
    """The package's modules, but for those that are only doors."""
    median = statistics.median(lines_of(path) for path in modules().values() if path.name != "__init__.py")
    return [f"{median} lines"] if median > MEDIAN_MODULE else []


def prefix_families() -> list[str]:
    """Three and more modules of a folder whose names begin alike: they want a folder of their own."""
    families: dict[str, list[str]] = defaultdict(list)
    for path in modules().values():
        prefix, line, _ = path.stem.partition("_")
        if line and prefix:
            families[f"{path.parent.relative_to(ROOT)}/{prefix}_"].append(path.name)
    return [f"{family}: {', '.join(names)}" for family, names in families.items() if len(names) > 2]


def loops_over_one() -> list[str]:
    offenders = []
    for path in python_files():
        count = len(LOOP_OVER_ONE.findall(path.read_text("utf-8")))
        offenders += [f"{path.relative_to(ROOT)}: {count}"] if count else []
    return offenders


@cache
def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]


def unlisted_rooms() -> list[str]:
    """Folders with modules that the wheel would not have, and names in its list that are no folders."""
    listed = set(project()["setuptools"]["packages"])
    there = {name_of(module) for module, path in modules().items() if path.name == "__init__.py"}
    return [f"{name} is not in the list" for name in there - listed] + [f"{name} is no room" for name in listed - there]


def rooms_without_a_floor() -> list[str]:
    """Top-level rooms and modules that no layer of the import contract names."""
    layers = " ".join(layer for contract in project()["importlinter"]["contracts"] for layer in contract["layers"])
    tops = {room_of(module) for module in modules() if len(module) == 2}
    return sorted(tops - set(re.findall(r"\w+", layers)))


def rooms_without_a_word() -> list[str]:
    """Packages whose `__init__` does not say what lives there."""
    return [
        name_of(module)
        for module, path in modules().items()
        if path.name == "__init__.py" and not ast.get_docstring(tree(path))
    ]


def vague_names() -> list[str]:
    """What is assigned, taken as a parameter, defined as a function or a class, and goes by a word that names nothing."""
    offenders = []
    for path in python_files():
        names = [name for node in ast.walk(tree(path)) for name in _names_defined(node) if name.strip("_") in VAGUE]
        offenders += [f"{path.relative_to(ROOT)}: {', '.join(sorted(set(names)))}"] if names else []
    return offenders


def _names_defined(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield node.attr


RULES: Mapping[str, Callable[[], list[str]]] = {
    "No modules import each other": circles,
    "Rooms are entered by their doors": side_doors,
    "No file is too long": long_files,
    "No class is too long": long_classes,
    "Most modules are short": high_median,
    "No family of files goes by a prefix": prefix_families,
    "Loops name the thing": loops_over_one,
    "Names say what they are": vague_names,
    "Every room is in the wheel": unlisted_rooms,
    "Every room has its floor": rooms_without_a_floor,
    "Every room says what it is": rooms_without_a_word,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_plan_is_kept(rule: str) -> None:
    assert RULES[rule]() == []


if __name__ == "__main__":
    for rule, offenders in RULES.items():
        lines = offenders()
        print(f"{rule}: {len(lines) or 'held'}", *lines, sep="\n    ")  # noqa: T201
