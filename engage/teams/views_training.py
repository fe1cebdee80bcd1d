"""Trainings: what runs out soon, a training written down for many at once, one revoked."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import ngettext

from engage import people
from engage.core import clock, idempotency, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError
from engage.core.i18n import _
from engage.teams import register, rules, training
from engage.teams.forms import MOST_AT_ONCE, TrainingForm
from engage.teams.register import Looked
from engage.teams.rules import Training
from engage.teams.views import bp, page_number
from engage.teams.words import TRAINING_WORDS


def _looked(me: Actor) -> Looked:
    args = web.request.args
    days, kind, team = args.get("days", ""), args.get("kind", ""), args.get("team", "")
    return Looked(
        days=int(days) if days in {str(one) for one in rules.HORIZONS} else rules.HORIZONS[0],
        over=days == "over",
        kind=kind if kind in set(Training) else "",
        team_id=web.whole_number(team) if team else None,
        reach=me.reach(Permission.SEE_MEMBERS),
    )


@bp.get("/qualifications")
@needs(Permission.SEE_MEMBERS)
def running_out(me: Actor) -> Response:
    """List the trainings that run out soon, or have run out."""
    looked, today = _looked(me), clock.local_date(clock.now())
    found = register.running_out(looked=looked, today=today, page=page_number())
    ids = [card.person_id for card in found.cards]
    return web.page(
        "teams/qualifications.html",
        found=found,
        looked=looked,
        persons=people.persons_of(ids),
        person_teams=people.teams_of(ids),
        teams=people.list_teams(),
        kinds=TRAINING_WORDS,
        horizons=rules.HORIZONS,
        me=me,
    )


def _form_page(form: TrainingForm, *, key: str) -> Response:
    team = web.request.values.get("team", "")
    team_id = web.whole_number(team) if team else None
    chosen = people.persons_of([web.whole_number(text) for text in form.ticked])
    listed = [person for person, _since in people.members_of(team_id)] if team_id else list(chosen.values())
    context: dict[str, Any] = {"persons": listed[:MOST_AT_ONCE], "team_id": team_id, "teams": people.list_teams()}
    return web.page(
        "teams/training.html",
        status=422 if form.errors else 200,
        form=form,
        key=key,
        kinds=TRAINING_WORDS,
        most=MOST_AT_ONCE,
        **context,
    )


@bp.get("/qualifications/new")
@needs(Permission.MANAGE_MEMBERS)
def new_training(me: Actor) -> Response:
    """Show the sheet of a training: `?team=` lists a team to tick, `?person=` somebody already ticked."""
    today = clock.local_date(clock.now()).isoformat()
    ticked = web.request.args.getlist("person")[:MOST_AT_ONCE]
    return _form_page(TrainingForm(trained_on=today, ticked=ticked), key=idempotency.new_key())


@bp.post("/qualifications")
@needs(Permission.MANAGE_MEMBERS)
def create_training(me: Actor) -> Response:
    """Write a training down for everybody who took part."""
    form = TrainingForm.parse(web.request.form)
    key = web.request.form.get("key") or idempotency.new_key()
    try:
        fresh = training.record_training(training=form.training(), actor=me, key=key, now=clock.now())
    except DomainError as refused:
        if refused.status != 422:
            raise
        return _form_page(form.refused(refused), key=key)
    web.flash(ngettext("记下了，%(num)s人有了资格", "记下了，%(num)s人有了资格", fresh))
    return web.see_other(web.url_for(".running_out"))


@bp.post("/qualifications/<int:qualification_id>/revocation")
@needs(Permission.MANAGE_MEMBERS)
def revoke_training(qualification_id: int, me: Actor) -> Response:
    """Take a qualification back."""
    reason = web.request.form.get("reason", "")
    try:
        person_id = training.revoke(qualification_id=qualification_id, reason=reason, actor=me, now=clock.now())
    except DomainError as refused:
        if refused.status != 422:
            raise
        return _revoking_page(qualification_id, refused=refused)
    web.flash(_("收回了，本人看得到理由"))
    return web.see_other(web.url_for("people.show", person_id=person_id))


@bp.get("/qualifications/<int:qualification_id>/revocation")
@needs(Permission.MANAGE_MEMBERS)
def ask_revocation(qualification_id: int, me: Actor) -> Response:
    """Ask before taking a qualification back, naming whose and what."""
    return _revoking_page(qualification_id)


def _revoking_page(qualification_id: int, *, refused: DomainError | None = None) -> Response:
    card = register.get_training(qualification_id, today=clock.local_date(clock.now()))
    return web.page(
        "teams/revocation.html",
        status=422 if refused else 200,
        card=card,
        person=people.get_person(card.person_id),
        error=web.say(refused) if refused else None,
    )
