"""Who points at a row: asked of the foreign keys themselves, so that a table added tomorrow is asked as well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Column, ColumnClause, ColumnElement, Index, literal, or_, select, text, true, union_all
from sqlalchemy.orm import InstrumentedAttribute

from engage.core.database import Base, db
from engage.core.tenancy import current_community_id

#: rows in one statement, so that none outlasts PostgreSQL's patience, and conditions in it, so that SQLite can parse it
_ROWS, _RUNS = 2_000, 200

NOTHING: Final[Mapping[str, ColumnElement[bool]]] = MappingProxyType({})


def pointers_to(table: str) -> list[Column[Any]]:
    """Return every column of a tenant table whose foreign key leads to the id of this one, in order of names."""
    found = {
        element.parent
        for child in Base.metadata.tables.values()
        if "community_id" in child.c
        for key in child.foreign_key_constraints
        for element in key.elements
        if element.column.table.name == table and element.column.name == "id"
    }
    return sorted(found, key=lambda column: (column.table.name, column.name))


def referring_tables(
    table: str, ids: Collection[int], *, apart_from: Mapping[str, ColumnElement[bool]] = NOTHING
) -> dict[int, frozenset[str]]:
    """Return, for each id that some row of this community points at, the names of the tables of those rows.

    `apart_from` names, per table, rows that do not count. One statement, whatever the number of ids.
    """
    wanted = set(ids)
    columns = pointers_to(table)
    if not wanted or not columns:
        return {}
    here, low, high = current_community_id(), min(wanted), max(wanted)
    asked = []
    for column in columns:
        name = column.table.name
        # Core tables are not confined by the session: the community is named here.
        conditions = [column.table.c.community_id == here, column.between(low, high)]
        if name in apart_from:
            conditions.append(apart_from[name].is_not(true()))  # a row that cannot tell counts
        asked.append(select(literal(name).label("by"), column.label("id")).where(*conditions).distinct())
    found: defaultdict[int, set[str]] = defaultdict(set)
    for by, row_id in db.session.execute(union_all(*asked)):
        if row_id in wanted:
            found[row_id].add(by)
    return {row_id: frozenset(tables) for row_id, tables in found.items()}


def runs_of(ids: Collection[int]) -> list[tuple[int, int]]:
    """Return the ids as runs (first, last) without gaps, in order: thousands of ids are few conditions."""
    runs: list[tuple[int, int]] = []
    for one in sorted(set(ids)):
        if runs and runs[-1][1] == one - 1:
            runs[-1] = (runs[-1][0], one)
        else:
            runs.append((one, one))
    return runs


def parts_of(
    column: InstrumentedAttribute[int] | ColumnClause[int], ids: Collection[int]
) -> Iterator[ColumnElement[bool]]:
    """Yield conditions that together name these ids, each of them small enough for one statement."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _ROWS):
        runs = runs_of(ordered[start : start + _ROWS])
        for first in range(0, len(runs), _RUNS):
            yield or_(*(column.between(low, high) for low, high in runs[first : first + _RUNS]))


def way_back(table: str, column: str) -> Index:
    """Return the index by which a database finds the rows that name one of our community, without reading them all.

    Before a row goes, both databases look for every row that refers to it: taking back an import of 20,000 people would
    read each large table 20,000 times. Rows that name nobody are left out, so they cost nothing.
    """
    named = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}_back", "community_id", column, sqlite_where=named, postgresql_where=named)
