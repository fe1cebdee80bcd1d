"""Everybody's pages: which teams there are, one team, asking to come in, leaving, one's own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from engage import people, places
from engage.core import clock, web
from engage.core.access import Actor, Permission, signed_in
from engage.core.errors import DomainError
from engage.core.i18n import _
from engage.teams import applications, commands, leaving, queries, register
from engage.teams.rules import TeamKind
from engage.teams.words import KIND_WORDS, STATE_WORDS

bp = Blueprint("teams", __name__)


def page_number() -> int:
    """Return the page asked for, at least 1; nonsense is page 1."""
    text = web.request.args.get("page", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def shelf(*, me: Actor, closed: bool = False) -> dict[str, Any]:
    """Return one page of teams narrowed by the address, with who leads them and what the reader is to them."""
    args = web.request.args
    q, kind = args.get("q", "").strip()[:40], args.get("kind", "")
    kind = kind if kind in set(TeamKind) else ""
    total = people.count_teams(q=q, kind=kind, closed=closed)
    pages = max(-(-total // queries.PAGE), 1)
    number = min(page_number(), pages)
    teams = people.search_teams(q=q, kind=kind, closed=closed, limit=queries.PAGE, offset=(number - 1) * queries.PAGE)
    ids = [team.id for team in teams]
    leads, profiles = queries.leads_of(ids), queries.profiles_of(ids)
    return {
        "teams": teams,
        "total": total,
        "pages": pages,
        "number": number,
        "q": q,
        "kind": kind,
        "kinds": KIND_WORDS,
        "leads": leads,
        "names": people.names_of([lead.person_id for rows in leads.values() for lead in rows]),
        "profiles": profiles,
        "place_names": places.place_names([profile.place_id for profile in profiles.values()]),
        "waiting": queries.waiting_of(person_id=me.person_id, team_ids=ids),
    }


@bp.get("/teams")
@signed_in
def index(me: Actor) -> Response:
    """Show the teams of the community; one's own are marked."""
    mine = {team.id for team in people.teams_of([me.person_id]).get(me.person_id, [])}
    return web.page("teams/index.html", mine=mine, me=me, to_answer=queries.count_waiting_for(me), **shelf(me=me))


@bp.get("/teams/<int:team_id>")
@signed_in
def show(team_id: int, me: Actor) -> Response:
    """Show one team; to its leaders also who is in it and who waits."""
    return team_page(team_id, me=me)


def team_page(team_id: int, *, me: Actor, refused: DomainError | None = None, **typed: str) -> Response:
    """Return the team's page, with a refusal where something was not possible."""
    if refused is not None and refused.status != 422:
        raise refused
    desk = web.request.values.get("view") == "desk" and me.can(Permission.MANAGE_MEMBERS)
    template = "teams/manage.html" if desk else "teams/show.html"
    context = team_context(team_id, me=me) | {"typed": typed}
    context["error"] = web.say(refused) if refused else None
    context["bad_field"] = refused.field if refused else None
    return web.page(template, status=422 if refused else 200, **context)


def team_context(team_id: int, *, me: Actor) -> dict[str, Any]:
    """Return what the page of one team needs; names of members only for those who run it."""
    team, profile = people.get_team(team_id), queries.profiles_of([team_id])[team_id]
    leads = queries.leads_of([team_id]).get(team_id, [])
    runs = me.can(Permission.MANAGE_MEMBERS) or me.person_id in {lead.person_id for lead in leads}
    members = people.members_of(team_id) if runs else []
    waiting = queries.list_waiting(team_ids=[team_id], limit=100) if runs else []
    known = {person.id: person for person, _since in members}
    inside = me.person_id in known if runs else people.is_in_team(person_id=me.person_id, team_id=team_id)
    others = {lead.person_id for lead in leads} | {one.person_id for one in waiting}
    known |= people.persons_of(others - known.keys())
    last = queries.last_answer(person_id=me.person_id, team_id=team_id)
    today = clock.local_date(clock.now())
    return {
        "team": team,
        "profile": profile,
        "place": places.place_names([profile.place_id]).get(profile.place_id or 0, ""),
        "leads": leads,
        "lead_ids": {lead.person_id for lead in leads},
        "names": {lead.person_id: known[lead.person_id].name for lead in leads},
        "runs": runs,
        "members": members,
        "trained": register.trained_kinds([person.id for person, _since in members], today=today),
        "waiting": waiting,
        "applicants": known,
        "former": people.former_members_of(team_id, limit=20) if runs else [],
        "inside": inside,
        "last": last,
        "may_ask": profile.takes_in and not inside and team.closed_at is None,
        "me": me,
        "state_words": STATE_WORDS,
    }


@bp.post("/teams/<int:team_id>/applications")
@signed_in
def create_application(team_id: int, me: Actor) -> Response:
    """Ask to come in."""
    words = web.request.form.get("words", "")
    try:
        applications.apply(team_id=team_id, words=words, actor=me, now=clock.now())
    except DomainError as refused:
        return team_page(team_id, me=me, refused=refused, words=words)
    web.flash(_("申请交上去了，队长或社区看过就回您"))
    return web.see_other(web.url_for(".show", team_id=team_id))


@bp.post("/team-applications/<int:application_id>/withdrawal")
@signed_in
def withdraw_application(application_id: int, me: Actor) -> Response:
    """Take one's own application back."""
    try:
        team_id = applications.withdraw(application_id=application_id, actor=me, now=clock.now())
    except DomainError as refused:
        if refused.status != 422:
            raise
        return team_page(queries.get_application(application_id).team_id, me=me, refused=refused)
    web.flash(_("申请撤回了"))
    return web.see_other(web.url_for(".show", team_id=team_id))


@bp.post("/teams/<int:team_id>/departures")
@signed_in
def leave(team_id: int, me: Actor) -> Response:
    """Leave a team."""
    commands.leave_team(team_id=team_id, actor=me, now=clock.now())
    web.flash(_("您退出了这支队伍。想回来，随时再申请"))
    return web.see_other(web.url_for(".show", team_id=team_id))


@bp.get("/me/teams")
@signed_in
def mine(me: Actor) -> Response:
    """Show one's own teams, applications and trainings."""
    records = leaving.records_of(me.person_id, today=clock.local_date(clock.now()))
    return web.page("teams/mine.html", records=records, state_words=STATE_WORDS, me=me)
