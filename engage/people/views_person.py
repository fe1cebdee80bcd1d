"""One person's entry and what the office does to it, act by act."""

from __future__ import annotations

from flask import Response

from engage import places
from engage.core import clock, web
from engage.core.access import Actor, Permission, Role, needs
from engage.core.ages import band_of
from engage.core.errors import N_, DomainError, NotFound
from engage.core.i18n import _
from engage.core.step_up import confirmed
from engage.people import (
    delegations,
    directory,
    history,
    languages,
    membership,
    offices,
    own,
    panels,
    reveals,
    signing_in,
)
from engage.people.blueprint import bp
from engage.people.consent_texts import find_text
from engage.people.models import Consent, Person
from engage.people.reach import person_within, places_of
from engage.people.standing import NEED_A_REASON
from engage.people.words import AGE_WORDS, ROLE_WORDS, STANDING_WORDS

#: what somebody's standing becomes, by the last part of the address
_STANDINGS = {
    "acceptance": "active",
    "refusal": "declined",
    "pause": "paused",
    "return": "active",
    "departure": "closed",
}


def _person_page(person: Person, me: Actor, *, refusal: DomainError | None = None, phone: str = "") -> Response:
    now = clock.now()
    steps, stand_ins = history.steps_and_names(person.id), delegations.stand_ins_of(person.id, now=now)
    grants = directory.roles_of([person.id]).get(person.id, [])
    entrance = directory.entrance_of(person.id)
    teams, all_teams = directory.teams_around(person.id)
    labels = places.labels_of(
        place_ids={person.grid_id, *(one.place_id for one in grants)},
        unit_ids=[person.unit_id],
        open_grids=me.can(Permission.GRANT_ROLES),
    )
    return web.page(
        "people/show.html",
        band=AGE_WORDS[band_of(person.birth_year, on=clock.local_date(now))],
        languages=languages.words_of(person.languages),
        steps=[step for step, _by in steps],
        actors={step.actor_id: name for step, name in steps},
        standings=STANDING_WORDS,
        consents=own.consents_of(person.id),
        said_consent=_said_consent,
        status=refusal.status if refusal else 200,
        me=me,
        person=person,
        error=web.say(refusal) if refusal else None,
        bad_field=refusal.field if refusal else None,
        phone=phone,
        tie=entrance.tie,
        home=labels.units.get(person.unit_id or 0),
        grants=grants,
        place_names=labels.places,
        grids=labels.grids,
        stand_ins=stand_ins,
        teams=teams,
        all_teams=all_teams if me.can(Permission.MANAGE_MEMBERS) else [],
        activated=entrance.activated,
        card_version=next(
            (one.version for one in entrance.media if one.kind == "card" and one.revoked_at is None), None
        ),
        media=entrance.media,
        device_count=entrance.devices,
        words=ROLE_WORDS,
        offices=offices.OFFICES,
        panels=panels.panels_of(person, me),
    )


def _said_consent(row: Consent) -> str:
    text = find_text(row.subject, row.version)
    return str(text.title) if text else row.subject


@bp.get("/members/<int:person_id>")
@needs(Permission.SEE_MEMBERS)
def show(person_id: int, *, me: Actor) -> Response:
    """Show one person's entry."""
    return _person_page(person_within(person_id, actor=me, permission=Permission.SEE_MEMBERS), me)


@bp.post("/members/<int:person_id>/phone-reveals")
@needs(Permission.SEE_MEMBERS)
@confirmed
def reveal_phone(person_id: int, *, me: Actor) -> Response:
    """Show one whole phone number, once, for a reason that is written down."""
    person = person_within(person_id, actor=me, permission=Permission.SEE_MEMBERS)
    me = me.acting(Permission.SEE_MEMBERS, at=places_of(person))
    reason = web.request.form.get("reason", "").strip()[:120]
    try:
        phone = reveals.reveal_phone(person_id=person_id, reason=reason, actor=me, now=clock.now())
    except DomainError as refusal:
        return _person_page(person, me, refusal=refusal)
    return _person_page(person, me, phone=phone)


