"""The office's pages: the list of talks, planning one, getting it ready, the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from engage import people, votes
from engage.core import clock, headers, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import N_, DomainError
from engage.core.i18n import _
from engage.core.web import page, see_other, url_for
from engage.talks import commands, commands_course, commands_floor, evening, queries, rules
from engage.talks.forms import ROLES, TalkForm, item_minutes
from engage.talks.views import bp

PER_PAGE = 25
ARRIVALS_SHOWN = 30


def _list(me: Actor, *, form: TalkForm | None = None, status: int = 200) -> Response:
    search = web.request.args.get("q", "").strip()[:60]
    number = max(1, web.whole_number(web.request.args.get("page", "1"), at_most=10_000))
    total = queries.count_all(search=search)
    return page(
        "talks/plan.html",
        status=status,
        talks=queries.list_all(search=search, limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        search=search,
        number=number,
        pages=max(1, -(-total // PER_PAGE)),
        total=total,
        form=form or TalkForm(),
        staff=_candidates(),
        words=rules.STATE_WORDS,
        today=clock.local_date(clock.now()),
    )


def _candidates() -> list[tuple[int, str]]:
    """Return those who can lead an evening: the people who hold a role."""
    names = people.names_of(
        people.holders_of("secretary", "clerk", "grid_officer", "team_leader", "teller", "recorder")
    )
    return sorted(names.items(), key=lambda pair: (pair[1], pair[0]))


@bp.get("/talks/desk")
@needs(Permission.RUN_TALK)
def plan(*, me: Actor) -> Response:
    """Show every talk, and the form to plan one."""
    return _list(me)


@bp.post("/talks/desk")
@needs(Permission.RUN_TALK)
def create(*, me: Actor) -> Response:
    """Plan a talk."""
    form = TalkForm.parse(web.request.form)
    if form.errors:
        return _list(me, form=form, status=422)
    try:
        talk_id = commands.plan_talk(
            title=form.title,
            place=form.place,
            starts_at=form.starts_at,
            booked_minutes=web.small_number(form.minutes) or 0,
            notice_days=web.small_number(form.notice_days) or 0,
            staff=form.staff_ids,
            actor=me,
            key=web.request.form.get("key", ""),
            now=clock.now(),
        )
    except rules.TalkRefused as refused:
        form.errors[refused.field or "chair_id"] = web.say(refused)
        return _list(me, form=form, status=422)
    return see_other(url_for(".prepare", talk_id=talk_id))


def _prepare(talk_id: int, *, refused: DomainError | str | None = None, field: str = "") -> Response:
    now = clock.now()
    picture = evening.picture_of(talk_id, now=now)
    talk = picture.talk
    chosen = (talk.chair_id, talk.recorder_id, talk.first_teller_id, talk.second_teller_id)
    context: dict[str, Any] = {
        "evening": picture,
        "over": rules.minutes_over(minutes=[point.minutes for point in picture.points], booked=talk.booked_minutes),
        "candidates": _candidates(),
        "chosen": dict(zip(ROLES, chosen, strict=True)),
        "typed": web.request.form if refused else {},
        "refused": web.say(refused) if isinstance(refused, DomainError) else refused,
        "field_name": (refused.field or "") if isinstance(refused, DomainError) else field,
        "words": rules.STATE_WORDS,
    }
    return page("talks/prepare.html", status=422 if refused else 200, **context)


def _step(talk_id: int, step: Callable[[], object], *, then: str = ".prepare") -> Response:
    try:
        step()
    except (rules.TalkRefused, votes.VoteRefused) as refused:
        return _prepare(talk_id, refused=refused)
    return see_other(url_for(then, talk_id=talk_id))


@bp.get("/talks/<int:talk_id>/plan")
@needs(Permission.RUN_TALK)
def prepare(talk_id: int, *, me: Actor) -> Response:
    """Show what is still to be done before the evening."""
    return _prepare(talk_id)


@bp.post("/talks/<int:talk_id>/staff")
@needs(Permission.RUN_TALK)
def update_staff(talk_id: int, *, me: Actor) -> Response:
    """Name the four."""
    staff = [web.small_number(web.request.form.get(role)) for role in ROLES]
    return _step(talk_id, lambda: commands.name_staff(talk_id=talk_id, staff=staff, actor=me, now=clock.now()))


@bp.post("/talks/<int:talk_id>/agenda")
@needs(Permission.RUN_TALK)
def create_item(talk_id: int, *, me: Actor) -> Response:
    """Add a point to the agenda."""
    form = web.request.form
    title, minutes = form.get("title", "").strip(), item_minutes(form.get("minutes", "").strip())
    if not 1 <= len(title) <= 60 or minutes is None:
        return _prepare(talk_id, refused=_("写清这一项议什么（最多60个字）和几分钟（1到240）。"), field="title")
    return _step(
        talk_id,
        lambda: commands.add_item(
            talk_id=talk_id, title=title, minutes=minutes, actor=me, key=form.get("key", ""), now=clock.now()
        ),
        then=".console" if form.get("from") == "console" else ".prepare",
    )


@bp.post("/talks/<int:talk_id>/agenda/<int:item_id>/motions")
@needs(Permission.RUN_TALK)
def create_motion(talk_id: int, item_id: int, *, me: Actor) -> Response:
    """Write a motion under a point."""
    form = web.request.form
    text = form.get("text", "").strip()
    if not 1 <= len(text) <= 120:
        return _prepare(talk_id, refused=_("把要表决的话写成一句，最多120个字。"), field=f"text-{item_id}")

    def add() -> None:
        commands.add_motion(
            item_id=item_id,
            text=text,
            options=rules.options_from(form.get("options", "")) or list(votes.YES_NO),
            owner_text=form.get("owner", "").strip()[:60],
            roll="all" if form.get("roll") == "all" else "present",
            actor=me,
            now=clock.now(),
        )

    return _step(talk_id, add, then=".console" if form.get("from") == "console" else ".prepare")


@bp.post("/talks/<int:talk_id>/notice")
@needs(Permission.RUN_TALK)
def publish(talk_id: int, *, me: Actor) -> Response:
    """Put up the notice."""
    return _step(talk_id, lambda: commands.publish_notice(talk_id=talk_id, actor=me, now=clock.now()))


@bp.post("/talks/<int:talk_id>/doors")
@needs(Permission.RUN_TALK)
def open_doors(talk_id: int, *, me: Actor) -> Response:
    """Start the check-in and go to the chair's desk."""
    return _step(
        talk_id, lambda: commands_course.open_doors(talk_id=talk_id, actor=me, now=clock.now()), then=".console"
    )


