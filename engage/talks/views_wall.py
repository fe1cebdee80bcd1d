"""Walls and paper: the projector, which keeps itself up to date, and the poster for the notice board."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template

from engage import people
from engage.core import clock, live
from engage.core.access import Actor, Permission, needs
from engage.core.web import absolute_url, page
from engage.talks import evening, queries, rules
from engage.talks.sizes import size_of
from engage.talks.views import bp, stamped
from engage.votes import option_words


def _context(talk_id: int, *, polled: bool = False) -> dict[str, Any]:
    now = clock.now()
    picture = evening.picture_of(talk_id, now=now)
    voting = picture.vote is not None and picture.scene == "voting"
    return {
        "evening": picture,
        # A polled stage must not change while nothing happened: the script fills in the time left.
        "at": None if polled else now,
        "clock_now": now,
        "size": _size(picture),
        "speech_seconds": int(rules.SPEECH.total_seconds()),
        "address": absolute_url("votes.show", vote_id=picture.vote.id)
        if voting and picture.vote
        else absolute_url("talks.show", talk_id=talk_id),
    }


def _size(picture: evening.Evening) -> int:
    if picture.vote is None or picture.scene not in {"voting", "result"}:
        return size_of(question=picture.active.title if picture.active else picture.talk.title)
    options = [option_words(option) for option in picture.vote.options]
    outcome = picture.vote.outcome if picture.scene == "result" else None
    shown = options if outcome is None or outcome.counts else []
    return size_of(question=picture.vote.question, options=shown, result=outcome.sentence if outcome else None)


@bp.get("/talks/<int:talk_id>/projector")
@needs(Permission.RUN_TALK)
def projector(talk_id: int, *, me: Actor) -> Response:
    """Show the wall. Without JavaScript it reloads itself every five seconds."""
    return page("talks/projector.html", **_context(talk_id))


@bp.get("/talks/<int:talk_id>/projector/stage")
@needs(Permission.RUN_TALK)
def stage(talk_id: int, *, me: Actor) -> Response:
    """Answer the wall's poll: the stage, or 304 while it shows the right thing."""
    return stamped(live.fresh_or_unchanged(render_template("talks/_stage.html", **_context(talk_id, polled=True))))


@bp.get("/talks/<int:talk_id>/poster")
@needs(Permission.RUN_TALK)
def poster(talk_id: int, *, me: Actor) -> Response:
    """Show the A4 poster."""
    talk = queries.get_talk(talk_id)
    return page(
        "talks/poster.html",
        talk=talk,
        items=queries.list_items(talk_id),
        units=len(people.units_with_voters()),
        address=absolute_url("talks.show", talk_id=talk_id),
    )
