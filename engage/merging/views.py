"""The office's pages: pairs that look like one person, two entries side by side, and what was merged."""

from __future__ import annotations

from flask import Blueprint, Response

from engage import people
from engage.core import clock, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError, NotFound
from engage.core.i18n import _
from engage.merging import commands, queries
from engage.merging.words import FACT_WORDS, WHY_WORDS

bp = Blueprint("merging", __name__)
_NUMBERS = ("first", "second")


@bp.get("/members/duplicates")
@needs(Permission.MANAGE_MEMBERS)
def index(*, me: Actor) -> Response:
    """List pairs that look like one person; two member numbers open any other pair."""
    args = web.request.args
    error, typed = None, {name: args.get(name, "")[:12] for name in _NUMBERS}
    if any(typed.values()):
        found = [people.find_by_member_no(web.small_number(text) or 0) for text in typed.values()]
        if found[0] is not None and found[1] is not None and found[0].id != found[1].id:
            return web.see_other(web.url_for(".show", person_id=found[0].id, other_id=found[1].id))
        error = _("写两个不同的、名册上有的编号")
    return _index(me, error=error, typed=typed)


def _index(me: Actor, *, error: str | None, typed: dict[str, str]) -> Response:
    number = web.request.args.get("page", "")
    page = int(number) if number.isdecimal() and 0 < len(number) < 5 else 1
    found = queries.suggestions(reach=me.reach(Permission.MANAGE_MEMBERS))
    shown = found[(page - 1) * queries.PAGE : page * queries.PAGE]
    merges = queries.list_merges(reach=me.reach(Permission.MANAGE_MEMBERS))
    ids = {one for twins in shown for one in (twins.first_id, twins.second_id)}
    ids |= {one for card in merges for one in (card.merged_id, card.survivor_id, card.merged_by)}
    return web.page(
        "merging/index.html",
        status=422 if error else 200,
        found=shown,
        total=len(found),
        number=page,
        pages=max(-(-len(found) // queries.PAGE), 1),
        merges=merges,
        persons=people.persons_of(ids),
        why=WHY_WORDS,
        error=error,
        typed=typed,
        this_moment=clock.now(),
    )


@bp.get("/members/<int:person_id>/merging/<int:other_id>")
@needs(Permission.MANAGE_MEMBERS)
def show(person_id: int, other_id: int, *, me: Actor) -> Response:
    """Show two entries side by side; the first one stays."""
    _ensure_reach(me, person_id, other_id)
    return _pair(person_id, other_id)


def _ensure_reach(me: Actor, *person_ids: int) -> None:
    if set(person_ids) - people.persons_of(person_ids, reach=me.reach(Permission.MANAGE_MEMBERS)).keys():
        raise NotFound


def _pair(person_id: int, other_id: int, *, refusal: DomainError | None = None) -> Response:
    if refusal is not None and refusal.status not in {403, 422}:
        raise refusal
    form = web.request.form
    pair = queries.compare(survivor_id=person_id, merged_id=other_id, now=clock.now())
    return web.page(
        "merging/show.html",
        status=refusal.status if refusal else 200,
        pair=pair,
        facts=FACT_WORDS,
        chosen={fact: form.get(f"fact-{fact}", "stays") for fact in pair.differ},
        reason=form.get("reason", "")[:120],
        languages=[people.language_words(side.person.languages) for side in (pair.stays, pair.goes)],
        error=web.say(refusal) if refusal else None,
        bad_field=refusal.field if refusal else None,
    )


@bp.post("/members/<int:person_id>/merging/<int:other_id>")
@needs(Permission.MANAGE_MEMBERS)
def create(person_id: int, other_id: int, *, me: Actor) -> Response:
    """Make them one."""
    _ensure_reach(me, person_id, other_id)
    form = web.request.form
    try:
        card = commands.merge(
            survivor_id=person_id,
            merged_id=other_id,
            facts=[fact for fact in FACT_WORDS if form.get(f"fact-{fact}") == "goes"],
            reason=" ".join(form.get("reason", "").split())[:120],
            seen=form.get("seen", "")[:64],
            actor=me,
            now=clock.now(),
        )
    except DomainError as refusal:
        return _pair(person_id, other_id, refusal=refusal)
    web.flash(_("并成一条了，7天内能撤销"))
    return web.see_other(web.url_for(".merge", merge_id=card.id))


@bp.get("/members/merges/<int:merge_id>")
@needs(Permission.MANAGE_MEMBERS)
def merge(merge_id: int, *, me: Actor) -> Response:
    """Show one merge: what moved, and the way back while there is one."""
    _ensure_reach(me, queries.get_merge(merge_id).survivor_id)
    return _merge(merge_id)


def _merge(merge_id: int, *, refusal: DomainError | None = None) -> Response:
    if refusal is not None and refusal.status not in {403, 422}:
        raise refusal
    card = queries.get_merge(merge_id)
    return web.page(
        "merging/merge.html",
        status=refusal.status if refusal else 200,
        card=card,
        persons=people.persons_of({card.merged_id, card.survivor_id, card.merged_by}),
        back=card.can_be_undone(now=clock.now()),
        error=web.say(refusal) if refusal else None,
    )


@bp.post("/members/merges/<int:merge_id>/reversal")
@needs(Permission.MANAGE_MEMBERS)
def undo(merge_id: int, *, me: Actor) -> Response:
    """Make them two again."""
    _ensure_reach(me, queries.get_merge(merge_id).survivor_id)
    try:
        commands.undo(merge_id=merge_id, actor=me, now=clock.now())
    except DomainError as refusal:
        return _merge(merge_id, refusal=refusal)
    web.flash(_("撤销了，又是两条了"))
    return web.see_other(web.url_for(".merge", merge_id=merge_id))


@bp.post("/members/<int:person_id>/merging/<int:other_id>/dismissal")
@needs(Permission.MANAGE_MEMBERS)
def dismiss(person_id: int, other_id: int, *, me: Actor) -> Response:
    """Keep that these are two people."""
    _ensure_reach(me, person_id, other_id)
    commands.say_two(first_id=person_id, second_id=other_id, actor=me, now=clock.now())
    web.flash(_("记下了：是两个人，不再提醒"))
    return web.see_other(web.url_for(".index"))
