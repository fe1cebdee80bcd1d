"""Parts of a query for the rooms above: which units a list of people is narrowed to. Nothing is read here."""

from __future__ import annotations

from sqlalchemy import Select, Table, select

from engage.core.tenancy import current_community_id
from engage.places.models import Unit

_units: Table = Unit.__table__  # type: ignore[assignment]


def units_labelled(text: str) -> Select[tuple[int]]:
    """Return the query for the ids of this community's units whose doorplate label contains the text."""
    # Not confined by the session inside another statement: the community is named here.
    here = _units.c.community_id == current_community_id()
    # Folding the case of every label takes PostgreSQL several times as long: only for a word that has letters.
    has = _units.c.label.icontains if text.upper() != text.lower() else _units.c.label.contains
    return select(_units.c.id).where(here, has(text, autoescape=True))


def units_in_building(building_id: int) -> Select[tuple[int]]:
    """Return the query for the ids of this community's units in a building; none for a foreign one."""
    return select(_units.c.id).where(
        _units.c.community_id == current_community_id(), _units.c.building_id == building_id
    )
