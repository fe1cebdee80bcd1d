"""Places: communities, their grids and buildings, and the household units that vote."""

from __future__ import annotations

from flask import Flask

from engage.places.addresses import units_in_building, units_labelled
from engage.places.commands import NameTaken, add_building, add_grid, add_unit, found_community
from engage.places.queries import (
    Labels,
    buildings_of,
    community_by_slug,
    community_of,
    count_units,
    find_community_by_name,
    find_unit_by_label,
    founded,
    get_open_place,
    get_place,
    labels_of,
    list_communities,
    list_grids,
    list_units,
    place_names,
    subtrees,
    unit_labels,
    units_within,
)
from engage.places.redrawing import close_grid, move_buildings, move_units, reopen_grid
from engage.places.regions import communities_under, find_region, put_community, region_names
from engage.places.removal import Removed, remove_unused
from engage.places.survey import Door, Surveyed, survey, units_by_label
from engage.places.tree import (
    Counts,
    buildings_in,
    change_unit,
    counts_by_grid,
    every_grid,
    find_places,
    get_unit,
    grids_and_buildings,
    list_buildings,
    units_at,
    units_of_grids,
    units_per_building,
    way_to,
)

__all__ = [
    "Counts",
    "Door",
    "Labels",
    "NameTaken",
    "Removed",
    "Surveyed",
    "add_building",
    "add_grid",
    "add_unit",
    "buildings_in",
    "buildings_of",
    "change_unit",
    "close_grid",
    "communities_under",
    "community_by_slug",
    "community_of",
    "count_units",
    "counts_by_grid",
    "every_grid",
    "find_community_by_name",
    "find_places",
    "find_region",
    "find_unit_by_label",
    "found_community",
    "founded",
    "get_open_place",
    "get_place",
    "get_unit",
    "grids_and_buildings",
    "init_app",
    "labels_of",
    "list_buildings",
    "list_communities",
    "list_grids",
    "list_units",
    "move_buildings",
    "move_units",
    "place_names",
    "put_community",
    "region_names",
    "remove_unused",
    "reopen_grid",
    "subtrees",
    "survey",
    "unit_labels",
    "units_at",
    "units_by_label",
    "units_in_building",
    "units_labelled",
    "units_of_grids",
    "units_per_building",
    "units_within",
    "way_to",
]


def init_app(app: Flask) -> None:
    """Places have no pages of their own yet."""
