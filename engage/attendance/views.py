"""Pages of those who come: typing or scanning the live code, tonight's duty."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify

from engage import activities, people
from engage.activities import ShiftCard
from engage.attendance import codes, commands, forms, queries, rules
from engage.attendance.rules import CodeRefused, Kind
from engage.core import clock, headers, web
from engage.core.access import Actor, signed_in
from engage.core.errors import N_, DomainError

bp = Blueprint("attendance", __name__)


@bp.get("/scan")
@signed_in
def scan(me: Actor) -> Response:
    """Show the one place to type or scan a live code."""
    headers.allow_camera()
    running = queries.running_for(person_id=me.person_id, now=clock.now())
    return web.page("attendance/scan.html", running=running, typed="", error=None, event=None)


@bp.post("/check-ins")
@signed_in
def create_anywhere(me: Actor) -> Response:
    """Check in (or out) with a code, whichever running shift it belongs to: one's own is tried first."""
    now, form = clock.now(), web.request.form
    running = queries.running_for(person_id=me.person_id, now=now)
    try:
        shift_id = _shift_of(forms.digits_of(form.get("code", "")), running=running, now=now)
        commands.check_in_with_code(shift_id=shift_id, handed=forms.handed(form), actor=me, now=now)
    except DomainError as refused:
        if refused.status != 422:
            raise
        headers.allow_camera()
        context = {"typed": form.get("code", ""), "error": web.say(refused), "event": form.get("client_event_id")}
        return web.page(
            "attendance/scan.html", fragment="attendance/_type.html", status=422, running=running, **context
        )
    return web.see_other(web.url_for(".duty", shift_id=shift_id, fresh=1))


def _shift_of(digits: str, *, running: list[ShiftCard], now: datetime) -> int:
    """Return the running shift a code belongs to; a wrong one counts against the reader's own shift."""
    if not running:
        raise CodeRefused(N_("现在没有正在签到的班。看看活动是几点"), field="code")
    for shift in running:
        if codes.book_of(activities.seed_of(shift_id=shift.id, now=now)).find(digits):
            return shift.id
    return running[0].id


@bp.get("/s/<token>/<code>")
@signed_in
def address(token: str, code: str, me: Actor) -> Response:
    """Show what the QR's address is for, with a button: opening an address never checks anybody in (trust W4)."""
    now = clock.now()
    shift = activities.seed_of(token=token.upper(), now=now).shift
    # Only what a QR carries is looked up here: six digits could be guessed one after the other, and nobody would count.
    match = (
        codes.book_of(activities.seed_of(shift_id=shift.id, now=now)).find(code)
        if len(code) == rules.QR_DIGITS
        else None
    )
    live = match is not None and rules.slot_of(now) - match.slot in {0, 1}
    ticket = codes.ticket_for(shift_id=shift.id, person_id=me.person_id, code=code, now=now) if live else ""
    kind = match.kind if match else None
    return web.page(
        "attendance/address.html", shift=shift, token=token, code=code, kind=kind, live=live, ticket=ticket, error=None
    )


@bp.post("/s/<token>/<code>")
@signed_in
def create_from_address(token: str, code: str, me: Actor) -> Response:
    """Check in (or out) with the code of the address; an old one counts a grade lower and is looked at."""
    now = clock.now()
    shift = activities.seed_of(token=token.upper(), now=now).shift
    handed = forms.handed(web.request.form, medium="qr", code=code)
    try:
        commands.check_in_with_code(shift_id=shift.id, handed=handed, actor=me, now=now)
    except DomainError as refused:
        if refused.status != 422:
            raise
        context: dict[str, Any] = {"kind": None, "live": False, "ticket": "", "error": web.say(refused)}
        return web.page("attendance/address.html", status=422, shift=shift, token=token, code=code, **context)
    return web.see_other(web.url_for(".duty", shift_id=shift.id, fresh=1))


@bp.get("/shifts/<int:shift_id>/duty")
@signed_in
def duty(shift_id: int, me: Actor) -> Response:
    """Show tonight's duty: am I in, who comes along, what to do, and the receipt."""
    return web.page("attendance/duty.html", **duty_context(activities.get_shift(shift_id), me=me, now=clock.now()))


@bp.post("/shifts/<int:shift_id>/check-ins")
@signed_in
def create(shift_id: int, me: Actor) -> Response:
    """Check in (or out) with a code of this shift: from the form, or from the phone's queue, which asks for JSON."""
    now, form = clock.now(), web.request.form
    queued = web.request.accept_mimetypes.best == "application/json"
    try:
        receipt = commands.check_in_with_code(shift_id=shift_id, handed=forms.handed(form), actor=me, now=now)
    except DomainError as refused:
        if refused.status != 422:
            raise
        if queued:
            return _as_json(422, state="refused", words=web.say(refused))
        context = duty_context(activities.get_shift(shift_id), me=me, now=now)
        context |= {"error": web.say(refused), "typed": form.get("code", "")}
        return web.page("attendance/duty.html", fragment="attendance/_duty.html", status=422, **context)
    if queued:
        return _as_json(200, state=receipt.kind.value, at=receipt.at.isoformat())
    return web.see_other(web.url_for(".duty", shift_id=shift_id, fresh=1))


def _as_json(status: int, **facts: str) -> Response:
    response = jsonify(facts)
    response.status_code = status
    return response


def duty_context(shift: ShiftCard, *, me: Actor, now: datetime) -> dict[str, Any]:
    """Return what the duty page needs."""
    mine = queries.session_of(shift.id, me.person_id)
    team = activities.joined_ids(shift.id)
    signed_up = me.person_id in team or shift.leader_id == me.person_id
    # Who comes along is for those who come along: nobody reads names in bulk (service-points §6).
    along = [one for one in team if one not in {me.person_id, shift.leader_id}] if signed_up else []
    names = people.names_of([*along, shift.leader_id])
    media = {kind: medium for (person, kind), medium in queries.media_of(shift.id).items() if person == me.person_id}
    return {
        "shift": shift,
        "mine": mine,
        "medium": media.get(Kind.OUT.value) or media.get(Kind.IN.value),
        "leader": names[shift.leader_id],
        "team": [names[person_id] for person_id in along],
        "signed_up": signed_up,
        "leads": shift.leader_id == me.person_id,
        "opens_at": shift.starts_at - rules.CODES_EARLY,
        "open": shift.starts_at - rules.CODES_EARLY <= now < shift.ends_at + rules.CODES_LATE and not shift.cancelled,
        "fresh": web.request.args.get("fresh") == "1",
        "me": me,
        "error": None,
        "typed": "",
    }
