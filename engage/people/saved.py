"""Views of the list under a name: one's own, and those the office shares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import func, or_, select

from engage.core import audit
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import N_, DomainError, NotFound
from engage.core.fence import get_in_scope
from engage.people.filters import Filters, address_of, filters_in
from engage.people.models import Person
from engage.people.models_lists import SavedView
from engage.people.queries import roll_in_turn

AT_MOST: Final = 30
NAME_AT_MOST: Final = 30


class NameInUse(DomainError):
    """Another view of the same person has this name."""


@dataclass(frozen=True, kw_only=True)
class ViewCard:
    """A view as the list offers it. `owner` is empty for one's own."""

    id: int
    name: str
    filters: Filters
    is_shared: bool
    owner: str
    is_removed: bool = False

    @property
    def address(self) -> dict[str, str]:
        """Return what the list's address needs."""
        return address_of(self.filters)


def list_views(*, person_id: int, removed: bool = False) -> list[ViewCard]:
    """Return a person's own views and those others share, by name; with `removed` also what they took away."""
    statement = (
        select(SavedView, Person.name)
        .join(Person, (Person.id == SavedView.person_id) & (Person.community_id == SavedView.community_id))
        .where(or_(SavedView.person_id == person_id, SavedView.is_shared))
    )
    gone = SavedView.removed_at.is_(None)
    statement = statement.where(or_(gone, SavedView.person_id == person_id) if removed else gone)
    return [
        ViewCard(
            id=row.id,
            name=row.name,
            filters=filters_in(dict(parse_qsl(row.query))),
            is_shared=row.is_shared,
            owner="" if row.person_id == person_id else owner,
            is_removed=row.removed_at is not None,
        )
        for row, owner in db.session.execute(statement.order_by(SavedView.name, SavedView.id))
    ]


def save_view(*, name: str, filters: Filters, is_shared: bool, actor: Actor, now: datetime) -> int:
    """Keep the filters and the order under a name, without the words typed; the same again is the same view.

    Raises `NameInUse` for other filters under a name in use, `DomainError` without a name or filters, or beyond 30.
    """
    query = urlencode(address_of(replace(filters, q="")))
    _ensure_name(name)
    if not query:
        raise DomainError(N_("先筛一筛，再存。搜的字不存，里面常是人名"), field="name")
    with transaction() as session:
        roll_in_turn()
        row = session.scalar(select(SavedView).where(SavedView.person_id == actor.person_id, SavedView.name == name))
        if row is not None and row.removed_at is None:
            if row.query != query:
                raise NameInUse(N_("您已经有一个“%(name)s”，换个名字"), field="name", name=name)
            return row.id
        _ensure_room(actor)
        if row is None:
            row = SavedView(person_id=actor.person_id, name=name)
            session.add(row)
        row.query, row.is_shared, row.saved_at, row.removed_at = query, is_shared, now, None
        session.flush()
        return row.id


def _ensure_name(name: str) -> None:
    if not name:
        raise DomainError(N_("给它起个名字"), field="name")
    if len(name) > NAME_AT_MOST:
        raise DomainError(N_("名字太长了，%(most)s个字以内就好"), field="name", most=NAME_AT_MOST)


def _ensure_room(actor: Actor) -> None:
    own = select(func.count(SavedView.id)).where(SavedView.person_id == actor.person_id, SavedView.removed_at.is_(None))
    if (db.session.scalar(own) or 0) >= AT_MOST:
        raise DomainError(N_("最多存%(most)s个。删掉一个不用的再存"), field="name", most=AT_MOST)


def change_view(*, view_id: int, name: str, is_shared: bool, actor: Actor) -> None:
    """Rename one's own view, share it with the office or keep it to oneself. Raises `NotFound`, `NameInUse`."""
    with transaction() as session:
        roll_in_turn()
        row = _own(view_id, actor)
        _ensure_name(name)
        twin = session.scalar(
            select(SavedView).where(
                SavedView.person_id == actor.person_id, SavedView.name == name, SavedView.id != row.id
            )
        )
        if twin is not None:
            if twin.removed_at is None:
                raise NameInUse(N_("您已经有一个“%(name)s”，换个名字"), field="name", name=name)
            session.delete(twin)
            session.flush()
        row.name, row.is_shared = name, is_shared


def set_removed(*, view_id: int, at: datetime | None, actor: Actor, now: datetime) -> str:
    """Take one's own view away, or put it back with None; returns its name. Raises `NotFound` for anybody else's."""
    with transaction():
        row = _own(view_id, actor)
        if row.removed_at is not None and at is None:
            _ensure_room(actor)
        if row.is_shared and (row.removed_at is None) != (at is None):
            subject = f"saved_view:{row.id}"
            audit.record("view_removed" if at else "view_put_back", actor=actor, subject=subject, now=now)
        row.removed_at = at
        return row.name


def _own(view_id: int, actor: Actor) -> SavedView:
    row = get_in_scope(SavedView, view_id)
    if row.person_id != actor.person_id:
        raise NotFound
    return row
