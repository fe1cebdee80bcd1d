"""Both languages say everything: no sentence without English, none out of date, no broken placeholder."""

from __future__ import annotations

import ast
import re

from engage.core import i18n
from tests.house import sources

TYPED_BY_PEOPLE = {"无"}  # what a form understands, not what it says
HAN = re.compile(r"[\u3400-\u9fff]")
MARKERS = {"_", "_l", "N_", "gettext", "lazy_gettext", "ngettext", "pgettext", "say"}
SPEAKING = ("views", "forms", "pages", "guard", "web")


def test_every_sentence_has_its_english() -> None:
    """`make i18n` brings the catalogues up to date; what is listed here waits for a translation."""
    assert list(i18n.catalogue_problems()) == []


def test_what_the_views_say_can_be_translated() -> None:
    bare = [
        f"{sources.name(path)}:{line}: {said}"
        for path in sources.python_files("engage")
        if path.stem.startswith(SPEAKING)
        for line, said in untranslatable(sources.tree(path))
    ]
    assert bare == []


def untranslatable(tree: ast.AST) -> list[tuple[int, str]]:
    """Return the Chinese strings that are neither marked nor documentation."""
    marked: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in MARKERS:
            marked |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            marked.add(id(node.value))
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and HAN.search(node.value)
        and id(node) not in marked
        and node.value not in TYPED_BY_PEOPLE
    ]
