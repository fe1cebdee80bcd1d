"""People: persons and households, teams, roles, cards, and signing in."""

from __future__ import annotations

from flask import Flask

from engage.people.devices import COOKIE, actor_of, load_actor, remember_device
from engage.people.enrolment import enrol, grant_role, settle
from engage.people.intake import Newcomer, OnRoll, appoint_many, enrol_many, roll, team_names
from engage.people.models import Person
from engage.people.phones import BadPhone, masked_phone, normalised_phone, phone_index
from engage.people.queries import (
    count_persons,
    find_by_member_no,
    get_person,
    holders_of,
    household_of,
    names_of,
    persons_of,
    polite_name,
    units_with_voters,
)

__all__ = [
    "COOKIE",
    "BadPhone",
    "Newcomer",
    "OnRoll",
    "Person",
    "actor_of",
    "appoint_many",
    "count_persons",
    "enrol",
    "enrol_many",
    "find_by_member_no",
    "get_person",
    "grant_role",
    "holders_of",
    "household_of",
    "init_app",
    "masked_phone",
    "names_of",
    "normalised_phone",
    "persons_of",
    "phone_index",
    "polite_name",
    "remember_device",
    "roll",
    "settle",
    "team_names",
    "units_with_voters",
]


def init_app(app: Flask) -> None:
    """Let Flask-Login find the person behind a browser."""
    app.login_manager.request_loader(load_actor)  # type: ignore[attr-defined]
