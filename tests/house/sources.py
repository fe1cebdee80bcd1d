"""Where the house tests look: the project's own files, read once."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
ENGAGE = PROJECT / "engage"
TEMPLATES = PROJECT / "templates"


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Return every Python file below the folders named, in order."""
    return tuple(sorted(path for folder in folders for path in (PROJECT / folder).rglob("*.py")))


@cache
def templates() -> tuple[Path, ...]:
    """Return every template, in order."""
    return tuple(sorted(TEMPLATES.rglob("*.html")))


@cache
def text(path: Path) -> str:
    """Return what a file says."""
    return path.read_text("utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """Return a Python file, parsed."""
    return ast.parse(text(path), filename=str(path))


def name(path: Path) -> str:
    """Return the path as people write it."""
    return str(path.relative_to(PROJECT))


def strings(path: Path) -> list[str]:
    """Return the strings of a Python file that it works with: all but its documentation."""
    prose = {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)}
    constants = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and id(node) not in prose)
    return [node.value for node in constants if isinstance(node.value, str)]


def imports(path: Path) -> list[str]:
    """Return the dotted names a file imports, wherever in the file; `from a import b` counts as `a.b`."""
    found: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names]
    return found
