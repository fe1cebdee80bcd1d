"""The office's pages: the list, one person, adding and correcting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from engage import places
from engage.core import clock, idempotency, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError
from engage.core.i18n import _
from engage.people import directory, membership, reveals, saved, words_lists
from engage.people.blueprint import bp
from engage.people.bulk import Act
from engage.people.filters import Filters, address_of, filters_in
from engage.people.forms import PersonForm
from engage.people.languages import LANGUAGES
from engage.people.narrowing import Reach
from engage.people.phones import unsealed_phone
from engage.people.queries import count_persons, get_person, tie_of
from engage.people.reach import person_within
from engage.people.searching import Spot, search
from engage.people.words import ROLE_WORDS
from engage.people.words_lists import chips_of


def spot_of(values: Mapping[str, str]) -> Spot:
    """Return where a page of the list begins, as its address says; nonsense begins at the beginning."""
    places_ = {name: web.small_number(values.get(name)) or 0 for name in ("after", "before", "first")}
    return Spot(after=places_["after"], before=places_["before"], first=max(places_["first"], 1))


def _with_places(filters: Filters, reach: Reach) -> tuple[Filters, list[Any], list[Any]]:
    """Return grids, and the buildings of a chosen one, to choose from; a building of another grid is chosen no longer."""
    grids, buildings = places.grids_and_buildings(filters.grid or (None if filters.building else 0))
    if reach is not None:
        grids, buildings = ([one for one in found if one.id in reach] for found in (grids, buildings))
    if filters.grid and filters.building not in {building.id for building in buildings}:
        filters = filters.without("building")
    return filters, grids, buildings


@bp.get("/members")
@needs(Permission.SEE_MEMBERS)
def index(*, me: Actor) -> Response:
    """List people, 50 a page; phones are masked."""
    args, reach = web.request.args, me.reach(Permission.SEE_MEMBERS)
    spot = spot_of(args)
    if spot.after or spot.before:
        reveals.count_page(actor=me, now=clock.now())  # first: a command forgets what was read before it
    filters, grids, buildings = _with_places(filters_in(args), reach)
    found = search(filters=filters, now=clock.now(), spot=spot, reach=reach)
    ids = [person.id for person in found.persons]
    teams = directory.list_teams()
    activated, roles = directory.activated_and_roles(ids)
    return web.page(
        "people/index.html",
        fragment="people/_list.html",
        me=me,
        found=found,
        filters=filters,
        said=address_of(filters),
        chips=chips_of(filters, grids=grids, buildings=buildings, teams=teams),
        everybody=count_persons(reach=reach),
        grids=grids,
        buildings=buildings,
        teams=teams,
        choices=words_lists.CHOICE_WORDS,
        activated=activated,
        roles=roles,
        person_teams=directory.teams_of(ids),
        words=ROLE_WORDS,
        acts=Act,
        act_words=words_lists.ACT_WORDS,
        views=saved.list_views(person_id=me.person_id),
    )


@bp.get("/members/new")
@needs(Permission.MANAGE_MEMBERS)
def new(*, me: Actor) -> Response:
    """Show the form for one more person."""
    return web.page("people/new.html", form=PersonForm(), key=idempotency.new_key(), languages=LANGUAGES)


@bp.post("/members")
@needs(Permission.MANAGE_MEMBERS)
def create(*, me: Actor) -> Response:
    """Put one person on the roll."""
    form = PersonForm.parse(web.request.form)
    key = web.request.form.get("key") or idempotency.new_key()
    particulars = form.particulars(now=clock.now())
    if particulars is not None:
        try:
            person_id = membership.add_person(particulars=particulars, actor=me, key=key, now=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            web.flash(_("%(name)s已加进名册", name=particulars.name))
            return web.see_other(web.url_for("people.show", person_id=person_id))
    return web.page("people/new.html", status=422, form=form, key=key, languages=LANGUAGES)


@bp.get("/members/<int:person_id>/edit")
@needs(Permission.MANAGE_MEMBERS)
def edit(person_id: int, *, me: Actor) -> Response:
    """Show the form to correct an entry; the phone stays masked."""
    person = person_within(person_id, actor=me, permission=Permission.MANAGE_MEMBERS)
    tie = tie_of(person.id, person.unit_id)
    home = places.unit_labels([person.unit_id]).get(person.unit_id or 0, "")
    form = PersonForm.of(
        person,
        phone="",
        unit=home,
        tie=tie.role if tie else "member",
        may_vote=bool(tie and tie.verified_at),
    )
    return web.page("people/edit.html", form=form, person=person, languages=LANGUAGES)


@bp.post("/members/<int:person_id>")
@needs(Permission.MANAGE_MEMBERS)
def update(person_id: int, *, me: Actor) -> Response:
    """Correct an entry."""
    person = person_within(person_id, actor=me, permission=Permission.MANAGE_MEMBERS)
    status = 422
    form = PersonForm.parse(web.request.form)
    particulars = form.particulars(now=clock.now(), kept_phone=unsealed_phone(person))
    if particulars is not None:
        try:
            membership.edit_person(person_id=person_id, particulars=particulars, actor=me, now=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            return web.see_other(web.url_for("people.show", person_id=person_id))
    return web.page("people/edit.html", status=status, form=form, person=get_person(person_id), languages=LANGUAGES)
