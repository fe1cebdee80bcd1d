"""Pages of the leader: the rotating code, who is here, cards, the blind head-count, closing; and the wall."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, render_template

from engage import activities, people
from engage.activities import ShiftCard
from engage.attendance import cards, codes, commands, forms, queries, roll, rules
from engage.attendance.rules import Kind
from engage.attendance.views import bp
from engage.core import clock, headers, live, web
from engage.core.access import Actor, signed_in
from engage.core.errors import DomainError
from engage.core.i18n import _

_LEAVING_FROM = 20 * 60


@bp.get("/shifts/<int:shift_id>/roll")
@signed_in
def lead(shift_id: int, me: Actor) -> Response:
    """Show the leader's page."""
    shift = activities.get_shift(shift_id)
    activities.ensure_leads(shift, actor=me)
    headers.allow_camera()
    return web.page("attendance/lead.html", **roll_context(shift, me=me, now=clock.now()))


@bp.get("/shifts/<int:shift_id>/roll/present")
@signed_in
def present(shift_id: int, me: Actor) -> Response:
    """Answer the leader's page when it asks who came meanwhile."""
    shift = activities.get_shift(shift_id)
    activities.ensure_leads(shift, actor=me)
    return live.fresh_or_unchanged(
        render_template("attendance/_present.html", **present_context(shift, me=me, now=clock.now())), every_seconds=5
    )


@bp.post("/shifts/<int:shift_id>/roll/scans")
@signed_in
def create_scan(shift_id: int, me: Actor) -> Response:
    """Take a card from the camera, from a scanner that types, or a member number typed by hand."""
    form = web.request.form
    kind = Kind.OUT if form.get("kind") == Kind.OUT else Kind.IN
    try:
        person, shown = cards.read(form.get("card", ""), now=clock.now())
        receipt = commands.check_in_person(
            shift_id=shift_id,
            person_id=person.id,
            kind=kind,
            medium="card" if shown else "mark" if form.get("person_id") else "number",
            shown=shown,
            client_event_id=forms.handed(form).client_event_id,
            actor=me,
            now=clock.now(),
        )
    except DomainError as refused:
        return _roll_page(shift_id, me=me, refused=refused, typed=form.get("card", ""))
    words = _("%(name)s签退了") if receipt.kind is Kind.OUT else _("%(name)s签到了")
    return _roll_page(shift_id, me=me, done=words % {"name": person.name})


@bp.post("/shifts/<int:shift_id>/head-counts")
@signed_in
def create_head_count(shift_id: int, me: Actor) -> Response:
    """Keep the number of heads, then show how many checked in."""
    try:
        counted = forms.head_count_of(web.request.form.get("counted", ""))
        roll.count_heads(shift_id=shift_id, counted=counted, actor=me, now=clock.now())
    except DomainError as refused:
        return _roll_page(shift_id, me=me, refused=refused, typed_count=web.request.form.get("counted", ""))
    return _roll_page(shift_id, me=me)


@bp.post("/shifts/<int:shift_id>/closure")
@signed_in
def create_closure(shift_id: int, me: Actor) -> Response:
    """Close the shift."""
    try:
        roll.close_roll(shift_id=shift_id, actor=me, now=clock.now())
    except DomainError as refused:
        return _roll_page(shift_id, me=me, refused=refused)
    return _roll_page(shift_id, me=me, done=_("收队了，辛苦"))


@bp.post("/service-sessions/<int:session_id>/end")
@signed_in
def create_end(session_id: int, me: Actor) -> Response:
    """Say when somebody left who did not check out."""
    session = queries.get_session(session_id)
    typed = web.request.form.get("ended", "")
    try:
        ended_at = forms.moment_of(typed, after=session.started_at or clock.now())
        roll.end_by_hand(session_id=session_id, ended_at=ended_at, actor=me, now=clock.now())
    except DomainError as refused:
        return _roll_page(session.shift_id, me=me, refused=refused)
    return _roll_page(session.shift_id, me=me, done=_("补上了，等另一位工作人员审"))


@bp.get("/shifts/<int:shift_id>/code")
@signed_in
def venue(shift_id: int, me: Actor) -> Response:
    """Show the rotating code on a wall, changing by itself; without JavaScript the page renews itself."""
    shift, now = activities.get_shift(shift_id), clock.now()
    activities.ensure_leads(shift, actor=me)
    last = queries.last_arrival(shift_id)
    name = people.polite_name(people.names_of([last])[last]) if last else None
    return web.page("attendance/venue.html", shift=shift, last=name, **code_context(shift, now=now))


