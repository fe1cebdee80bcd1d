"""Who points at a row: asked of the foreign keys themselves, so that a table added tomorrow is asked as well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, literal, select, true, union_all

from engage.core.database import Base, db
from engage.core.tenancy import current_community_id

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
