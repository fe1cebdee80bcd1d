"""The office's desk for topics, and the pages of agenda rounds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Response

from engage.core import clock, web
from engage.core.access import Actor, Permission, needs, signed_in
from engage.core.errors import DomainError
from engage.core.i18n import _, ngettext
from engage.topics import agenda, commands, forms, queries, rounds, rules
from engage.topics.views import bp


@bp.get("/topics/desk")
@needs(Permission.MODERATE_TOPICS)
def moderate(*, me: Actor) -> Response:
    """Show what waits for a look, what is ready for a ballot, and the rounds so far."""
    return _desk()


def _desk(*, refused: DomainError | None = None) -> Response:
    now = clock.now()
    return web.page(
        "topics/desk.html",
        status=422 if refused else 200,
        waiting=queries.list_to_moderate(now=now),
        shortlisted=queries.list_shortlisted(now=now),
        rounds=rounds.list_rounds(now=now),
        needed=queries.threshold(now=now),
        reasons=rules.REASONS,
        window=rules.MODERATION,
        typed=web.request.form,
        chosen=web.request.form.getlist("topic"),
        default=_default_times(now),
        error=web.say(refused) if refused else "",
        field=refused.field if refused else None,
    )


def _default_times(now: datetime) -> dict[str, str]:
    start = clock.local(now).replace(second=0, microsecond=0)
    return {
        "opens_at": start.strftime("%Y-%m-%dT%H:%M"),
        "closes_at": (start + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M"),
    }


def _done(words: str) -> Response:
    web.flash(words)
    return web.see_other(web.url_for("topics.moderate"))


@bp.post("/topics/<int:topic_id>/admission")
@needs(Permission.MODERATE_TOPICS)
def admit(topic_id: int, *, me: Actor) -> Response:
    """Let a topic through."""
    try:
        commands.admit_topic(topic_id=topic_id, actor=me, now=clock.now())
    except commands.TopicRefused as refused:
        return _desk(refused=refused)
    return _done(_("贴上议题板了。"))


@bp.post("/topics/<int:topic_id>/rejection")
@needs(Permission.MODERATE_TOPICS)
def reject(topic_id: int, *, me: Actor) -> Response:
    """Turn a topic away, with a reason."""
    form = web.request.form
    try:
        commands.reject_topic(
            topic_id=topic_id, reason=form.get("reason", ""), text=form.get("text", ""), actor=me, now=clock.now()
        )
    except commands.TopicRefused as refused:
        return _desk(refused=refused)
    return _done(_("没有采用，理由已经告诉提议的人。"))


@bp.post("/topics/threshold")
@needs(Permission.MODERATE_TOPICS)
def set_threshold(*, me: Actor) -> Response:
    """Set how many households must second a topic."""
    try:
        needed = forms.parse_count(web.request.form.get("needed", ""))
        commands.set_threshold(needed=needed, actor=me, now=clock.now())
    except commands.TopicRefused as refused:
        return _desk(refused=refused)
    return _done(
        ngettext(
            "以后提的议题满%(num)s户附议就上会，已经提了的不变。",
            "以后提的议题满%(num)s户附议就上会，已经提了的不变。",
            needed,
        )
    )


@bp.post("/agenda-rounds")
@needs(Permission.MODERATE_TOPICS)
def create_round(*, me: Actor) -> Response:
    """Open an agenda round."""
    form = web.request.form
    try:
        plan = forms.parse_round(form, form.getlist("topic"))
        round_id = agenda.open_round(plan=plan, actor=me, now=clock.now())
    except DomainError as refused:
        return _desk(refused=refused)
    return web.see_other(web.url_for("topics.show_round", round_id=round_id))


@bp.get("/agenda-rounds/<int:round_id>")
@signed_in
def show_round(round_id: int, *, me: Actor) -> Response:
    """Show an agenda round: its topics, the way to the ballot, and what was selected."""
    return web.page("topics/round.html", **_round(round_id, me))


def _round(round_id: int, me: Actor) -> dict[str, Any]:
    now = clock.now()
    card = rounds.get_round(round_id, now=now)
    topics = queries.topic_cards(card.topic_ids, now=now)
    return {
        "round": card,
        "topics": topics,
        "votes_of": dict(zip(card.topic_ids, card.counts, strict=False)),
        "may_conclude": me.can(Permission.MODERATE_TOPICS),
        "refusal": "",
        "typed": web.request.form,
    }


@bp.post("/agenda-rounds/<int:round_id>/conclusion")
@needs(Permission.MODERATE_TOPICS)
def conclude(round_id: int, *, me: Actor) -> Response:
    """Write down what the ballot selected; lots are places 1, 2, 3 … beside the tied topics."""
    now = clock.now()
    card = rounds.get_round(round_id, now=now)
    tied = card.selection.tied if card.selection else ()
    places = {topic_id: forms.parse_count(web.request.form.get(f"lot-{topic_id}", "")) for topic_id in tied}
    drawn = sorted(tied, key=lambda topic_id: places[topic_id])
    lots = drawn if sorted(places.values()) == list(range(1, len(tied) + 1)) else []
    try:
        agenda.conclude_round(round_id=round_id, lots=lots, actor=me, now=now)
    except agenda.RoundRefused as refused:
        return web.page("topics/round.html", status=422, **_round(round_id, me) | {"refusal": web.say(refused)})
    return web.see_other(web.url_for("topics.show_round", round_id=round_id))