@bp.get("/shifts/<int:shift_id>/code/latest")
@signed_in
def latest(shift_id: int, me: Actor) -> Response:
    """Answer the wall when it asks who came last."""
    activities.ensure_leads(activities.get_shift(shift_id), actor=me)
    last = queries.last_arrival(shift_id)
    name = people.polite_name(people.names_of([last])[last]) if last else None
    body = render_template("attendance/_latest.html", last=name, shift=activities.get_shift(shift_id))
    return live.fresh_or_unchanged(body, every_seconds=5)


def _roll_page(
    shift_id: int, *, me: Actor, refused: DomainError | None = None, done: str | None = None, **typed: Any
) -> Response:
    if refused is not None and refused.status != 422:
        raise refused
    if refused is None and not web.wants_fragment():
        if done:
            web.flash(done)
        return web.see_other(web.url_for(".lead", shift_id=shift_id, kind=_asked_kind()))
    shift = activities.get_shift(shift_id)
    activities.ensure_leads(shift, actor=me)
    headers.allow_camera()
    context = roll_context(shift, me=me, now=clock.now()) | typed | {"done": done}
    context["error"] = web.say(refused) if refused else None
    context["error_field"] = refused.field if refused else None
    status = 422 if refused else 200
    return web.page("attendance/lead.html", fragment="attendance/_roll.html", status=status, **context)


def _asked_kind() -> str | None:
    # Every form on the page says which code stood above it, so that the answer does not turn it round: what a scanner
    # types next would count as the opposite of what the screen says.
    asked = web.request.form.get("showing") or web.request.args.get("kind")
    return asked if asked in set(Kind) else None


def _kind_shown(shift: ShiftCard, *, now: datetime) -> Kind:
    asked = _asked_kind()
    leaving = (shift.ends_at - now).total_seconds() < _LEAVING_FROM
    return Kind(asked) if asked else (Kind.OUT if leaving else Kind.IN)


def code_context(shift: ShiftCard, *, now: datetime) -> dict[str, Any]:
    """Return the code of this moment, and every later one for the page to show by itself when the network drops."""
    kind = _kind_shown(shift, now=now)
    seed = activities.seed_of(shift_id=shift.id, now=now)
    book, slot = codes.book_of(seed), rules.slot_of(now)
    first = max(slot, book.first_slot)
    ahead = (book.arriving if kind is Kind.IN else book.leaving)[first - book.first_slot :]
    code = book.code(kind=kind, slot=slot)
    stem = web.absolute_url("attendance.address", token=seed.token, code="0").removesuffix("0")
    return {
        "kind": kind.value,
        "code": code,
        "code_address": f"{stem}{code}" if code else None,
        "stem": stem,
        "ahead": " ".join(ahead),
        "first_slot": first,
        "server_ms": int(now.timestamp() * 1000),
        "seconds_left": rules.SLOT_SECONDS - int(now.timestamp()) % rules.SLOT_SECONDS,
        "until": rules.start_of(first + len(ahead)),
        "opens_at": shift.starts_at - rules.CODES_EARLY,
    }


def present_context(shift: ShiftCard, *, me: Actor, now: datetime) -> dict[str, Any]:
    """Return everybody expected or here, with what is known of each; no totals before the head-count."""
    sessions = {card.person_id: card for card in queries.sessions_of_shift(shift.id, shift=shift)}
    expected = activities.joined_ids(shift.id)
    persons = people.persons_of([*expected, *sessions], reach=activities.reach_over(shift, actor=me))
    order = [*expected, *(person_id for person_id in sessions if person_id not in set(expected))]
    return {
        "shift": shift,
        "kind": _kind_shown(shift, now=now).value,
        "rows": [(persons[person_id], sessions.get(person_id)) for person_id in order if person_id in persons],
        "media": queries.media_of(shift.id),
        "counted": queries.roll_of(shift.id),
        "checked_in": sum(card.started_at is not None for card in sessions.values()),
        "may_end": now >= shift.ends_at,
        "may_scan": shift.starts_at - rules.CODES_EARLY <= now < shift.ends_at + rules.CODES_LATE,
    }


def roll_context(shift: ShiftCard, *, me: Actor, now: datetime) -> dict[str, Any]:
    """Return what the leader's page needs."""
    return {
        **present_context(shift, me=me, now=now),
        **code_context(shift, now=now),
        "started": now >= shift.starts_at,
        "typed": "",
        "typed_count": "",
        "done": None,
        "error": None,
        "error_field": None,
        "me": me,
    }
