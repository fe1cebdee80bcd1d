"""Many people at once: asked, named, done, told, taken back."""

from __future__ import annotations

from typing import Any

from flask import Response

from engage import places
from engage.core import clock, idempotency, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError, NotFound
from engage.core.i18n import _, ngettext
from engage.people import changed, changing, directory, planning
from engage.people.blueprint import bp
from engage.people.bulk import Act, is_undoable
from engage.people.filters import address_of, filters_in
from engage.people.planning import Asked
from engage.people.words_lists import ACT_WORDS, LEFT_WORDS, what_happens

#: acts that end on paper have pages of their own
_PAPER = {"slips": "people.slips", "cards": "people.cards_to_print"}
#: more are asked for by filters
_TICKED_AT_MOST = 1000


def _asked(values: Any) -> Asked:
    act = values.get("act", "")
    if act not in set(Act):
        raise NotFound
    ticked = tuple(dict.fromkeys(web.whole_number(text) for text in values.getlist("person")[:_TICKED_AT_MOST]))
    new_team = " ".join(values.get("new_team", "").split())[:60]
    return Asked(
        act=Act(act),
        ticked=None if values.get("scope") == "found" else ticked,
        filters=filters_in(values),
        team=new_team or values.get("team_name", "").strip()[:60],
        grid=web.whole_number(values["to"]) if values.get("to") else None,
    )


def _said(values: Any) -> dict[str, Any]:
    return {**address_of(filters_in(values))}


def _ask(asked: Asked, me: Actor, *, refusal: DomainError | None = None) -> Response:
    """Show what would happen; without a team or grid yet, ask for it first."""
    plan, now = None, clock.now()
    complete = asked.target not in {"", "None"} or asked.act not in {Act.TEAM, Act.GRID}
    if complete:
        try:
            plan = planning.plan_change(asked, actor=me, now=now)
        except NotFound:
            raise
        except DomainError as refused:
            refusal = refusal or refused
    grids = places.list_grids()
    target = asked.team or next((grid.name for grid in grids if grid.id == asked.grid), "")
    return web.page(
        "people/change_new.html",
        status=refusal.status if refusal else 200,
        error=web.say(refusal) if refusal else None,
        asked=asked,
        plan=plan,
        title=ACT_WORDS[asked.act],
        sentence=what_happens(asked.act, count=len(plan.ids), target=target) if plan else "",
        said=address_of(asked.filters),
        reason=web.request.form.get("reason", ""),
        left_words=LEFT_WORDS,
        grids=grids,
        teams=directory.list_teams(),
        key=idempotency.new_key(),
    )


@bp.get("/members/changes/new")
@needs(Permission.MANAGE_MEMBERS)
def new_change(*, me: Actor) -> Response:
    """Ask what to do with the people ticked, or with everybody found; acts on paper go on to their pages."""
    values = web.request.args
    found, back = values.get("scope") == "found", web.url_for("people.index", **_said(values))
    if not found and not values.getlist("person"):
        web.flash(_("一个人也没选。勾上人，或者选“找到的全部”"))
        return web.see_other(back)
    if values.get("act") in _PAPER:
        chosen: dict[str, Any] = {"scope": "found", **_said(values)} if found else {"person": values.getlist("person")}
        return web.see_other(web.url_for(_PAPER[values["act"]], **chosen))
    return _ask(_asked(values), me)


@bp.post("/members/changes")
@needs(Permission.MANAGE_MEMBERS)
def create_change(*, me: Actor) -> Response:
    """Do what was confirmed."""
    form = web.request.form
    asked, key = _asked(form), form.get("key") or idempotency.new_key()
    seal, reason = form.get("seal", ""), form.get("reason", "").strip()[:120]
    try:
        change_id = changing.change_many(asked, seal=seal, reason=reason, actor=me, key=key, now=clock.now())
    except NotFound:
        raise
    except DomainError as refusal:
        return _ask(asked, me, refusal=refusal)
    return web.see_other(web.url_for("people.show_change", change_id=change_id))


@bp.get("/members/changes")
@needs(Permission.MANAGE_MEMBERS)
def changes(*, me: Actor) -> Response:
    """List what was done to many at once, newest first."""
    cards, more = changed.list_changes(before=web.small_number(web.request.args.get("before")) or 0)
    return web.page("people/changes.html", changes=cards, more=more, words=ACT_WORDS)


@bp.get("/members/changes/<int:change_id>")
@needs(Permission.MANAGE_MEMBERS)
def show_change(change_id: int, *, me: Actor) -> Response:
    """Tell what a change did, to whom, and offer to take it back."""
    return _told(change_id)


def _told(change_id: int, *, refusal: DomainError | None = None) -> Response:
    change = changed.get_change(change_id)
    lines, more = changed.people_of(change_id, after=web.small_number(web.request.args.get("after")) or 0)
    return web.page(
        "people/change.html",
        status=refusal.status if refusal else 200,
        error=web.say(refusal) if refusal else None,
        change=change,
        sentence=what_happens(change.act, count=change.changed, target=change.target),
        lines=lines,
        more=more,
        undoable=is_undoable(at=change.at, undone_at=change.undone_at, now=clock.now()),
    )


@bp.post("/members/changes/<int:change_id>/undo")
@needs(Permission.MANAGE_MEMBERS)
def undo_change(change_id: int, *, me: Actor) -> Response:
    """Take a change back."""
    try:
        restored = changed.undo_change(change_id=change_id, actor=me, now=clock.now())
    except NotFound:
        raise
    except DomainError as refusal:
        return _told(change_id, refusal=refusal)
    if restored:
        web.flash(ngettext("撤回了，%(num)s人回到原来的样子", "撤回了，%(num)s人回到原来的样子", restored))
    return web.see_other(web.url_for("people.show_change", change_id=change_id))