@bp.post("/members/<int:person_id>/<step>")
@needs(Permission.MANAGE_MEMBERS)
def change_status(person_id: int, step: str, *, me: Actor) -> Response:
    """Pause a person, take them back, or close the entry."""
    person = person_within(person_id, actor=me, permission=Permission.MANAGE_MEMBERS)
    status = _STANDINGS.get(step)
    if status is None:
        raise NotFound
    reason = " ".join(web.request.form.get(f"reason-{step}", "").split())[:120]
    try:
        if status in NEED_A_REASON and not reason:
            raise DomainError(N_("写一句为什么，本人会看到"), field=f"reason-{step}")  # noqa: TRY301 - shown like every refusal
        membership.change_status(person_id=person_id, status=status, reason=reason, actor=me, now=clock.now())
    except DomainError as refusal:
        return _person_page(person, me, refusal=refusal)
    said = {
        "acceptance": _("%(name)s加入了", name=person.name),
        "refusal": _("%(name)s的申请退回了", name=person.name),
        "pause": _("%(name)s已暂停，各处都已退出登录", name=person.name),
        "return": _("%(name)s回来了", name=person.name),
        "departure": _("%(name)s已离册，积分账和服务记录都留着", name=person.name),
    }
    web.flash(said[step])
    return web.see_other(web.url_for("people.show", person_id=person_id))


@bp.post("/members/<int:person_id>/roles")
@needs(Permission.GRANT_ROLES)
@confirmed
def give_role(person_id: int, *, me: Actor) -> Response:
    """Give a role."""
    person = person_within(person_id, actor=me, permission=Permission.GRANT_ROLES)
    form = web.request.form
    term = offices.Term(place_id=web.whole_number(form["place"]) if form.get("place") else None)
    try:
        offices.give_role(person_id=person_id, role=_role(form.get("role", "")), term=term, actor=me, now=clock.now())
    except DomainError as refusal:
        return _person_page(person, me, refusal=refusal)
    return web.see_other(web.url_for("people.show", person_id=person_id))


def _role(text: str) -> Role:
    if text not in set(Role):
        raise DomainError(N_("选一个职务"), field="role")
    return Role(text)


@bp.post("/members/<int:person_id>/roles/<int:grant_id>/closure")
@needs(Permission.GRANT_ROLES)
@confirmed
def end_role(person_id: int, grant_id: int, *, me: Actor) -> Response:
    """End a role."""
    person = person_within(person_id, actor=me, permission=Permission.GRANT_ROLES)
    try:
        offices.end_role(person_id=person_id, grant_id=grant_id, actor=me, now=clock.now())
    except DomainError as refusal:
        return _person_page(person, me, refusal=refusal)
    return web.see_other(web.url_for("people.show", person_id=person_id))


@bp.post("/members/<int:person_id>/teams")
@needs(Permission.MANAGE_MEMBERS)
def join_team(person_id: int, *, me: Actor) -> Response:
    """Put a person into a team."""
    person = person_within(person_id, actor=me, permission=Permission.MANAGE_MEMBERS)
    name = " ".join(web.request.form.get("team", "").split())[:60]
    try:
        membership.join_team(person_id=person_id, team_name=name, actor=me, now=clock.now())
    except DomainError as refusal:
        return _person_page(person, me, refusal=refusal)
    return web.see_other(web.url_for("people.show", person_id=person_id))


@bp.post("/members/<int:person_id>/teams/<int:team_id>/closure")
@needs(Permission.MANAGE_MEMBERS)
def leave_team(person_id: int, team_id: int, *, me: Actor) -> Response:
    """Take a person out of a team."""
    person_within(person_id, actor=me, permission=Permission.MANAGE_MEMBERS)
    membership.leave_team(person_id=person_id, team_id=team_id, actor=me, now=clock.now())
    return web.see_other(web.url_for("people.show", person_id=person_id))


@bp.post("/members/<int:person_id>/devices/closures")
@needs(Permission.MANAGE_MEMBERS)
def close_devices_of(person_id: int, *, me: Actor) -> Response:
    """Sign somebody out everywhere: they lost the phone and rang the office (trust row 46)."""
    person = person_within(person_id, actor=me, permission=Permission.MANAGE_MEMBERS)
    signing_in.close_devices_of(person_id=person.id, actor=me, now=clock.now())
    web.flash(_("%(name)s在各处都已退出登录", name=person.name))
    return web.see_other(web.url_for("people.show", person_id=person_id))
