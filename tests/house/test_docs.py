"""The documents say what is true: every setting and command is there, and what they tell people to type exists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
import pytest

from tests.house import sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

DOCS = sources.PROJECT / "docs"
SETTING = re.compile(r"\b(ENGAGE_[A-Z_]+|DATABASE_URL|PG_BIN)\b")
FLASKS_OWN = {"run", "shell", "routes"}
ALEMBICS_OWN = "db"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
# What every shell has; anything else in a block must be one of ours.
KNOWN = re.compile(r"(cd|git clone|cp|curl|sudo apt install|brew install|sudo systemctl|docker) ")


def pages() -> list[pytest.ParameterSet]:
    found = [*sources.PROJECT.glob("*.md"), *DOCS.rglob("*.md")]
    return [pytest.param(path, id=sources.name(path)) for path in sorted(found)]


def commands(group: click.Group, prefix: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if not prefix and name in FLASKS_OWN | {ALEMBICS_OWN}:
            continue
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield prefix + name


def targets() -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+):.*##", sources.text(sources.PROJECT / "Makefile"), re.MULTILINE))


def test_every_setting_is_documented() -> None:
    files = sources.python_files("engage", "scripts", "tests")
    read = {
        name
        for path in files
        for line in sources.text(path).splitlines()
        if "environ" in line or "envvar" in line
        for name in SETTING.findall(line)
    }
    documented = set(SETTING.findall(sources.text(DOCS / "how-to" / "settings.md")))
    assert read - documented == set(), "read by the code, but not in docs/how-to/settings.md"
    assert {name for name in documented if not any(name in sources.text(path) for path in files)} == set()


def test_every_command_is_documented(house: Flask) -> None:
    documented = set(re.findall(r"^\| `([^`]+)` \|", sources.text(DOCS / "how-to" / "commands.md"), re.MULTILINE))
    ours = set(commands(house.cli))
    assert ours - documented == set(), "not in docs/how-to/commands.md"
    assert {f"make {name}" for name in targets()} - documented == set()
    gone = {name for name in documented - ours if not name.startswith(("make ", "db "))}
    assert gone == set(), "documented, but no longer there"


@pytest.mark.parametrize("path", pages())
def test_what_people_are_told_to_type_exists(house: Flask, path: sources.Path) -> None:
    known_flask = {*commands(house.cli), *(f"db {name}" for name in ("upgrade", "migrate", "downgrade", "check"))}
    unknown = []
    for line in "\n".join(BLOCK.findall(sources.text(path))).splitlines():
        typed = re.sub(r"^([A-Z_]+=\S+ )*", "", line.strip())
        if not typed or typed.startswith("#") or KNOWN.match(typed + " "):
            continue
        make = re.match(r"make ([a-z0-9-]+)", typed)
        flask = re.match(r"(?:\.venv/bin/)?flask --app app ([a-z0-9 -]+)", typed)
        if make and make.group(1) in targets():
            continue
        if flask and any(f"{flask.group(1)} ".startswith(f"{name} ") for name in known_flask):
            continue
        unknown.append(line)
    assert unknown == []


@pytest.mark.parametrize("path", pages())
def test_links_lead_to_files_that_are_there(path: sources.Path) -> None:
    assert [link for link in LINK.findall(sources.text(path)) if not (path.parent / link).exists()] == []
