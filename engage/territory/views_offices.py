"""The office's page of roles: who holds what where, since when and until when; giving and ending."""

from __future__ import annotations

from flask import Response

from engage import people, places
from engage.core import clock, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import N_, DomainError
from engage.core.i18n import _
from engage.core.step_up import confirmed
from engage.territory import forms
from engage.territory.queries import PAGE
from engage.territory.views import bp


def _page(me: Actor, *, refused: DomainError | None = None) -> Response:
    args, number = web.request.args, forms.page_number(web.request.args)
    q, role, over = args.get("q", "").strip()[:60], args.get("role", ""), args.get("over") == "1"
    role = role if role in people.ROLE_WORDS else ""
    ids = people.find_ids(q) if q else None
    grants, total = people.list_grants(q_ids=ids, role=role, over=over, limit=PAGE, offset=(number - 1) * PAGE)
    buildings = places.list_buildings()
    return web.page(
        "territory/offices.html",
        fragment="territory/_offices.html",
        status=422 if refused else 200,
        me=me,
        grants=grants,
        total=total,
        number=number,
        pages=max(-(-total // PAGE), 1),
        q=q,
        role=role,
        over=over,
        persons=people.persons_of([grant.person_id for grant in grants]),
        names=places.place_names([grant.place_id for grant in grants]),
        grids=places.list_grids(),
        buildings=buildings,
        grid_names=places.place_names([building.parent_id for building in buildings]),
        offices=people.OFFICES,
        words=people.ROLE_WORDS,
        error=web.say(refused) if refused else None,
        bad_field=refused.field if refused else None,
        typed=web.request.form if refused else {},
        wanted_place=args.get("place", ""),
        moment=clock.now(),
    )


@bp.get("/offices")
@needs(Permission.GRANT_ROLES)
def offices(*, me: Actor) -> Response:
    """Show the roles of the community, and the form to give one."""
    return _page(me)


@bp.post("/offices")
@needs(Permission.GRANT_ROLES)
@confirmed
def create_office(*, me: Actor) -> Response:
    """Give somebody a role at the community or at a place, from a day until a day."""
    form = web.request.form
    try:
        role = forms.office_of(form.get("role", ""))
        person = people.find_by_member_no(forms.member_no_of(form.get("member_no", "")))
        if person is None:
            raise DomainError(N_("没有这个编号，再看一眼证件"), field="member_no")  # noqa: TRY301
        people.give_role(person_id=person.id, role=role, term=forms.term_of(form), actor=me, now=clock.now())
    except DomainError as refused:
        if refused.status != 422:
            raise
        return _page(me, refused=refused)
    web.flash(_("%(name)s有了这个职务", name=person.name))
    return web.see_other(web.url_for(".offices"))


@bp.post("/offices/<int:grant_id>/closure")
@needs(Permission.GRANT_ROLES)
@confirmed
def close_office(grant_id: int, *, me: Actor) -> Response:
    """End a role."""
    try:
        people.end_role(person_id=people.grant_holder(grant_id), grant_id=grant_id, actor=me, now=clock.now())
    except DomainError as refused:
        if refused.status != 422:
            raise
        return _page(me, refused=refused)
    return web.see_other(web.url_for(".offices"))
