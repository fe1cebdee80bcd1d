"""What must not be written: sentences officials use, conflict clauses that mint points, names that say nothing."""

from __future__ import annotations

import re

import pytest

from engage.core import i18n
from engage.registry import ROOMS
from tests.house import sources

LONGEST_FILE = 250
EMPTY_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "misc",
    "common",
    "base",
    "handlers",
    "data",
}
OFFICIALESE = re.compile(r"请知悉|予以|进行|相关|！")
SPACED_DIGITS = re.compile(r"[\u4e00-\u9fff] \d|\d [\u4e00-\u9fff]")
CONFLICT_CLAUSES = re.compile(r"\bOR\s+(IGNORE|REPLACE|FAIL)\b|\bREPLACE\s+INTO\b|^OR (IGNORE|REPLACE)", re.IGNORECASE)
SOMEBODYS_MACHINE = re.compile(r"(?<![\w.])/(home|root|Users|work)/\w")
INDEX_ADDRESS = re.compile(r"^\s*--(extra-)?index-url|^\s*--(find-links|trusted-host)|https?://", re.MULTILINE)
OURS = ("engage", "tests", "scripts", "bench", "migrations")


def test_files_are_short_enough_to_read_in_one_go() -> None:
    everywhere = sources.python_files("engage", "scripts", "bench", "tests")
    lengths = {sources.name(path): len(sources.text(path).splitlines()) for path in everywhere}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_test_file_takes_from_another() -> None:
    """What two of them need stands in `conftest.py` or in a file that says what it makes. One collects the walks again."""
    taken = [
        f"{sources.name(path)}: {found}"
        for path in sources.python_files("tests")
        for found in re.findall(r"^from (tests\.[\w.]*\.test_\w+) import", sources.text(path), re.MULTILINE)
    ]
    assert taken == ["tests/house/test_each_layer_alone.py: tests.house.test_route_walk"]


def test_files_and_classes_are_named_for_what_they_do() -> None:
    files = [sources.name(path) for path in sources.python_files(*OURS) if path.stem in EMPTY_NAMES]
    classes = [
        f"{sources.name(path)}: {found}"
        for path in sources.python_files("engage")
        for found in re.findall(
            r"^class (\w*(?:Manager|Helper|Util|Handler|Processor)\w*)", sources.text(path), re.MULTILINE
        )
    ]
    assert files + classes == []


@pytest.mark.parametrize("room", ["core", *ROOMS])
def test_sentences_speak_as_a_good_neighbour(room: str) -> None:
    """DESIGN-LANGUAGE §7: no officialese, no exclamation marks, no spaces around digits."""
    sentences = [
        str(part)
        for message in i18n.extract(room)
        if message.id
        for part in (message.id if isinstance(message.id, tuple) else (message.id,))
    ]
    assert [text for text in sentences if OFFICIALESE.search(text) or SPACED_DIGITS.search(text)] == []


def test_no_statement_lets_a_conflict_pass_in_silence() -> None:
    """`INSERT OR IGNORE` into a ledger mints points (trust.md L3); `ON CONFLICT DO NOTHING` is what is meant."""
    found = [
        f"{sources.name(path)}: {said}"
        for path in sources.python_files("engage", "migrations")
        for said in sources.strings(path)
        if CONFLICT_CLAUSES.search(said)
    ]
    assert found == []


def test_nothing_names_a_folder_of_somebodys_machine() -> None:
    files = [*sources.python_files(*OURS), *sources.templates(), sources.PROJECT / "Makefile"]
    files += [*(sources.PROJECT / "docs").rglob("*.md"), *sources.PROJECT.glob("*.md"), *sources.PROJECT.glob("*.toml")]
    found = [
        f"{sources.name(path)}: {match.group(0)}"
        for path in files
        if path.resolve() != sources.Path(__file__).resolve()
        for match in SOMEBODYS_MACHINE.finditer(sources.text(path))
    ]
    assert found == []


def test_pins_carry_hashes_and_no_address_of_an_index() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        pins = (sources.PROJECT / name).read_text("utf-8")
        assert not INDEX_ADDRESS.search(pins)
        packages = re.findall(r"^[a-z0-9][\w.-]*==.*", pins, re.MULTILINE)
        assert packages
        assert [line for line in packages if not line.endswith("\\")] == []


def test_every_direct_dependency_is_pinned() -> None:
    for name in ("requirements", "requirements-dev"):
        wanted = re.findall(r"^([a-z0-9][\w-]*)", (sources.PROJECT / f"{name}.in").read_text("utf-8"), re.MULTILINE)
        pins = set(
            re.findall(r"^([a-z0-9][\w.-]*)==", (sources.PROJECT / f"{name}.txt").read_text("utf-8"), re.MULTILINE)
        )
        assert set(wanted) <= pins
