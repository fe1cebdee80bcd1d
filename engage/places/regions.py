"""Streets and districts above the communities: the operator's to found; pages above the community read figures only."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from engage.core.database import db, transaction
from engage.core.errors import N_, DomainError, NotFound
from engage.core.tenancy import CommunityCard
from engage.places.models import Community, Region
from engage.places.queries import card_of


def find_region(*, kind: str, name: str) -> int | None:
    """Return the id of the street or district with this name, or None. Raises `DomainError` when there are two."""
    found = db.session.scalars(select(Region.id).where(Region.kind == kind, Region.name == name)).all()
    if len(found) > 1:
        raise DomainError(N_("有两个地方都叫“%(name)s”，先改一个名字"), name=name)
    return found[0] if found else None


def put_community(*, community_id: int, street: str, district: str) -> None:
    """Put a community under a street of a district, founding either when they are not there. Raises `NotFound`."""
    with transaction() as session:
        row = session.get(Community, community_id)
        if row is None:
            raise NotFound
        row.region_id = _region("street", street, parent_id=_region("district", district, parent_id=None))


def _region(kind: str, name: str, *, parent_id: int | None) -> int:
    there = Region.parent_id.is_(None) if parent_id is None else Region.parent_id == parent_id
    row = db.session.scalar(select(Region).where(Region.kind == kind, Region.name == name, there))
    if row is None:
        row = Region(kind=kind, name=name, parent_id=parent_id)
        db.session.add(row)
        db.session.flush()
    return row.id


def region_names(region_ids: Collection[int]) -> dict[int, str]:
    """Return the names of streets and districts by id."""
    rows = db.session.execute(select(Region.id, Region.name).where(Region.id.in_(set(region_ids))))
    return {row.id: row.name for row in rows}


def communities_under(region_ids: Collection[int] | None) -> list[CommunityCard]:
    """Return the communities of these streets and of the streets of these districts, by name; None is every community."""
    statement = select(Community).order_by(Community.name, Community.id)
    if region_ids is not None:
        wanted = set(region_ids)
        streets = select(Region.id).where(Region.id.in_(wanted) | Region.parent_id.in_(wanted))
        statement = statement.where(Community.region_id.in_(streets))
    return [card_of(row) for row in db.session.scalars(statement)]
