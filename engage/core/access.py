"""Who may do what: one reviewed matrix, default deny (service-points §6, talks §5.3).

Every view carries exactly one of `@public`, `@signed_in`, `@needs(…)`; a route without one answers 403.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app
from flask_login import current_user
from werkzeug.wrappers import Response

from engage.core.errors import Forbidden

View = TypeVar("View", bound=Callable[..., Any])


class Role(StrEnum):
    """What somebody is at a place. A role reaches the subtree of its place only."""

    SECRETARY = "secretary"
    CLERK = "clerk"
    GRID_OFFICER = "grid_officer"
    TEAM_LEADER = "team_leader"
    DESK = "desk"
    TELLER = "teller"
    RECORDER = "recorder"
    VOLUNTEER = "volunteer"
    RESIDENT = "resident"


class Permission(StrEnum):
    """What a route needs. Ownership ("own shift", "not own entry") is judged by the command, not here."""

    SEE_MEMBERS = "see members"
    MANAGE_MEMBERS = "manage members"
    IMPORT_ROSTER = "import roster"
    PLAN_ACTIVITIES = "plan activities"
    LEAD_SHIFT = "lead a shift"
    APPROVE_SERVICE = "approve service"
    DRAFT_RULES = "draft rules"
    SEE_LEDGER = "see the ledger"
    KEEP_STOCK = "keep stock"
    HAND_OUT = "hand out goods"
    MODERATE_TOPICS = "moderate topics"
    RUN_TALK = "run a talk"
    TELL_VOTES = "tell votes"
    ASSIGN_RESOLUTION = "assign resolutions"
    REPORT_RESOLUTION = "report on resolutions"
    GRANT_ROLES = "grant roles"
    SEE_AUDIT = "see the audit log"
    HELP_AT_DESK = "help at the desk"


_OFFICE = frozenset(Permission) - {Permission.TELL_VOTES}

MATRIX: dict[Role, frozenset[Permission]] = {
    Role.SECRETARY: _OFFICE,
    Role.CLERK: frozenset(
        {
            Permission.SEE_MEMBERS,
            Permission.MANAGE_MEMBERS,
            Permission.IMPORT_ROSTER,
            Permission.PLAN_ACTIVITIES,
            Permission.LEAD_SHIFT,
            Permission.APPROVE_SERVICE,
            Permission.KEEP_STOCK,
            Permission.HAND_OUT,
            Permission.HELP_AT_DESK,
        }
    ),
    Role.GRID_OFFICER: frozenset(
        {
            Permission.SEE_MEMBERS,
            Permission.LEAD_SHIFT,
            Permission.APPROVE_SERVICE,
            Permission.REPORT_RESOLUTION,
            Permission.HELP_AT_DESK,
        }
    ),
    Role.TEAM_LEADER: frozenset({Permission.LEAD_SHIFT, Permission.APPROVE_SERVICE}),
    Role.DESK: frozenset({Permission.HAND_OUT, Permission.HELP_AT_DESK}),
    Role.TELLER: frozenset({Permission.TELL_VOTES}),
    Role.RECORDER: frozenset(),
    Role.VOLUNTEER: frozenset(),
    Role.RESIDENT: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The person acting in this request, as the permission checks need them."""

    person_id: int
    community_id: int
    name: str
    member_no: int
    roles: frozenset[Role]
    device_id: int = 0
    unit_id: int | None = None
    #: whose hand it is, while somebody at the desk acts for this person (core.helping)
    helper_id: int | None = None

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the person's id as Flask-Login wants it."""
        return str(self.person_id)

    def can(self, permission: Permission) -> bool:
        """Tell whether any of the actor's roles carries the permission."""
        return any(permission in MATRIX[role] for role in self.roles)

    @property
    def hand_id(self) -> int:
        """Return whose hand this is: the helper's while somebody is being helped, else the person's own."""
        return self.helper_id or self.person_id

    @property
    def works_here(self) -> bool:
        """Tell whether the actor has a desk: the secretary's pages are their front page."""
        return bool(self.roles & {Role.SECRETARY, Role.CLERK, Role.GRID_OFFICER})


def current_actor() -> Actor | None:
    """Return who is signed in, or None."""
    user = current_user._get_current_object()  # noqa: SLF001 - the proxy offers no other way to the object
    return user if isinstance(user, Actor) else None


def _mark(view: View, access: str) -> View:
    if hasattr(view, "engage_access"):
        raise TypeError(f"{view.__name__} already has an access decorator")
    view.engage_access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Open to everybody, signed in or not."""
    return _mark(view, "public")


def signed_in(view: View) -> View:
    """Open to every signed-in person; the view receives `me`."""
    return _guard(view, "signed in", lambda _actor: True)


def needs(permission: Permission) -> Callable[[View], View]:
    """Open to those whose role carries the permission; the view receives `me`."""

    def decorate(view: View) -> View:
        return _guard(view, f"needs: {permission}", lambda actor: actor.can(permission))

    return decorate


def _guard(view: View, access: str, allowed: Callable[[Actor], bool]) -> View:
    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> Response:
        actor = current_actor()
        if actor is None:
            return cast("Response", current_app.login_manager.unauthorized())  # type: ignore[attr-defined]
        if not allowed(actor):
            raise Forbidden
        return cast("Response", view(*args, me=actor, **kwargs))

    return _mark(cast("View", guarded), access)
