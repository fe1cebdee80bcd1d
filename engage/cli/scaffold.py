"""`flask --app app new-room NAME`: the right shape is the lazy one.

Writes the files of a small room that works and is tested, and puts the room on its floor. What it writes is meant to be
changed; what it must keep is said by tests/house.
"""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template

import click

from engage.config import PROJECT
from engage.registry import ROOMS

PATTERNS = Path(__file__).parent / "room"
NAME = re.compile(r"[a-z][a-z]{2,30}")


@click.command("new-room")
@click.argument("room")
@click.option("--noun", required=True, help="What the room keeps, in the singular: the first table's name.")
@click.option("--above", required=True, type=click.Choice(ROOMS), help="The highest room it may know.")
def new_room(room: str, *, noun: str, above: str) -> None:
    """Add the room ROOM to the house: files, templates, tests, registry and floor plan."""
    for path in build(project=PROJECT, room=room, noun=noun, above=above):
        click.echo(f"wrote {path.relative_to(PROJECT)}")
    click.echo(
        f"\nNext: flask --app app db migrate -m {room}, make check, pytest tests/{room}; "
        "then --update-golden for the list of routes. docs/adr/ is the place for the reason it exists."
    )


def build(*, project: Path, room: str, noun: str, above: str) -> list[Path]:
    """Write the room below `project` and return the files written.

    Raises a ClickException when a name is not a plain lower-case word or the room is there already.
    """
    for word in (room, noun):
        if not NAME.fullmatch(word) or keyword.iskeyword(word):
            raise click.ClickException(f"{word!r} is no name: one plain word, lower-case letters")
    if (project / "engage" / room).exists():
        raise click.ClickException(f"there is a room {room!r} already")
    words = {"room": room, "Room": room.capitalize(), "noun": noun, "Noun": noun.capitalize()}
    written = [_write(pattern, target, words) for pattern, target in _targets(project, room, noun)]
    return [*written, _register(project, room, above), _give_a_floor(project, room, above)]


def _targets(project: Path, room: str, noun: str) -> list[tuple[Path, Path]]:
    pages = project / "templates" / room
    tests = project / "tests" / room
    tests.mkdir(parents=True)
    (tests / "__init__.py").touch()
    return [
        *((pattern, project / "engage" / room / pattern.stem) for pattern in sorted((PATTERNS / "engage").iterdir())),
        (PATTERNS / "templates" / "index.html.txt", pages / "index.html"),
        (PATTERNS / "templates" / "_fragment.html.txt", pages / f"_{noun}s.html"),
        *((pattern, tests / pattern.stem) for pattern in sorted((PATTERNS / "tests").iterdir())),
        (PATTERNS / "en.po.txt", project / "translations" / "en" / f"{room}.po"),
    ]


def _write(pattern: Path, target: Path, words: dict[str, str]) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(Template(pattern.read_text("utf-8")).substitute(words), "utf-8")
    return target


def _register(project: Path, room: str, above: str) -> Path:
    path = project / "engage" / "registry.py"
    line = f'    "{above}",\n'
    path.write_text(path.read_text("utf-8").replace(line, f'{line}    "{room}",\n'), "utf-8")
    return path


def _give_a_floor(project: Path, room: str, above: str) -> Path:
    """Put a line above the floor that `above` lives on into the import contract."""
    path = project / "pyproject.toml"
    floor = re.compile(rf'^  "[a-z |]*\b{above}\b[a-z |]*",\n', re.MULTILINE)
    path.write_text(floor.sub(lambda line: f'  "{room}",\n{line.group(0)}', path.read_text("utf-8"), count=1), "utf-8")
    return path
