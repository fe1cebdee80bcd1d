"""Pages of the office: the plan by week, a new activity, a change, calling a shift off."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response

from engage import people
from engage.activities import commands, queries
from engage.activities.forms import PlanForm
from engage.activities.views import PAGE, bp, page_number
from engage.core import clock, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError
from engage.core.i18n import _


def _week_asked_for() -> date:
    """Return the Monday of the week asked for; nonsense is this week."""
    try:
        day = date.fromisoformat(web.request.args.get("week", ""))
    except ValueError:
        day = clock.local_date(clock.now())
    day = min(max(day, date(2000, 1, 3)), date(2100, 1, 4))
    return day - timedelta(days=day.weekday())


@bp.get("/plan")
@needs(Permission.PLAN_ACTIVITIES)
def plan(me: Actor) -> Response:
    """Show one week's shifts; a search looks through the whole coming year instead."""
    week, number, q = _week_asked_for(), page_number(), web.request.args.get("q", "").strip()[:40]
    start = clock.day_bounds(week)[0]
    end = clock.day_bounds(week + timedelta(days=371 if q else 7))[0]
    found = queries.search_shifts(start=start, end=end, q=q, open_only=False, limit=PAGE, offset=(number - 1) * PAGE)
    return web.page(
        "activities/plan.html",
        found=found,
        leaders=people.names_of([shift.leader_id for shift in found.shifts]),
        week=week,
        earlier=week - timedelta(days=7),
        sunday=week + timedelta(days=6),
        later=week + timedelta(days=7),
        q=q,
        number=number,
        pages=-(-found.total // PAGE),
        clock_now=clock.now(),
    )


@bp.get("/plan/new")
@needs(Permission.PLAN_ACTIVITIES)
def new(me: Actor) -> Response:
    """Show the one form that plans tonight's patrol, or a patrol every week."""
    form = PlanForm.blank(now=clock.now(), leader_no=me.member_no)
    return web.page("activities/new.html", form=form, shift=None, key=None)


@bp.post("/plan/activities")
@needs(Permission.PLAN_ACTIVITIES)
def create(me: Actor) -> Response:
    """Publish the activity and its shifts."""
    form = PlanForm.parse(web.request.form)
    key = web.request.form.get("key", "")
    try:
        shifts = form.plan and commands.plan_activity(plan=form.plan, actor=me, key=key, now=clock.now())
    except DomainError as refused:
        if refused.status != 422:
            raise
        shifts, form = None, form.refused(refused)
    if not shifts:
        return web.page(
            "activities/new.html", fragment="activities/_plan_form.html", status=422, form=form, shift=None, key=key
        )
    web.flash(_("排好了，居民在“活动”里就能报名"))
    return web.see_other(web.url_for(".show", shift_id=shifts[0]))


@bp.get("/shifts/<int:shift_id>/edit")
@needs(Permission.PLAN_ACTIVITIES)
def edit(shift_id: int, me: Actor) -> Response:
    """Show one shift's form."""
    shift = queries.get_shift(shift_id)
    leader = people.get_person(shift.leader_id)
    form = PlanForm.of_shift(shift, insurance=queries.insurance_of(shift.activity_id), leader_no=leader.member_no)
    return web.page("activities/edit.html", form=form, shift=shift, key=None)


@bp.post("/shifts/<int:shift_id>/changes")
@needs(Permission.PLAN_ACTIVITIES)
def update(shift_id: int, me: Actor) -> Response:
    """Change one shift."""
    shift, form = queries.get_shift(shift_id), PlanForm.parse(web.request.form)
    try:
        if form.plan:
            commands.change_shift(shift_id=shift_id, plan=form.plan, actor=me, now=clock.now())
    except DomainError as refused:
        form = form.refused(refused)
    if form.errors or form.refusal:
        return web.page(
            "activities/edit.html", fragment="activities/_plan_form.html", status=422, form=form, shift=shift, key=None
        )
    web.flash(_("改好了"))
    return web.see_other(web.url_for(".show", shift_id=shift_id))


@bp.get("/shifts/<int:shift_id>/cancellation")
@needs(Permission.PLAN_ACTIVITIES)
def ask_cancellation(shift_id: int, me: Actor) -> Response:
    """Ask before calling a shift off, naming who is signed up."""
    names = people.names_of(queries.joined_ids(shift_id))
    return web.page("activities/cancel.html", shift=queries.get_shift(shift_id), names=list(names.values()), error=None)


@bp.post("/shifts/<int:shift_id>/cancellation")
@needs(Permission.PLAN_ACTIVITIES)
def cancel(shift_id: int, me: Actor) -> Response:
    """Call a shift off."""
    reason = web.request.form.get("reason", "").strip()
    try:
        commands.cancel_shift(shift_id=shift_id, reason=reason, actor=me, now=clock.now())
    except commands.CancelRefused as refused:
        names = people.names_of(queries.joined_ids(shift_id))
        shift = queries.get_shift(shift_id)
        return web.page(
            "activities/cancel.html", status=422, shift=shift, names=list(names.values()), error=web.say(refused)
        )
    web.flash(_("取消了。请给报了名的人打个电话"))
    return web.see_other(web.url_for(".show", shift_id=shift_id))
