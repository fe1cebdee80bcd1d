"""The office's pages: the list, one person, adding and correcting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response

from engage import places
from engage.core import clock, idempotency, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError
from engage.core.i18n import _
from engage.people import directory, membership, reveals
from engage.people.blueprint import bp
from engage.people.forms import PersonForm
from engage.people.phones import unsealed_phone
from engage.people.queries import count_persons, get_person, tie_of
from engage.people.reach import person_within
from engage.people.words import ROLE_WORDS


def filters_of(values: Any) -> directory.Filters:
    """Return what the address of a list narrows it to; nonsense narrows nothing."""
    kind = values.get("kind", "all")
    return directory.Filters(
        q=values.get("q", "").strip()[:60],
        grid_id=_choice(values.get("grid")),
        team_id=_choice(values.get("team")),
        kind=kind if kind in directory.KINDS else "all",
    )


def _choice(text: str | None) -> int | None:
    return web.whole_number(text) if text else None


@bp.get("/members")
@needs(Permission.SEE_MEMBERS)
def index(*, me: Actor) -> Response:
    """List people, 50 a page; phones are masked."""
    args = web.request.args
    reach = me.reach(Permission.SEE_MEMBERS)
    filters = replace(filters_of(args), reach=reach)
    page = int(args["page"]) if args.get("page", "").isdecimal() and len(args["page"]) < 6 else 1
    reveals.count_page(actor=me, page=page, now=clock.now())
    found = directory.search(filters=filters, page=page)
    ids = [person.id for person in found.persons]
    return web.page(
        "people/index.html",
        fragment="people/_list.html",
        me=me,
        found=found,
        filters=filters,
        everybody=count_persons(reach=reach),
        grids=[grid for grid in places.list_grids() if reach is None or grid.id in reach],
        teams=directory.list_teams(),
        homes=places.unit_labels([person.unit_id for person in found.persons]),
        activated=directory.activated_ids(ids),
        roles=directory.roles_of(ids),
        person_teams=directory.teams_of(ids),
        words=ROLE_WORDS,
    )


@bp.get("/members/new")
@needs(Permission.MANAGE_MEMBERS)
def new(*, me: Actor) -> Response:
    """Show the form for one more person."""
    return web.page("people/new.html", form=PersonForm(), key=idempotency.new_key())


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
    return web.page("people/new.html", status=422, form=form, key=key)


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
    return web.page("people/edit.html", form=form, person=person)


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
    return web.page("people/edit.html", status=status, form=form, person=get_person(person_id))
