"""Paper: activation slips, member cards, and what a scanned card opens."""

from __future__ import annotations

from flask import Response

from engage import places
from engage.core import clock, idempotency, web
from engage.core.access import Actor, Permission, current_actor, needs, public
from engage.core.errors import N_, DomainError, NotFound
from engage.core.step_up import confirmed
from engage.people import activations, cards, directory
from engage.people.activations import SHEET_AT_MOST
from engage.people.blueprint import bp
from engage.people.queries import get_person, ids_in_scope, persons_of
from engage.people.views_members import filters_of

#: who may be told whose card they hold in their hand
_MAY_KNOW = (Permission.LEAD_SHIFT, Permission.HAND_OUT, Permission.SEE_MEMBERS)


def _chosen_ids(kind: str) -> list[int]:
    """Return who a sheet is for: the people ticked one by one, or everybody who matches the filters."""
    values = web.request.values
    ticked = [web.whole_number(text) for text in values.getlist("person")]
    if ticked:
        return ids_in_scope(ticked[:SHEET_AT_MOST])
    filters = filters_of({"kind": kind, **values.to_dict()})
    return directory.ids_matching(filters=filters, at_most=SHEET_AT_MOST)


def _choose(template: str, *, kind: str, refusal: DomainError | None = None) -> Response:
    ids = _chosen_ids(kind)
    return web.page(
        template,
        status=refusal.status if refusal else 200,
        error=web.say(refusal) if refusal else None,
        filters=filters_of({"kind": kind, **web.request.values.to_dict()}),
        ticked=web.request.values.getlist("person"),
        persons=[persons[one] for persons in [persons_of(ids)] for one in ids],
        at_most=SHEET_AT_MOST,
        grids=places.list_grids(),
        teams=directory.list_teams(),
        activated=directory.activated_ids(ids),
        key=idempotency.new_key(),
    )


@bp.get("/members/slips")
@needs(Permission.MANAGE_MEMBERS)
def slips(*, me: Actor) -> Response:
    """Choose whom to print activation slips for."""
    return _choose("people/slips.html", kind="not-activated")


@bp.post("/members/slips")
@needs(Permission.MANAGE_MEMBERS)
@confirmed
def print_slips(*, me: Actor) -> Response:
    """Make the codes and show the sheet: this answer is the only place they are ever shown."""
    ids = [web.whole_number(text) for text in web.request.form.getlist("person")]
    key = web.request.form.get("key") or idempotency.new_key()
    try:
        if not ids:
            raise DomainError(N_("一个人也没选。勾上要打纸条的人"))  # noqa: TRY301
        made = activations.issue_slip_codes(person_ids=ids, actor=me, key=key, now=clock.now())
    except NotFound:
        raise
    except DomainError as refusal:
        return _choose("people/slips.html", kind="not-activated", refusal=refusal)
    return web.page("people/slip_sheet.html", slips=made, persons=persons_of(ids), address=web.absolute_url)


@bp.get("/members/cards")
@needs(Permission.MANAGE_MEMBERS)
def cards_to_print(*, me: Actor) -> Response:
    """Choose whom to print cards for."""
    return _choose("people/cards.html", kind="volunteers")


@bp.post("/members/cards")
@needs(Permission.MANAGE_MEMBERS)
def print_cards(*, me: Actor) -> Response:
    """Give a card to those who have none and show the sheet, ten a page."""
    ids = ids_in_scope([web.whole_number(text) for text in web.request.form.getlist("person")][:SHEET_AT_MOST])
    if not ids:
        refusal = DomainError(N_("一个人也没选。勾上要印证的人"))
        return _choose("people/cards.html", kind="volunteers", refusal=refusal)
    cards.issue_missing_cards(person_ids=ids, now=clock.now())
    persons = persons_of(ids)
    return web.page(
        "people/card_sheet.html",
        persons=[persons[one] for one in ids],
        addresses=cards.card_addresses(ids),
        areas=places.place_names([person.grid_id for person in persons.values()]),
    )


@bp.post("/members/<int:person_id>/cards")
@needs(Permission.MANAGE_MEMBERS)
def replace_card(person_id: int, *, me: Actor) -> Response:
    """Make a lost card worthless and issue a new one."""
    get_person(person_id)
    version = web.whole_number(web.request.form.get("version"))
    cards.replace_card(person_id=person_id, version=version, actor=me, now=clock.now())
    web.flash(web.say(DomainError(N_("旧证已作废，新证可以打印了"))))
    return web.see_other(web.url_for("people.show", person_id=person_id))


@bp.get("/k/<token>")
@public
def card_page(token: str) -> Response:
    """Say whose card it is to those on duty, and to everybody else where to return it."""
    me = current_actor()
    found = cards.look_up_card(token)
    if found is None:
        raise NotFound
    if me is not None and me.community_id == found.community_id and any(me.can(one) for one in _MAY_KNOW):
        holder = get_person(found.person_id)
        return web.page("people/card_duty.html", holder=holder, live=found.live, me=me)
    own = me is not None and me.person_id == found.person_id and found.live
    return web.page("people/card_found.html", home=places.community_of(found.community_id), own=own)
