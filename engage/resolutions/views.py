"""The office's list and one resolution; the page everybody may read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response

from engage import people, places
from engage.core import clock, tenancy, web
from engage.core.access import Actor, Permission, current_actor, needs, public
from engage.core.errors import DomainError, NotFound
from engage.core.web import page, see_other, url_for
from engage.resolutions import commands, queries, rules

bp = Blueprint("resolutions", __name__)
PER_PAGE = 25


def _whose(me: Actor) -> int | None:
    """Return whose resolutions the reader has to do with: a grid's officer with those given to them, the office with all."""
    return None if me.reach(Permission.REPORT_RESOLUTION) is None else me.person_id


def _list(me: Actor, *, refused: DomainError | None = None) -> Response:
    args = web.request.args
    search, state = args.get("q", "").strip()[:60], args.get("state", "")
    number = max(1, web.whole_number(args.get("page", "1"), at_most=10_000))
    mine = _whose(me)
    total = queries.count_found(search=search, state=state, owner_id=mine)
    found = queries.list_found(
        search=search, state=state, owner_id=mine, limit=PER_PAGE, offset=(number - 1) * PER_PAGE
    )
    return page(
        "resolutions/index.html",
        status=422 if refused else 200,
        waiting=queries.waiting_motions(now=clock.now()) if me.can(Permission.ASSIGN_RESOLUTION) else [],
        found=found,
        search=search,
        state=state,
        total=total,
        number=number,
        pages=max(1, -(-total // PER_PAGE)),
        words=rules.STATE_WORDS,
        today=clock.local_date(clock.now()),
        refused=web.say(refused) if refused else None,
    )


@bp.get("/resolutions")
@needs(Permission.REPORT_RESOLUTION)
def index(*, me: Actor) -> Response:
    """Show what is to be adopted and every resolution."""
    return _list(me)


@bp.post("/resolutions")
@needs(Permission.ASSIGN_RESOLUTION)
def create(*, me: Actor) -> Response:
    """Adopt a carried motion."""
    motion_id = web.whole_number(web.request.form.get("motion_id"))
    try:
        resolution_id = commands.adopt(motion_id=motion_id, actor=me, now=clock.now())
    except rules.ResolutionRefused as refused:
        return _list(me, refused=refused)
    return see_other(url_for(".edit", resolution_id=resolution_id))


def _edit(resolution_id: int, me: Actor, *, refused: DomainError | None = None) -> Response:
    row = queries.get_resolution(resolution_id)
    if _whose(me) not in {None, row.owner_id}:
        raise NotFound
    steps = queries.list_progress(resolution_id)
    able = set(people.holders_of("secretary", "grid_officer"))
    names = people.names_of({*able, *(step.actor_id for step in steps), row.owner_id})
    return page(
        "resolutions/edit.html",
        status=422 if refused else 200,
        row=row,
        card=queries.get_card(resolution_id),
        steps=steps,
        said=queries.said_of(row, now=clock.now()),
        names=names,
        owners=sorted(((person_id, names[person_id]) for person_id in able), key=lambda pair: (pair[1], pair[0])),
        words=rules.STATE_WORDS,
        is_mine=row.owner_id == me.person_id,
        may_assign=me.can(Permission.ASSIGN_RESOLUTION),
        refused=web.say(refused) if refused else None,
        field_name=(refused.field or "") if refused else "",
        typed=web.request.form if refused else {},
    )


def _step(resolution_id: int, me: Actor, step: Callable[[], None]) -> Response:
    if _whose(me) not in {None, queries.get_resolution(resolution_id).owner_id}:
        raise NotFound
    try:
        step()
    except rules.ResolutionRefused as refused:
        return _edit(resolution_id, me, refused=refused)
    return see_other(url_for(".edit", resolution_id=resolution_id))


@bp.get("/resolutions/<int:resolution_id>")
@needs(Permission.REPORT_RESOLUTION)
def edit(resolution_id: int, *, me: Actor) -> Response:
    """Show one resolution to the office."""
    return _edit(resolution_id, me)


@bp.post("/resolutions/<int:resolution_id>/assignments")
@needs(Permission.ASSIGN_RESOLUTION)
def create_assignment(resolution_id: int, *, me: Actor) -> Response:
    """Name who does it and by when."""
    form = web.request.form

    def assign() -> None:
        commands.assign(
            resolution_id=resolution_id,
            owner_id=web.whole_number(form.get("owner_id")),
            owner_text=form.get("owner_text", "").strip(),
            due_on=_day(form.get("due_on", "")),
            actor=me,
            now=clock.now(),
        )

    return _step(resolution_id, me, assign)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@bp.post("/resolutions/<int:resolution_id>/acceptance")
@needs(Permission.REPORT_RESOLUTION)
def accept(resolution_id: int, *, me: Actor) -> Response:
    """Take the work on."""
    return _step(resolution_id, me, lambda: commands.accept(resolution_id=resolution_id, actor=me, now=clock.now()))


@bp.post("/resolutions/<int:resolution_id>/beginning")
@needs(Permission.REPORT_RESOLUTION)
def begin(resolution_id: int, *, me: Actor) -> Response:
    """Start the work."""
    return _step(resolution_id, me, lambda: commands.begin(resolution_id=resolution_id, actor=me, now=clock.now()))


@bp.post("/resolutions/<int:resolution_id>/progress")
@needs(Permission.REPORT_RESOLUTION)
def create_progress(resolution_id: int, *, me: Actor) -> Response:
    """Tell the neighbours how it goes."""
    form = web.request.form
    text, key = form.get("text", "").strip(), form.get("key", "")
    return _step(
        resolution_id,
        me,
        lambda: commands.tell(resolution_id=resolution_id, text=text, actor=me, key=key, now=clock.now()),
    )


@bp.post("/resolutions/<int:resolution_id>/report")
@needs(Permission.REPORT_RESOLUTION)
def create_report(resolution_id: int, *, me: Actor) -> Response:
    """Report it done."""
    text = web.request.form.get("text", "").strip()
    return _step(
        resolution_id,
        me,
        lambda: commands.report_done(resolution_id=resolution_id, text=text, actor=me, now=clock.now()),
    )


@bp.get("/c/<slug>/resolutions/<int:resolution_id>")
@public
def show(slug: str, resolution_id: int) -> Response:
    """Show one resolution to everybody. No person is named but the public name of who does it."""
    current_actor()  # before the page's own scope: finding out who asks enters their community
    community = places.community_by_slug(slug)
    with tenancy.scoped(community.id):
        row = queries.get_resolution(resolution_id)
        return page(
            "resolutions/show.html",
            community=community,
            card=queries.get_card(resolution_id),
            said=queries.said_of(row, now=clock.now()),
            steps=queries.list_progress(resolution_id),
            words=rules.STATE_WORDS,
        )
