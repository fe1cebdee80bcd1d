"""Guardians: who stands for a minor, and what a minor may do with their consent (service-points §5.7)."""

from __future__ import annotations

from flask import Flask

from engage.guardians.commands import confirm_own, link, withdraw_consent
from engage.guardians.leaving import end_all
from engage.guardians.merging import move_bonds, move_bonds_back
from engage.guardians.queries import (
    Bond,
    bonds_of,
    children_of,
    ensure_consented,
    ensure_no_hazard,
    find_bond,
    is_guardian,
    name_for_all,
    names_for_all,
    without_guardian,
)
from engage.guardians.rules import KINDS, GuardianRefused, NeedsGuardian

__all__ = [
    "KINDS",
    "Bond",
    "GuardianRefused",
    "NeedsGuardian",
    "bonds_of",
    "children_of",
    "confirm_own",
    "end_all",
    "ensure_consented",
    "ensure_no_hazard",
    "find_bond",
    "init_app",
    "is_guardian",
    "link",
    "move_bonds",
    "move_bonds_back",
    "name_for_all",
    "names_for_all",
    "withdraw_consent",
    "without_guardian",
]


def init_app(app: Flask) -> None:
    """Open the office's pages."""
    from engage.guardians import views

    app.register_blueprint(views.bp)
