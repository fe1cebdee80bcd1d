"""The office's pages: all teams, founding, changing, closing one, who leads it."""

from __future__ import annotations

from typing import Any

from flask import Response

from engage import people, places
from engage.core import clock, idempotency, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError
from engage.core.i18n import _
from engage.teams import commands, queries, register
from engage.teams.forms import TeamForm
from engage.teams.views import bp, shelf, team_page
from engage.teams.views_answers import back_to
from engage.teams.words import KIND_WORDS


@bp.get("/teams/all")
@needs(Permission.MANAGE_MEMBERS)
def manage(me: Actor) -> Response:
    """List the teams with who leads them and who waits; `?state=closed` lists the closed ones."""
    closed = web.request.args.get("state") == "closed"
    context = shelf(me=me, closed=closed)
    ids = [team.id for team in context["teams"]]
    return web.page(
        "teams/office.html",
        closed=closed,
        closed_count=people.count_teams(closed=True),
        to_answer=queries.waiting_counts(ids),
        soon=register.count_running_out(days=30, today=clock.local_date(clock.now())),
        **context,
    )


def _form_page(template: str, form: TeamForm, **context: Any) -> Response:
    status = 422 if form.errors else 200
    return web.page(template, status=status, form=form, kinds=KIND_WORDS, grids=places.list_grids(), **context)


@bp.get("/teams/new")
@needs(Permission.MANAGE_MEMBERS)
def new(me: Actor) -> Response:
    """Show the form for one more team."""
    return _form_page("teams/new.html", TeamForm(), key=idempotency.new_key(), team=None)


@bp.post("/teams")
@needs(Permission.MANAGE_MEMBERS)
def create(me: Actor) -> Response:
    """Found a team."""
    form = TeamForm.parse(web.request.form)
    key = web.request.form.get("key") or idempotency.new_key()
    try:
        team_id = commands.found_team(plan=form.plan(), actor=me, key=key, now=clock.now())
    except DomainError as refused:
        if refused.status != 422:
            raise
        return _form_page("teams/new.html", form.refused(refused), key=key, team=None)
    web.flash(_("队伍建好了。再定一位队长"))
    return web.see_other(web.url_for(".show", team_id=team_id, view="desk"))


@bp.get("/teams/<int:team_id>/edit")
@needs(Permission.MANAGE_MEMBERS)
def edit(team_id: int, me: Actor) -> Response:
    """Show the form to change a team."""
    team = people.get_team(team_id)
    form = TeamForm.of(team, queries.profiles_of([team_id])[team_id])
    return _form_page("teams/edit.html", form, team=team, key=None)


@bp.post("/teams/<int:team_id>")
@needs(Permission.MANAGE_MEMBERS)
def update(team_id: int, me: Actor) -> Response:
    """Change a team."""
    team, form = people.get_team(team_id), TeamForm.parse(web.request.form)
    try:
        commands.change_team(team_id=team_id, plan=form.plan(), actor=me, now=clock.now())
    except DomainError as refused:
        if refused.status != 422:
            raise
        return _form_page("teams/edit.html", form.refused(refused), team=team, key=None)
    web.flash(_("改好了"))
    return web.see_other(web.url_for(".show", team_id=team_id, view="desk"))


def _closing_page(team_id: int, *, refused: DomainError | None = None) -> Response:
    team = people.get_team(team_id)
    return web.page(
        "teams/closure.html",
        status=422 if refused else 200,
        team=team,
        waiting=queries.waiting_counts([team_id]).get(team_id, 0),
        error=web.say(refused) if refused else None,
    )


@bp.get("/teams/<int:team_id>/closure")
@needs(Permission.MANAGE_MEMBERS)
def ask_closure(team_id: int, me: Actor) -> Response:
    """Ask before closing a team, saying whom it concerns."""
    return _closing_page(team_id)


@bp.post("/teams/<int:team_id>/closure")
@needs(Permission.MANAGE_MEMBERS)
def close(team_id: int, me: Actor) -> Response:
    """Close a team."""
    people.get_team(team_id)
    try:
        commands.close_team(team_id=team_id, reason=web.request.form.get("reason", ""), actor=me, now=clock.now())
    except DomainError as refused:
        if refused.status != 422:
            raise
        return _closing_page(team_id, refused=refused)
    web.flash(_("队伍解散了，谁在队里、在了多久都记着"))
    return web.see_other(web.url_for(".manage"))


@bp.post("/teams/<int:team_id>/reopening")
@needs(Permission.MANAGE_MEMBERS)
def reopen(team_id: int, me: Actor) -> Response:
    """Let a closed team work again."""
    people.get_team(team_id)
    commands.reopen_team(team_id=team_id, actor=me, now=clock.now())
    web.flash(_("队伍恢复了，人要重新进"))
    return web.see_other(web.url_for(".show", team_id=team_id, view="desk"))


@bp.post("/teams/<int:team_id>/leaders")
@needs(Permission.MANAGE_MEMBERS)
def name_leader(team_id: int, me: Actor) -> Response:
    """Let somebody lead a team."""
    people.get_team(team_id)
    typed = web.request.form.get("member_no", "")
    try:
        commands.name_leader(team_id=team_id, member_no=web.small_number(typed), actor=me, now=clock.now())
    except DomainError as refused:
        return team_page(team_id, me=me, refused=refused, leader_no=typed)
    return back_to(team_id)


@bp.post("/teams/<int:team_id>/leaders/<int:person_id>/closure")
@needs(Permission.MANAGE_MEMBERS)
def dismiss_leader(team_id: int, person_id: int, me: Actor) -> Response:
    """Let somebody lead a team no more."""
    commands.dismiss_leader(team_id=team_id, person_id=person_id, actor=me, now=clock.now())
    return back_to(team_id)
