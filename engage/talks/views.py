"""The phone pages: the list of talks, one talk as the residents see it, arriving, asking for the microphone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template

from engage import people, votes
from engage.core import clock, live, web
from engage.core.access import Actor, signed_in
from engage.core.errors import DomainError
from engage.core.web import page, see_other, url_for
from engage.talks import commands_floor, evening, queries, rules

bp = Blueprint("talks", __name__)
PER_PAGE = 20


@bp.get("/talks")
@signed_in
def index(*, me: Actor) -> Response:
    """Show the next talk and those that were."""
    now = clock.now()
    number = max(1, web.whole_number(web.request.args.get("page", "1"), at_most=10_000))
    total = queries.count_recent()
    return page(
        "talks/index.html",
        coming=queries.find_next(now=now),
        past=queries.recent(limit=PER_PAGE, offset=(number - 1) * PER_PAGE),
        number=number,
        pages=max(1, -(-total // PER_PAGE)),
        total=total,
        words=rules.STATE_WORDS,
        me=me,
    )


@bp.get("/talks/<int:talk_id>")
@signed_in
def show(talk_id: int, *, me: Actor) -> Response:
    """Show one talk to a resident."""
    return _page(talk_id, me)


@bp.get("/motions/<int:motion_id>")
@signed_in
def show_motion(motion_id: int, *, me: Actor) -> Response:
    """Go to the talk a motion is put at: a vote knows its motion, and no more of where it belongs."""
    return see_other(url_for(".show", talk_id=queries.talk_of_motion(motion_id)))


def _context(talk_id: int, me: Actor, *, polled: bool = False) -> dict[str, Any]:
    now = clock.now()
    picture = evening.picture_of(talk_id, now=now)
    unit_id = people.household_of(me.person_id)
    voting = picture.vote if picture.scene == "voting" else None
    ahead = next((n for n, entry in enumerate(picture.queue) if entry.person_id == me.person_id), None)
    return {
        "evening": picture,
        # A polled fragment must not change while nothing happened, so the script fills in the time left.
        "at": None if polled else now,
        "clock_now": now,
        "arrived": queries.find_attendance(talk_id=talk_id, person_id=me.person_id) is not None,
        "votes_here": unit_id is not None,
        "has_voted": voting is not None and votes.standing_of(voting.id, unit_id=unit_id).used,
        "ahead": ahead,
        "entry": picture.queue[ahead] if ahead is not None else None,
        "me": me,
        "refused": None,
    }


def _page(talk_id: int, me: Actor, *, refused: DomainError | None = None) -> Response:
    context = _context(talk_id, me)
    context["refused"] = web.say(refused) if refused else None
    return page("talks/show.html", fragment="talks/_evening.html", status=422 if refused else 200, **context)


def _after(talk_id: int, me: Actor) -> Response:
    return _page(talk_id, me) if web.wants_fragment() else see_other(url_for(".show", talk_id=talk_id))


@bp.get("/talks/<int:talk_id>/live")
@signed_in
def show_live(talk_id: int, *, me: Actor) -> Response:
    """Answer the phone's poll: the evening as it stands, or 304."""
    return stamped(
        live.fresh_or_unchanged(render_template("talks/_evening.html", **_context(talk_id, me, polled=True)))
    )


def stamped(response: Response) -> Response:
    """Tell the script what time it is here, so that every screen counts down together."""
    response.headers["X-Server-Time"] = str(int(clock.now().timestamp() * 1000))
    return response


@bp.post("/talks/<int:talk_id>/arrivals")
@signed_in
def create_arrival(talk_id: int, *, me: Actor) -> Response:
    """Check in with one's own phone."""
    try:
        commands_floor.check_in(talk_id=talk_id, person_id=me.person_id, channel="phone", actor=me, now=clock.now())
    except rules.TalkRefused as refused:
        return _page(talk_id, me, refused=refused)
    return _after(talk_id, me)


@bp.post("/talks/<int:talk_id>/speakers")
@signed_in
def create_speaker(talk_id: int, *, me: Actor) -> Response:
    """Ask for the microphone."""
    try:
        commands_floor.queue_to_speak(
            talk_id=talk_id,
            person_id=me.person_id,
            stance=web.request.form.get("stance", "open"),
            actor=me,
            now=clock.now(),
        )
    except rules.TalkRefused as refused:
        return _page(talk_id, me, refused=refused)
    return _after(talk_id, me)


@bp.post("/talks/<int:talk_id>/speakers/withdrawal")
@signed_in
def create_withdrawal(talk_id: int, *, me: Actor) -> Response:
    """Leave the queue; only one's own place can be left here."""
    queries.get_talk(talk_id)
    entry = next(
        (e for e in queries.list_speakers(talk_id) if e.person_id == me.person_id and e.state == "waiting"), None
    )
    if entry:
        commands_floor.leave_queue(entry_id=entry.id, skipped=False, actor=me, now=clock.now())
    return _after(talk_id, me)
