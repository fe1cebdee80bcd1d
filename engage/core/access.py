"""Who may do what, and how far: the matrix of `core.matrix`, default deny (service-points §6, talks §5.3).

Every view carries exactly one of `@public`, `@signed_in`, `@needs(…)`; a route without one answers 403.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g
from flask_login import current_user
from werkzeug.wrappers import Response

from engage.core.errors import Forbidden
from engage.core.matrix import MATRIX, NARROWED, NOT_DELEGATED, OWN_ONLY, Permission, Role

View = TypeVar("View", bound=Callable[..., Any])


__all__ = [
    "MATRIX",
    "Actor",
    "Grant",
    "Permission",
    "Role",
    "current_actor",
    "needs",
    "public",
    "signed_in",
]

_DESK_ROLES = frozenset({Role.SECRETARY, Role.CLERK, Role.GRID_OFFICER})


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One role in force. `places` are the ids of grids and buildings it reaches; None is the whole community."""

    role: Role
    places: frozenset[int] | None = None
    #: for street and district; the platform's operator has none
    region_id: int | None = None
    #: whose role it is, when it was handed over for some days
    acting_for: int | None = None

    def carries(self, permission: Permission) -> bool:
        """Tell whether this grant gives the permission, somewhere."""
        if permission not in MATRIX[self.role] or (self.acting_for and permission in NOT_DELEGATED):
            return False
        return self.places is None or permission in NARROWED

    def covers(self, places: Collection[int | None]) -> bool:
        """Tell whether something that lies at these places is within reach."""
        return self.places is None or not self.places.isdisjoint(places)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The person acting in this request, as the permission checks need them."""

    person_id: int
    community_id: int
    name: str
    member_no: int
    grants: tuple[Grant, ...] = ()
    device_id: int = 0
    unit_id: int | None = None
    birth_year: int | None = None
    #: whose hand it is, while somebody at the desk acts for this person (core.helping)
    helper_id: int | None = None
    #: for whom this act is done, when the permission comes from a role handed over
    acting_for: int | None = None

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the person's id as Flask-Login wants it."""
        return str(self.person_id)

    @property
    def roles(self) -> frozenset[Role]:
        """Return the person's own roles; one that stands in for the secretary is no secretary."""
        return frozenset(grant.role for grant in self.grants if grant.acting_for is None)

    def can(self, permission: Permission) -> bool:
        """Tell whether any role in force carries the permission. How far it goes, `reach` says."""
        return any(grant.carries(permission) for grant in self.grants)

    def reach(self, permission: Permission) -> frozenset[int] | None:
        """Return the grids and buildings within which the permission holds; None is the whole community.

        Nobody's reach is empty by accident: without a role there is none. What a role carries for own shifts only
        (`OWN_ONLY`) adds no place.
        """
        found = [g for g in self.grants if g.carries(permission) and (g.role, permission) not in OWN_ONLY]
        if any(grant.places is None for grant in found):
            return None
        return frozenset().union(*(grant.places or () for grant in found))

    def acting(self, permission: Permission, *, at: Collection[int | None] | None = None) -> Actor:
        """Return the actor as the log should name them: on their own account if they can, else for whom they stand in.

        `at` are the places the thing lies at: only roles that reach them count.
        """
        usable = [g for g in self.grants if g.carries(permission) and (at is None or g.covers(at))]
        for_whom = sorted(grant.acting_for or 0 for grant in usable)
        return replace(self, acting_for=(for_whom[0] or None) if for_whom else None)

    @property
    def holds_office(self) -> bool:
        """Tell whether the actor is more than a neighbour: has a role, or stands in for somebody."""
        return any(grant.role not in {Role.RESIDENT, Role.VOLUNTEER} for grant in self.grants)

    @property
    def hand_id(self) -> int:
        """Return whose hand this is: the helper's while somebody is being helped, else the person's own."""
        return self.helper_id or self.person_id

    @property
    def works_here(self) -> bool:
        """Tell whether the actor has a desk: the secretary's pages are their front page."""
        return any(grant.role in _DESK_ROLES for grant in self.grants)


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
        return _guard(view, f"needs: {permission}", lambda actor: actor.can(permission), permission)

    return decorate


def _guard(view: View, access: str, allowed: Callable[[Actor], bool], permission: Permission | None = None) -> View:
    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> Response:
        actor = current_actor()
        if actor is None:
            return cast("Response", current_app.login_manager.unauthorized())  # type: ignore[attr-defined]
        if not allowed(actor):
            raise Forbidden
        me = actor.acting(permission) if permission else actor
        g.needed = [(actor, permission)] if permission else []  # asked again when a command begins (core.tenure)
        return cast("Response", view(*args, me=me, **kwargs))

    return _mark(cast("View", guarded), access)
