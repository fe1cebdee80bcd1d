"""Founding a community and adding places to it."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from engage.core.database import require_transaction, transaction
from engage.core.errors import N_, DomainError
from engage.core.tenancy import CommunityCard
from engage.places import queries
from engage.places.models import Community, Place, Unit

Row = TypeVar("Row", Place, Unit)


class NameTaken(DomainError):
    """Another community of this installation has the name or the address."""


def found_community(
    *, name: str, slug: str, now: datetime, desk_address: str = "", desk_phone: str = ""
) -> CommunityCard:
    """Add a community to this installation. Raises `NameTaken`."""
    with transaction() as session:
        taken = {card.name for card in queries.list_communities()} | {card.slug for card in queries.list_communities()}
        if name in taken or slug in taken:
            raise NameTaken(N_("已经有一个社区叫“%(name)s”或用了这个网址，换一个。"), name=name)
        row = Community(name=name, slug=slug, desk_address=desk_address, desk_phone=desk_phone, created_at=now)
        session.add(row)
        session.flush()
        return queries.community_of(row.id)


def add_grid(*, name: str, code: str = "") -> Place:
    """Add a grid to the community chosen, inside the caller's transaction."""
    return _added(Place(kind="grid", name=name, code=code))


def add_building(*, name: str, grid_id: int | None) -> Place:
    """Add a building to a grid, inside the caller's transaction."""
    return _added(Place(kind="building", name=name, parent_id=grid_id))


def add_unit(*, label: str, building_id: int | None, grid_id: int | None, area_centi: int | None = None) -> Unit:
    """Add a household unit (area in 0.01 m²), inside the caller's transaction."""
    return _added(Unit(label=label, building_id=building_id, grid_id=grid_id, area_centi=area_centi))


def _added(row: Row) -> Row:
    session = require_transaction()
    session.add(row)
    session.flush()
    return row
