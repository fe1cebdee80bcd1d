"""Paper: activation slips, sheets of member cards, and what a scanned card opens."""

from __future__ import annotations

from typing import Any

from flask import Response

from engage import places
from engage.core import clock, idempotency, web
from engage.core.access import Actor, Permission, current_actor, needs, public
from engage.core.errors import N_, DomainError, NotFound
from engage.core.i18n import _
from engage.core.step_up import confirmed
from engage.people import activations, cards, directory, media, printing, searching
from engage.people.activations import SHEET_AT_MOST
from engage.people.blueprint import bp
from engage.people.filters import address_of, filters_in
from engage.people.printing import CARD_KINDS, SLIP_KINDS, Choice
from engage.people.queries import get_person, ids_in_scope, names_of, persons_of
from engage.people.reach import person_within

#: who may be told whose card they hold in their hand
_MAY_KNOW = (Permission.LEAD_SHIFT, Permission.HAND_OUT, Permission.SEE_MEMBERS)


def _choice(kinds: tuple[str, ...]) -> Choice:
    values = web.request.values
    kind, grid, team = values.get("kind", ""), values.get("grid"), values.get("team")
    return Choice(
        kind=kind if kind in kinds else kinds[0],
        grid_id=web.whole_number(grid) if grid else None,
        team_id=web.whole_number(team) if team else None,
    )


