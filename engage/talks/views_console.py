"""The chair's desk: agenda, vote, queue and record of the evening on one dark page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, render_template

from engage import people, votes
from engage.core import clock, live, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import N_, DomainError
from engage.core.fence import get_in_scope
from engage.core.web import page, see_other, url_for
from engage.talks import commands_course, commands_floor, evening, queries, record, rules
from engage.talks.models import Motion
from engage.talks.views import bp, stamped


def _context(talk_id: int, *, polled: bool = False, refused: DomainError | None = None) -> dict[str, Any]:
    now = clock.now()
    picture = evening.picture_of(talk_id, now=now)
    return {
        "evening": picture,
        "at": None if polled else now,
        "clock_now": now,
        "units": len(people.units_with_voters()),
        "refused": web.say(refused) if refused else None,
    }


def _console(talk_id: int, *, refused: DomainError | None = None) -> Response:
    context = _context(talk_id, refused=refused)
    lines = [] if web.wants_fragment() else record.record_of(context["evening"])
    status = 422 if refused else 200
    return page("talks/console.html", fragment="talks/_console.html", status=status, lines=lines, **context)


def _step(talk_id: int, step: Callable[[], object]) -> Response:
    try:
        step()
    except (rules.TalkRefused, votes.VoteRefused) as refused:
        return _console(talk_id, refused=refused)
    return _console(talk_id) if web.wants_fragment() else see_other(url_for("talks.console", talk_id=talk_id))


@bp.get("/talks/<int:talk_id>/console")
@needs(Permission.RUN_TALK)
def console(talk_id: int, *, me: Actor) -> Response:
    """Show the chair's desk."""
    return _console(talk_id)


@bp.get("/talks/<int:talk_id>/console/live")
@needs(Permission.RUN_TALK)
def console_live(talk_id: int, *, me: Actor) -> Response:
    """Answer the desk's poll."""
    return stamped(live.fresh_or_unchanged(render_template("talks/_console.html", **_context(talk_id, polled=True))))


@bp.get("/talks/<int:talk_id>/record")
@needs(Permission.RUN_TALK)
def record_live(talk_id: int, *, me: Actor) -> Response:
    """Answer the poll of the evening's record."""
    lines = record.record_of(evening.picture_of(talk_id, now=clock.now()))
    return stamped(live.fresh_or_unchanged(render_template("talks/_record.html", lines=lines)))


@bp.post("/talks/<int:talk_id>/start")
@needs(Permission.RUN_TALK)
def start(talk_id: int, *, me: Actor) -> Response:
    """Open the evening."""
    return _step(talk_id, lambda: commands_course.start_talk(talk_id=talk_id, actor=me, now=clock.now()))


@bp.post("/talks/<int:talk_id>/adjournment")
@needs(Permission.RUN_TALK)
def adjourn(talk_id: int, *, me: Actor) -> Response:
    """End the evening."""
    return _step(talk_id, lambda: commands_course.adjourn_talk(talk_id=talk_id, actor=me, now=clock.now()))


@bp.post("/talks/<int:talk_id>/agenda/<int:item_id>/activation")
@needs(Permission.RUN_TALK)
def activate(talk_id: int, item_id: int, *, me: Actor) -> Response:
    """Call an agenda point."""
    return _step(talk_id, lambda: commands_course.activate_item(item_id=item_id, actor=me, now=clock.now()))


@bp.post("/talks/<int:talk_id>/agenda/<int:item_id>/deferral")
@needs(Permission.RUN_TALK)
def defer(talk_id: int, item_id: int, *, me: Actor) -> Response:
    """Put an agenda point off to the next talk."""
    return _step(talk_id, lambda: commands_course.defer_item(item_id=item_id, actor=me, now=clock.now()))


@bp.post("/talks/<int:talk_id>/motions/<int:motion_id>/vote")
@needs(Permission.RUN_TALK)
def create_vote(talk_id: int, motion_id: int, *, me: Actor) -> Response:
    """Freeze the roll and open the vote; when only the first half went through, the same button does the rest."""
    minutes = web.request.form.get("minutes", "")
    secrecy = web.request.form.get("secrecy", "secret")

    def put_and_open() -> None:
        now = clock.now()
        vote_id = commands_floor.put_motion(motion_id=motion_id, secrecy=secrecy, actor=me, now=now)
        ends = now + timedelta(minutes=int(minutes)) if minutes in {"2", "3", "5", "10"} else None
        votes.open_vote(vote_id=vote_id, actor=me, now=now, closes_at=ends)

    return _step(talk_id, put_and_open)


@bp.post("/talks/<int:talk_id>/motions/<int:motion_id>/stop")
@needs(Permission.RUN_TALK)
def stop_vote(talk_id: int, motion_id: int, *, me: Actor) -> Response:
    """Stop the vote: 15 s for the ballots in hand, then the result."""

    def stop() -> None:
        get_in_scope(Motion, motion_id)
        card = votes.find_by_subject(queries.subject_of(motion_id), now=clock.now())
        if card is None:
            raise rules.TalkRefused(N_("这条动议还没有开始表决。"))
        votes.stop_vote(vote_id=card.id, actor=me, now=clock.now())

    return _step(talk_id, stop)


@bp.post("/talks/<int:talk_id>/next-speaker")
@needs(Permission.RUN_TALK)
def next_speaker(talk_id: int, *, me: Actor) -> Response:
    """Call the next in the fair order."""
    after = web.whole_number(web.request.form.get("after", "0"))
    return _step(talk_id, lambda: commands_floor.call_next(talk_id=talk_id, after=after, actor=me, now=clock.now()))


@bp.post("/talks/<int:talk_id>/speakers/<int:entry_id>/end")
@needs(Permission.RUN_TALK)
def end_speaker(talk_id: int, entry_id: int, *, me: Actor) -> Response:
    """End a speech."""
    return _step(talk_id, lambda: commands_floor.finish_speech(entry_id=entry_id, actor=me, now=clock.now()))


@bp.post("/talks/<int:talk_id>/speakers/<int:entry_id>/skip")
@needs(Permission.RUN_TALK)
def skip_speaker(talk_id: int, entry_id: int, *, me: Actor) -> Response:
    """Take somebody out of the queue who is not there."""
    return _step(
        talk_id, lambda: commands_floor.leave_queue(entry_id=entry_id, skipped=True, actor=me, now=clock.now())
    )


@bp.post("/talks/<int:talk_id>/speakers/for-others")
@needs(Permission.RUN_TALK)
def create_speaker_for(talk_id: int, *, me: Actor) -> Response:
    """Queue for somebody without a phone, by member number."""
    number = web.small_number(web.request.form.get("who"))

    def queue() -> None:
        person = people.find_by_member_no(number) if number is not None else None
        if person is None:
            raise rules.TalkRefused(N_("没有这个编号的成员，看看卡上的号码。"), field="who")
        commands_floor.queue_to_speak(talk_id=talk_id, person_id=person.id, stance="open", actor=me, now=clock.now())

    return _step(talk_id, queue)


@bp.post("/talks/<int:talk_id>/notes")
@needs(Permission.RUN_TALK)
def create_note(talk_id: int, *, me: Actor) -> Response:
    """Write one line of the record."""
    form = web.request.form
    return _step(
        talk_id,
        lambda: commands_floor.note(
            talk_id=talk_id, text=form.get("text", ""), actor=me, key=form.get("key", ""), now=clock.now()
        ),
    )
