"""Pages for volunteers: what is on, one shift, signing up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response

from engage import people
from engage.activities import commands, leading, queries, rules, writers
from engage.activities.queries import ShiftCard
from engage.core import clock, web
from engage.core.access import Actor, Permission, signed_in
from engage.core.errors import N_, DomainError
from engage.core.i18n import _

bp = Blueprint("activities", __name__)

PAGE = 20
_AHEAD = timedelta(days=60)


def page_number() -> int:
    """Return the page asked for, at least 1; nonsense is page 1."""
    text = web.request.args.get("page", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1


@bp.get("/activities")
@signed_in
def index(me: Actor) -> Response:
    """Show what is on in the coming weeks; one tap signs up."""
    now, number, q = clock.now(), page_number(), web.request.args.get("q", "").strip()[:40]
    found = queries.search_shifts(
        start=now, end=now + _AHEAD, q=q, open_only=True, limit=PAGE, offset=(number - 1) * PAGE
    )
    states = queries.sign_up_states(person_id=me.person_id, shift_ids=[shift.id for shift in found.shifts])
    pages = -(-found.total // PAGE)
    return web.page("activities/index.html", found=found, states=states, q=q, number=number, pages=pages, error=None)


@bp.get("/shifts/<int:shift_id>")
@signed_in
def show(shift_id: int, me: Actor) -> Response:
    """Show one shift as a ticket, with the whole list of names to those who lead."""
    shift = queries.get_shift(shift_id)
    return web.page("activities/show.html", **show_context(shift, me=me, now=clock.now()))


@bp.post("/shifts/<int:shift_id>/sign-ups")
@signed_in
def create_sign_up(shift_id: int, me: Actor) -> Response:
    """Put the reader (or, at the desk, somebody by number) down for a shift."""
    now = clock.now()
    try:
        person_id = person_asked_for(me=me)
        receipt = commands.sign_up(shift_id=shift_id, person_id=person_id, actor=me, now=now)
    except DomainError as refused:
        return _answer(shift_id, me=me, now=now, refused=refused)
    if receipt.state is rules.SignUpState.WAITLISTED:
        web.flash(_("人满了，先排上候补。有人来不了就轮到您"))
    return _answer(shift_id, me=me, now=now)


@bp.post("/shifts/<int:shift_id>/withdrawals")
@signed_in
def create_withdrawal(shift_id: int, me: Actor) -> Response:
    """Take the reader (or, at the desk, somebody by number) off a shift; the waiting list moves up."""
    now = clock.now()
    try:
        person_id = person_asked_for(me=me)
        commands.cannot_come(shift_id=shift_id, person_id=person_id, actor=me, now=now)
    except DomainError as refused:
        return _answer(shift_id, me=me, now=now, refused=refused)
    return _answer(shift_id, me=me, now=now)


def person_asked_for(*, me: Actor) -> int:
    """Return the person a form is about: the member number typed, or the reader. Raises `writers.NobodyFound`."""
    typed = web.request.form.get("member_no", "").strip()
    if not typed:
        return me.person_id
    person = people.find_by_member_no(int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
    if person is None:
        raise writers.NobodyFound(N_("没有这个编号，再看一眼证件"), field="member_no")
    return person.id


def _answer(shift_id: int, *, me: Actor, now: datetime, refused: DomainError | None = None) -> Response:
    """Return the row or the ticket that was asked from, or send a browser without JavaScript on."""
    if refused is not None and refused.status != 422:
        raise refused
    shift = queries.get_shift(shift_id)
    status = 422 if refused else 200
    error = web.say(refused) if refused else None
    if web.wants_fragment() and web.request.form.get("view") == "row":
        states = queries.sign_up_states(person_id=me.person_id, shift_ids=[shift_id])
        return web.page(
            "activities/index.html",
            fragment="activities/_row.html",
            status=status,
            shift=shift,
            states=states,
            error=error,
        )
    if refused is None and not web.wants_fragment():
        back = (
            web.url_for(".index") if web.request.form.get("view") == "row" else web.url_for(".show", shift_id=shift_id)
        )
        return web.see_other(back)
    context = show_context(shift, me=me, now=now) | {"error": error, "typed": web.request.form.get("member_no", "")}
    return web.page("activities/show.html", fragment="activities/_shift.html", status=status, **context)


def show_context(shift: ShiftCard, *, me: Actor, now: datetime) -> dict[str, Any]:
    """Return what the page of one shift needs; names only for those who lead or plan."""
    leads = leading.is_leading(shift, actor=me)
    joined = queries.joined_ids(shift.id) if leads else []
    waiting = queries.sign_up_ids(shift.id, state="waitlisted") if leads else []
    shown = people.ids_within([*joined, *waiting], reach=leading.reach_over(shift, actor=me)) if leads else set()
    persons = people.persons_of([*shown, shift.leader_id])
    return {
        "shift": shift,
        "state": queries.sign_up_states(person_id=me.person_id, shift_ids=[shift.id]).get(shift.id),
        "leads": leads,
        "plans": me.can(Permission.PLAN_ACTIVITIES),
        "leader": persons[shift.leader_id].name,
        "joined": [persons[person_id] for person_id in joined if person_id in shown],
        "waiting": [persons[person_id] for person_id in waiting if person_id in shown],
        "over": now >= shift.ends_at,
        "running": shift.starts_at - timedelta(hours=1) <= now < shift.ends_at + timedelta(hours=1),
        "me": me,
        "error": None,
        "typed": "",
    }