def _choose(paper: str, *, kinds: tuple[str, ...], refusal: DomainError | None = None) -> Response:
    """Show whom a sheet is for: the people ticked one by one, or who matches the choice, or the next of everybody found."""
    choice, ticked, said = _choice(kinds), web.request.values.getlist("person"), {}
    if ticked:
        ids = ids_in_scope([web.whole_number(text) for text in ticked[:SHEET_AT_MOST]])
    elif web.request.values.get("scope") == "found":
        after = web.small_number(web.request.values.get("after")) or 0
        found = filters_in(web.request.values)
        ids = searching.ids_matching(filters=found, now=clock.now(), at_most=SHEET_AT_MOST, after=after)
        said = {"scope": "found", **address_of(found)}
    else:
        ids = printing.candidates(choice)
    persons = persons_of(ids)
    return web.page(
        "people/print.html",
        status=refusal.status if refusal else 200,
        error=web.say(refusal) if refusal else None,
        paper=paper,
        choice=choice,
        said=said,
        kinds=kinds,
        ticked=ticked,
        persons=[persons[one] for one in ids],
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
    return _choose("slips", kinds=SLIP_KINDS)


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
        return _choose("slips", kinds=SLIP_KINDS, refusal=refusal)
    return web.page("people/slip_sheet.html", slips=made, persons=persons_of(ids), address=web.absolute_url)


@bp.get("/members/cards")
@needs(Permission.MANAGE_MEMBERS)
def cards_to_print(*, me: Actor) -> Response:
    """Choose whom to print cards for."""
    return _choose("cards", kinds=CARD_KINDS)


@bp.post("/members/cards")
@needs(Permission.MANAGE_MEMBERS)
def print_cards(*, me: Actor) -> Response:
    """Give a card to those who have none, write the batch down and show the sheet, ten a page."""
    form = web.request.form
    ids = ids_in_scope([web.whole_number(text) for text in form.getlist("person")][:SHEET_AT_MOST])
    if not ids:
        refusal = DomainError(N_("一个人也没选。勾上要印证的人"))
        return _choose("cards", kinds=CARD_KINDS, refusal=refusal)
    key = form.get("key") or idempotency.new_key()
    made = printing.make_batch(
        person_ids=ids, chosen=_in_words(_choice(CARD_KINDS)), actor=me, key=key, now=clock.now()
    )
    return web.see_other(web.url_for("people.batch_sheet", batch_id=made))


def _in_words(choice: Choice) -> str:
    """Return what was chosen, as the list of batches will say it: grid and team by name."""
    grid = places.place_names([choice.grid_id]).get(choice.grid_id or 0, "")
    team = next((one.name for one in directory.list_teams() if one.id == choice.team_id), "")
    return str(_("，")).join(filter(None, (grid, team)))


@bp.get("/card-batches")
@needs(Permission.MANAGE_MEMBERS)
def batches(*, me: Actor) -> Response:
    """List the sheets of cards that were printed."""
    total = printing.count_batches()
    pages = max(-(-total // printing.BATCHES), 1)
    number = min(max(web.small_number(web.request.args.get("page")) or 1, 1), pages)
    found = printing.list_batches(page=number)
    return web.page(
        "people/batches.html",
        found=found,
        total=total,
        number=number,
        pages=pages,
        names=names_of([batch.made_by for batch in found]),
    )


@bp.get("/card-batches/<int:batch_id>")
@needs(Permission.MANAGE_MEMBERS)
def batch(batch_id: int, *, me: Actor) -> Response:
    """Show which cards were on one sheet, and print it or one of them again."""
    found = printing.get_batch(batch_id)
    context: dict[str, Any] = {"batch": found, "lines": printing.batch_lines(batch_id)}
    return web.page("people/batch.html", names=names_of([found.made_by]), **context)


@bp.get("/card-batches/<int:batch_id>/sheet")
@needs(Permission.MANAGE_MEMBERS)
def batch_sheet(batch_id: int, *, me: Actor) -> Response:
    """Show the sheet to print: the cards of the batch that are still live; `?person=` prints one of them."""
    found, only = printing.get_batch(batch_id), web.request.args.get("person")
    chosen = web.whole_number(only) if only else None
    lines = [line for line in printing.batch_lines(batch_id) if chosen in {None, line.person.id}]
    persons = [line.person for line in lines if line.live]
    addresses = cards.card_addresses([person.id for person in persons])
    return web.page(
        "people/card_sheet.html",
        batch=found,
        persons=persons,
        dead=len(lines) - len(persons),
        addresses=addresses,
        areas=places.place_names([person.grid_id for person in persons]),
    )


@bp.post("/members/<int:person_id>/cards")
@needs(Permission.MANAGE_MEMBERS)
def replace_card(person_id: int, *, me: Actor) -> Response:
    """Make a lost card worthless and issue a new one."""
    person_within(person_id, actor=me, permission=Permission.MANAGE_MEMBERS)
    version = web.whole_number(web.request.form.get("version"))
    cards.replace_card(person_id=person_id, version=version, actor=me, now=clock.now())
    web.flash(_("旧证已作废，新证可以打印了"))
    return web.see_other(web.url_for("people.show", person_id=person_id))


@bp.post("/members/<int:person_id>/media/<int:medium_id>/loss")
@needs(Permission.MANAGE_MEMBERS)
def report_loss_of(person_id: int, medium_id: int, *, me: Actor) -> Response:
    """Write down at the desk that somebody lost a card or a phone: it is dead at once."""
    person_within(person_id, actor=me, permission=Permission.MANAGE_MEMBERS)
    media.report_lost(medium_id=medium_id, person_id=person_id, actor=me, now=clock.now())
    web.flash(_("已经作废，谁捡到都用不了"))
    return web.see_other(web.url_for("people.show", person_id=person_id))


@bp.get("/k/<token>")
@public
def card_page(token: str) -> Response:
    """Say whose card or phone code it is to those on duty, and to everybody else where to return it."""
    me = current_actor()
    found = media.look_up(token, now=clock.now())
    if found is None:
        raise NotFound
    if me is not None and me.community_id == found.community_id and any(me.can(one) for one in _MAY_KNOW):
        holder = get_person(found.person_id)
        return web.page("people/card_duty.html", holder=holder, live=found.live, kind=found.kind, me=me)
    own = me is not None and me.person_id == found.person_id and found.live
    return web.page("people/card_found.html", home=places.community_of(found.community_id), own=own, kind=found.kind)
