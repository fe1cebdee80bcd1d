"""The topic board on the phone: reading, filing, seconding."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from engage import people
from engage.core import clock, web
from engage.core.access import Actor, Permission, signed_in
from engage.core.errors import DomainError, NotFound
from engage.core.i18n import _
from engage.topics import commands, queries, rounds, rules
from engage.topics.rules import Standing

bp = Blueprint("topics", __name__)


@bp.get("/topics")
@signed_in
def index(*, me: Actor) -> Response:
    """Show one tab of the board."""
    args, now = web.request.args, clock.now()
    tab = args.get("tab", "seconding")
    tab = tab if tab in queries.TABS else "seconding"
    q = args.get("q", "").strip()[:40]
    found = queries.list_topics(tab=tab, q=q, page=_page(args.get("page")), person_id=me.person_id, now=now)
    unit_id = people.household_of(me.person_id)
    return web.page(
        "topics/index.html",
        tab=tab,
        q=q,
        found=found,
        counts=queries.count_tabs(now=now),
        backed=queries.seconded_by(unit_id, [card.id for card in found.cards]),
        has_household=unit_id is not None,
        needed=queries.threshold(now=now),
        current=rounds.find_current(now=now),
    )


def _page(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1


@bp.get("/topics/new")
@signed_in
def new(*, me: Actor) -> Response:
    """Show the form to put up a topic."""
    return _form(me)


@bp.get("/topics/similar")
@signed_in
def similar(*, me: Actor) -> Response:
    """Show topics like the title being typed."""
    title = web.request.args.get("title", "").strip()[:40]
    return web.page("topics/_similar.html", similar=queries.find_similar(title, now=clock.now()))


def _form(me: Actor, *, refused: DomainError | None = None) -> Response:
    typed = web.request.form
    title = typed.get("title", "").strip()[:40]
    return web.page(
        "topics/new.html",
        fragment="topics/_form.html",
        status=422 if refused else 200,
        typed=typed,
        name=me.name,
        error=web.say(refused) if refused else "",
        field=refused.field if refused else None,
        similar=queries.find_similar(title, now=clock.now()),
    )


@bp.post("/topics")
@signed_in
def create(*, me: Actor) -> Response:
    """Put up a topic."""
    typed = web.request.form
    try:
        topic_id = commands.file_topic(
            title=typed.get("title", ""),
            body=typed.get("body", ""),
            is_named="named" in typed,
            actor=me,
            key=typed.get("key", ""),
            now=clock.now(),
        )
    except (rules.BadWording, commands.TopicRefused) as refused:
        return _form(me, refused=refused)
    web.flash(_("收到了。三天内没有人说不行，就自动贴上议题板。"))
    return web.see_other(web.url_for(".show", topic_id=topic_id))


@bp.get("/topics/<int:topic_id>")
@signed_in
def show(topic_id: int, *, me: Actor) -> Response:
    """Show one topic and what became of it."""
    return web.page("topics/show.html", **_context(topic_id, me))


def _context(topic_id: int, me: Actor) -> dict[str, Any]:
    now = clock.now()
    topic = queries.get_card(topic_id, now=now)
    is_mine = topic.filed_by == me.person_id
    # Before a moderator or the clock let it out, and after its author took it back, a topic is nobody else's business.
    if topic.state in {Standing.SUBMITTED, Standing.WITHDRAWN} and not (is_mine or me.can(Permission.MODERATE_TOPICS)):
        raise NotFound
    unit_id = people.household_of(me.person_id)
    return {
        "topic": topic,
        "is_mine": is_mine,
        "is_backed": topic_id in queries.seconded_by(unit_id, [topic_id]),
        "has_household": unit_id is not None,
        "reason": rules.REASONS.get(topic.reason, ""),
        "opens_at": rules.opens_by_itself_at(topic.filed_at),
        "can_withdraw": is_mine and topic.state in rules.WITHDRAWABLE,
        "refusal": "",
    }


def _after_seconding(topic_id: int, me: Actor, *, refused: DomainError | None = None) -> Response:
    """Answer htmx with the row's own part, the plain form with the page it came from."""
    if refused is not None or web.wants_fragment():
        context = _context(topic_id, me) | {"refusal": web.say(refused) if refused else ""}
        status = 422 if refused else 200
        return web.page("topics/show.html", fragment="topics/_support.html", status=status, **context)
    fallback = web.url_for(".show", topic_id=topic_id)
    return web.see_other(web.safe_next(web.request.form.get("next"), otherwise=fallback))


@bp.post("/topics/<int:topic_id>/seconds")
@signed_in
def second(topic_id: int, *, me: Actor) -> Response:
    """Back a topic for the household."""
    _context(topic_id, me)
    try:
        commands.second_topic(topic_id=topic_id, actor=me, now=clock.now())
    except commands.TopicRefused as refused:
        return _after_seconding(topic_id, me, refused=refused)
    return _after_seconding(topic_id, me)


@bp.post("/topics/<int:topic_id>/seconds/withdrawal")
@signed_in
def take_back(topic_id: int, *, me: Actor) -> Response:
    """Stop backing a topic."""
    _context(topic_id, me)
    try:
        commands.take_back_second(topic_id=topic_id, actor=me, now=clock.now())
    except commands.TopicRefused as refused:
        return _after_seconding(topic_id, me, refused=refused)
    return _after_seconding(topic_id, me)


@bp.post("/topics/<int:topic_id>/withdrawal")
@signed_in
def withdraw(topic_id: int, *, me: Actor) -> Response:
    """Take one's own topic back."""
    _context(topic_id, me)
    try:
        commands.withdraw_topic(topic_id=topic_id, actor=me, now=clock.now())
    except commands.TopicRefused as refused:
        return _after_seconding(topic_id, me, refused=refused)
    web.flash(_("撤回了。"))
    return web.see_other(web.url_for(".index", tab="mine"))
