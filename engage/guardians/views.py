"""The office's pages: who among the minors lacks a guardian, and one minor's guardians."""

from __future__ import annotations

from flask import Blueprint, Response

from engage import people
from engage.core import clock, web
from engage.core.access import Actor, Permission, needs
from engage.core.ages import ADULT_AT, may_be_child, may_be_minor
from engage.core.errors import DomainError
from engage.core.i18n import _
from engage.guardians import commands, queries, rules
from engage.guardians.words import EVIDENCE_WORDS, KIND_WORDS

bp = Blueprint("guardians", __name__)
PAGE = 50


@bp.get("/members/minors")
@needs(Permission.SEE_MEMBERS)
def index(*, me: Actor) -> Response:
    """List the minors on the roll, those without a guardian's yes marked; the youngest year first."""
    today = clock.local_date(clock.now())
    args = web.request.args
    number = int(args["page"]) if args.get("page", "").isdecimal() and len(args["page"]) < 6 else 1
    found = people.born_since(today.year - ADULT_AT, reach=me.reach(Permission.SEE_MEMBERS), page=number, size=PAGE)
    ids = [person.id for person in found.persons]
    return web.page(
        "guardians/index.html",
        found=found,
        lacking=set(queries.without_guardian(ids, on=today)),
        children={person.id for person in found.persons if may_be_child(person.birth_year, on=today)},
    )


@bp.get("/members/<int:person_id>/guardians")
@needs(Permission.SEE_MEMBERS)
def show(person_id: int, *, me: Actor) -> Response:
    """Show who stands for a minor, and for whom an adult stands."""
    return _page(person_id, me)


def _page(person_id: int, me: Actor, *, refusal: DomainError | None = None) -> Response:
    if refusal is not None and refusal.status not in {403, 422}:
        raise refusal
    person = people.person_within(person_id, actor=me, permission=Permission.SEE_MEMBERS)
    today = clock.local_date(clock.now())
    bonds = queries.bonds_of(person_id)
    others = people.persons_of({bond.guardian_id for bond in bonds} | {bond.minor_id for bond in bonds})
    form = web.request.form
    return web.page(
        "guardians/show.html",
        status=refusal.status if refusal else 200,
        me=me,
        person=person,
        minor=may_be_minor(person.birth_year, on=today),
        child=may_be_child(person.birth_year, on=today),
        above=[bond for bond in bonds if bond.minor_id == person_id],
        below=[bond for bond in bonds if bond.guardian_id == person_id],
        others=others,
        recorders=people.names_of([bond.recorded_by for bond in bonds] + [bond.confirmed_by for bond in bonds]),
        kinds=[(kind, KIND_WORDS[kind]) for kind in rules.KINDS],
        kind_words=KIND_WORDS,
        evidence_words=EVIDENCE_WORDS,
        typed={name: form.get(name, "")[:120] for name in ("guardian_no", "kind", "signed", "reason")},
        error=web.say(refusal) if refusal else None,
        bad_field=refusal.field if refusal else None,
    )


@bp.post("/members/<int:person_id>/guardians")
@needs(Permission.MANAGE_MEMBERS)
def create(person_id: int, *, me: Actor) -> Response:
    """Write a guardian down, by the number on the card."""
    people.person_within(person_id, actor=me, permission=Permission.MANAGE_MEMBERS)
    form = web.request.form
    try:
        commands.link(
            minor_id=person_id,
            guardian_no=web.small_number(form.get("guardian_no")),
            kind=form.get("kind", ""),
            signed=form.get("signed") == "1",
            actor=me,
            now=clock.now(),
        )
    except DomainError as refusal:
        return _page(person_id, me, refusal=refusal)
    web.flash(_("监护人记下了"))
    return web.see_other(web.url_for(".show", person_id=person_id))


@bp.post("/members/<int:person_id>/guardians/<int:bond_id>/confirmation")
@needs(Permission.MANAGE_MEMBERS)
def confirm(person_id: int, bond_id: int, *, me: Actor) -> Response:
    """Keep that the signed sheet is here."""
    people.person_within(person_id, actor=me, permission=Permission.MANAGE_MEMBERS)
    try:
        commands.confirm_on_paper(bond_id=bond_id, minor_id=person_id, actor=me, now=clock.now())
    except DomainError as refusal:
        return _page(person_id, me, refusal=refusal)
    web.flash(_("同意书收到了，可以报名了"))
    return web.see_other(web.url_for(".show", person_id=person_id))


@bp.post("/members/<int:person_id>/guardians/<int:bond_id>/closure")
@needs(Permission.MANAGE_MEMBERS)
def close(person_id: int, bond_id: int, *, me: Actor) -> Response:
    """End a tie, with a reason."""
    people.person_within(person_id, actor=me, permission=Permission.MANAGE_MEMBERS)
    reason = " ".join(web.request.form.get("reason", "").split())[:120]
    try:
        commands.end(bond_id=bond_id, minor_id=person_id, reason=reason, actor=me, now=clock.now())
    except DomainError as refusal:
        return _page(person_id, me, refusal=refusal)
    web.flash(_("监护结束了，以前的记录都留着"))
    return web.see_other(web.url_for(".show", person_id=person_id))
