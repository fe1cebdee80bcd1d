"""The scaffold writes a room that passes everything a room must pass, before anybody has touched it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from engage.cli import scaffold
from tests.house import sources

if TYPE_CHECKING:
    from pathlib import Path

COPIED = (
    "engage",
    "templates",
    "translations",
    "migrations",
    "static/js",
    "static/css",
    "static/img",
    "app.py",
    "pyproject.toml",
)
#: what all tests share, whatever it is called, and the tests of the house itself
TESTS = (*(path.name for path in (sources.PROJECT / "tests").glob("*.py")), "house")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the house, for building in."""
    house = tmp_path / "house"
    for name in (*COPIED, *(f"tests/{part}" for part in TESTS)):
        source, target = sources.PROJECT / name, house / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    (house / "static" / "vendor").symlink_to(sources.PROJECT / "static" / "vendor")
    return house


def run(project: Path, *arguments: str) -> None:
    environment = os.environ | {
        "ENGAGE_TEST_DATABASES": "sqlite",
        "PYTHONPATH": str(project),
        "ENGAGE_DATA_DIR": str(project / "var"),
    }
    answer = subprocess.run(
        [sys.executable, *arguments], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, f"{' '.join(arguments)}\n{answer.stdout}{answer.stderr}"


def test_a_new_room_works_and_keeps_the_rules_of_the_house(project: Path) -> None:
    run(project, "-m", "flask", "--app", "app", "new-room", "gardens", "--noun", "plot", "--above", "people")
    run(project, "-m", "pytest", "tests/gardens")
    run(project, "-m", "pytest", "tests/house/test_architecture.py", "tests/house/test_tables.py")
    run(project, "-m", "pytest", "tests/house/test_templates.py", "-k", "gardens")
    run(project, "-m", "ruff", "check", "engage/gardens", "tests/gardens", "engage/registry.py")
    run(project, "-m", "ruff", "format", "--check", "engage/gardens", "tests/gardens", "engage/registry.py")
    run(project, "-c", "from importlinter.cli import lint_imports_command as run; run()")


@pytest.mark.parametrize("name", ["Gardens", "my-gardens", "class", "x", "gardens2"])
def test_a_name_that_is_no_plain_word_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(click.ClickException):
        scaffold.build(project=tmp_path, room=name, noun="plot", above="people")
    assert list(tmp_path.iterdir()) == []


def test_a_room_that_is_there_already_is_left_alone() -> None:
    with pytest.raises(click.ClickException):
        scaffold.build(project=sources.PROJECT, room="people", noun="plot", above="places")
