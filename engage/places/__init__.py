"""Places: communities, their grids and buildings, and the household units that vote."""

from __future__ import annotations

from flask import Flask

from engage.places.addresses import units_in_building, units_labelled
from engage.places.commands import NameTaken, add_building, add_grid, add_unit, found_community
from engage.places.queries import (
    buildings_of,
    community_by_slug,
    community_of,
    count_units,
    find_community_by_name,
    find_unit_by_label,
    list_buildings,
    list_communities,
    list_grids,
    list_units,
    place_names,
    unit_labels,
)
from engage.places.removal import Removed, remove_unused
from engage.places.survey import Door, Surveyed, survey, units_by_label

__all__ = [
    "Door",
    "NameTaken",
    "Removed",
    "Surveyed",
    "add_building",
    "add_grid",
    "add_unit",
    "buildings_of",
    "community_by_slug",
    "community_of",
    "count_units",
    "find_community_by_name",
    "find_unit_by_label",
    "found_community",
    "init_app",
    "list_buildings",
    "list_communities",
    "list_grids",
    "list_units",
    "place_names",
    "remove_unused",
    "survey",
    "unit_labels",
    "units_by_label",
    "units_in_building",
    "units_labelled",
]


def init_app(app: Flask) -> None:
    """Places have no pages of their own yet."""
