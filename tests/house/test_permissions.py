"""The page of permissions says what the matrix and the routes say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engage.core.matrix import Permission, Role
from engage.territory.cli import PERMISSIONS
from engage.territory.permissions_page import page
from tests.house import sources

if TYPE_CHECKING:
    from flask import Flask


def test_the_page_of_permissions_is_up_to_date(house: Flask) -> None:
    """Write it again with `flask permissions`, and read the difference as a reviewer would."""
    assert PERMISSIONS.read_text("utf-8") == page(house)


def test_the_page_names_every_role_permission_and_route(house: Flask) -> None:
    text = sources.text(PERMISSIONS)
    assert [role for role in Role if f"| {role} |" not in text] == []
    assert [permission for permission in Permission if f"| {permission} |" not in text] == []
    assert [
        rule.rule for rule in house.url_map.iter_rules() if f"`{rule.rule}`" not in text and rule.endpoint != "static"
    ] == []
