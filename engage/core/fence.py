"""The fence between communities, at the ORM: confines reads, checks writes (trust §3 (d) 1-2).

The database is the second fence: composite foreign keys refuse a foreign tenant's parent, and PostgreSQL's row-level
security shows and takes no row of another community (engage.core.row_security).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TypeVar, cast

from sqlalchemy import Table, event, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import ExecutableOption

from engage.core.database import TenantBase, TenantMixin, db
from engage.core.errors import NotFound, OutsideTransaction, ScopeMissing
from engage.core.tenancy import current_community_id, find_scope, is_everywhere

T = TypeVar("T", bound=TenantBase)
_READS_ONLY = "work across communities reads; to write, choose the community (ADR 0023)"


@event.listens_for(Session, "do_orm_execute")
def _confine(state: ORMExecuteState) -> None:
    if state.is_column_load:
        return
    if is_everywhere():
        if not state.is_select and _touches_tenant_rows(_elements(state)):
            raise ScopeMissing(_READS_ONLY)
        return
    scope = find_scope()
    if scope is None:
        if _touches_tenant_rows(_elements(state)):
            raise ScopeMissing("a query on tenant rows ran with no community chosen")
        return
    if state.is_select or state.is_update or state.is_delete:
        state.statement = state.statement.options(_only(scope))


@cache
def _only(community_id: int) -> ExecutableOption:
    """Return what confines a statement to one community, made once for each."""
    return with_loader_criteria(TenantMixin, lambda cls: cls.community_id == community_id, include_aliases=True)


def _elements(state: ORMExecuteState) -> Iterable[object]:
    return visitors.iterate(cast("visitors.ExternallyTraversible", state.statement))


def _touches_tenant_rows(elements: Iterable[object]) -> bool:
    return any(isinstance(element, Table) and "community_id" in element.c for element in elements)


@event.listens_for(Session, "before_flush")
def _check_writes(session: Session, _context: UOWTransaction, _instances: object) -> None:
    if not (session.new or session.dirty or session.deleted):
        return
    if not session.info.get("in_command"):
        raise OutsideTransaction("rows changed outside transaction()")
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, TenantMixin):
            continue
        if is_everywhere():
            raise ScopeMissing(_READS_ONLY)
        if row.community_id is None:
            row.community_id = current_community_id()
        elif row.community_id != current_community_id():
            raise ScopeMissing("a row of another community was about to be written")


def get_in_scope(model: type[T], row_id: int, *, lock: bool = False) -> T:
    """Return the row with this id in the chosen community. Raises `NotFound`: foreign ids look like unknown ones.

    `lock` takes the row for update (PostgreSQL; on SQLite the writer already holds the file).
    """
    statement = select(model).where(model.id == row_id)
    if lock:  # what was read before the lock may be out of date
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(statement)
    if row is None:
        raise NotFound
    return row