@bp.post("/talks/<int:talk_id>/cancellation")
@needs(Permission.RUN_TALK)
def cancel(talk_id: int, *, me: Actor) -> Response:
    """Call the talk off."""
    reason = web.request.form.get("reason", "")
    return _step(talk_id, lambda: commands.cancel_talk(talk_id=talk_id, reason=reason, actor=me, now=clock.now()))


def _door(talk_id: int, *, refused: DomainError | None = None, came: str = "", again: bool = False) -> Response:
    headers.allow_camera()
    arrivals = queries.list_arrivals(talk_id, limit=ARRIVALS_SHOWN)
    return page(
        "talks/door.html",
        fragment="talks/_door.html",
        status=422 if refused else 200,
        talk=queries.get_card(talk_id),
        arrivals=arrivals,
        names=people.names_of([row.person_id for row in arrivals]),
        refused=web.say(refused) if refused else None,
        shut=rules.ARRIVALS_SHUT,
        typed=web.request.form.get("who", "") if refused else "",
        came=came,
        again=again,
    )


@bp.get("/talks/<int:talk_id>/door")
@needs(Permission.RUN_TALK)
def door(talk_id: int, *, me: Actor) -> Response:
    """Show the door: type a member number or scan a card, press Enter."""
    return _door(talk_id)


@bp.post("/talks/<int:talk_id>/door")
@needs(Permission.RUN_TALK)
def create_walk_in(talk_id: int, *, me: Actor) -> Response:
    """Check in somebody who stands at the door."""
    try:
        person = _person_of(web.request.form.get("who", "").strip())
        fresh = commands_floor.check_in(talk_id=talk_id, person_id=person.id, channel="desk", actor=me, now=clock.now())
    except rules.TalkRefused as refused:
        return _door(talk_id, refused=refused)
    if web.wants_fragment():
        return _door(talk_id, came=person.name, again=not fresh)
    web.flash(_("%(name)s到了。", name=person.name) if fresh else _("%(name)s已经签过到了。", name=person.name))
    return see_other(url_for(".door", talk_id=talk_id))


def _person_of(typed: str) -> people.Person:
    number = web.small_number(typed)
    if number is None:
        try:
            shown = people.read_medium(typed, now=clock.now())
        except people.MediumRefused as dead:
            raise rules.TalkRefused(dead.message, field="who") from dead
        person = people.get_person(shown.person_id) if shown else None
    else:
        person = people.find_by_member_no(number)
    if person is None:
        raise rules.TalkRefused(N_("没有这个编号或这张卡。看看卡上的号码，或到成员里登记这位邻居。"), field="who")
    return person
