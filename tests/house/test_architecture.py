"""The rules of the floor plan that import-linter cannot say once for every room."""

from __future__ import annotations

import ast
import sys
from functools import cache

import grimp

from engage.registry import ROOMS
from tests.house import sources

# The wiring at the top of the house may look into a room; nothing else may.
# Called once per request by the framework, which tells nobody the time.
AT_THE_GATE = {"engage/people/devices.py", "engage/people/threshold.py"}
WIRING = {"engage", "engage.registry", "engage.config"}
IMPURE = {
    "random",
    "secrets",
    "time",
    "os",
    "uuid",
    "socket",
    "threading",
    "subprocess",
    "pathlib",
    "sqlite3",
    "logging",
}


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("engage", cache_dir=None)


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def test_every_room_in_the_registry_has_a_door_and_every_door_is_in_the_registry() -> None:
    packages = {path.parent.name for path in sources.ENGAGE.glob("*/__init__.py")} - {"core", "cli"}
    assert packages == set(ROOMS)


def test_a_room_is_entered_by_its_door_only() -> None:
    side_doors = [
        f"{importer} -> {imported}"
        for importer in sorted(graph().modules)
        for imported in sorted(graph().find_modules_directly_imported_by(importer))
        if importer not in WIRING
        and room_of(imported) not in {"", "core", "cli", room_of(importer)}
        and imported.count(".") > 1
    ]
    assert side_doors == []


def test_a_room_knows_only_rooms_below_it() -> None:
    floor = {room: number for number, room in enumerate(("core", *ROOMS))}
    upward = [
        f"{importer} -> {imported}"
        for importer in sorted(graph().modules)
        for imported in sorted(graph().find_modules_directly_imported_by(importer))
        if floor.get(room_of(imported), -1) > floor.get(room_of(importer), len(floor))
    ]
    assert upward == []


def test_rules_are_pure() -> None:
    """Standard library without clocks, chance or files; own types; the refusals of the core and its arithmetic of chains."""
    allowed = sys.stdlib_module_names - IMPURE
    reaching_out = []
    for path in sources.ENGAGE.glob("*/rules*.py"):
        own = f"engage.{path.parent.name}."
        for imported in sources.imports(path):
            top = imported.split(".")[0]
            pure = top in allowed or imported.startswith(
                ("engage.core.errors.", "engage.core.ages.", "engage.core.chain.", f"{own}rules")
            )
            if not pure:
                reaching_out.append(f"{sources.name(path)}: {imported}")
    assert reaching_out == []


def test_rules_are_told_the_time() -> None:
    asking = [
        f"{sources.name(path)}:{node.lineno}"
        for path in sources.ENGAGE.glob("*/rules*.py")
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
    ]
    assert asking == []


def test_what_changes_something_is_told_the_time() -> None:
    """Views and the command line ask; a query may, when its caller does not care."""
    asking = [
        f"{sources.name(path)}:{node.lineno}"
        for path in sources.python_files("engage")
        if path.parent.name not in {"core", "cli", "demo"}
        and not path.name.startswith(("views", "cli", "queries"))
        and sources.name(path) not in AT_THE_GATE
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"clock.now", "datetime.now", "datetime.utcnow", "date.today"}
    ]
    assert asking == []


def test_only_transaction_commits() -> None:
    committing = [
        f"{sources.name(path)}:{node.lineno}"
        for path in sources.python_files("engage")
        if path != sources.ENGAGE / "core" / "database.py"
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert committing == []


def test_every_function_is_a_plain_one() -> None:
    """Nobody asks at each call whether one is a coroutine (core.application): what were one would never be awaited."""
    asynchronous = [
        f"{sources.name(path)}:{node.lineno}"
        for path in sources.python_files("engage")
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.AsyncFunctionDef)
    ]
    assert asynchronous == []


def test_views_parse_call_and_render() -> None:
    """At most 15 statements: what is longer holds a decision that belongs to a command or a rule."""
    long = [
        f"{sources.name(path)}: {function.name} has {count} statements"
        for path in sources.python_files("engage")
        if path.name.startswith("views")
        for function in ast.walk(sources.tree(path))
        if isinstance(function, ast.FunctionDef)
        and (count := sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1) > 15
    ]
    assert long == []


def test_views_touch_no_rows() -> None:
    """A view that needs a query asks its room's queries."""
    touching = [
        f"{sources.name(path)}: {imported}"
        for path in sources.python_files("engage")
        if path.name.startswith("views")
        for imported in sources.imports(path)
        if imported.startswith("sqlalchemy") or imported == "engage.core.database.db"
    ]
    assert touching == []
