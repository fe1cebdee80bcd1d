"""Answers of leaders and of the office: approve, decline, take somebody off."""

from __future__ import annotations

from flask import Response

from engage import people
from engage.core import clock, web
from engage.core.access import Actor, Permission, signed_in
from engage.core.errors import DomainError
from engage.core.i18n import _
from engage.teams import applications, commands, queries
from engage.teams.views import bp, team_page


def back_to(team_id: int) -> Response:
    """Send the browser on to the page the form was on."""
    desk = "desk" if web.request.form.get("view") == "desk" else None
    return web.see_other(web.url_for("teams.show", team_id=team_id, view=desk))


@bp.get("/team-applications")
@signed_in
def list_applications(me: Actor) -> Response:
    """Show who waits for the reader's answer, the longest first; a hundred at most."""
    own = None if me.can(Permission.MANAGE_MEMBERS) else queries.led_by(me.person_id)
    waiting = queries.list_waiting(team_ids=own, limit=100)
    teams = people.team_facts([one.team_id for one in waiting])
    return web.page(
        "teams/applications.html",
        waiting=waiting,
        applicants=people.persons_of([one.person_id for one in waiting]),
        teams=teams,
        me=me,
    )


@bp.post("/team-applications/<int:application_id>/approval")
@signed_in
def approve(application_id: int, me: Actor) -> Response:
    """Take somebody in."""
    row = queries.get_application(application_id)
    try:
        applications.approve(application_id=application_id, actor=me, now=clock.now())
    except DomainError as refused:
        return team_page(row.team_id, me=me, refused=refused)
    web.flash(_("%(name)s进队了", name=people.get_person(row.person_id).name))
    return back_to(row.team_id)


@bp.post("/team-applications/<int:application_id>/refusal")
@signed_in
def decline(application_id: int, me: Actor) -> Response:
    """Say no, with a reason."""
    row, reason = queries.get_application(application_id), web.request.form.get("reason", "")
    try:
        applications.decline(application_id=application_id, reason=reason, actor=me, now=clock.now())
    except DomainError as refused:
        return team_page(row.team_id, me=me, refused=refused, reason=reason, about=str(application_id))
    web.flash(_("回了话，本人看得到理由"))
    return back_to(row.team_id)


@bp.post("/teams/<int:team_id>/members")
@signed_in
def add_member(team_id: int, me: Actor) -> Response:
    """Put somebody in who asked at the desk."""
    people.get_team(team_id)
    typed = web.request.form.get("member_no", "")
    try:
        number = web.small_number(typed)
        name = commands.add_member(team_id=team_id, member_no=number, actor=me, now=clock.now())
    except DomainError as refused:
        return team_page(team_id, me=me, refused=refused, member_no=typed)
    web.flash(_("%(name)s进队了", name=name))
    return back_to(team_id)


@bp.post("/teams/<int:team_id>/members/<int:person_id>/removal")
@signed_in
def remove_member(team_id: int, person_id: int, me: Actor) -> Response:
    """Take somebody off, with a reason."""
    people.get_team(team_id)
    name, reason = people.get_person(person_id).name, web.request.form.get("reason", "")
    try:
        commands.remove_member(team_id=team_id, person_id=person_id, reason=reason, actor=me, now=clock.now())
    except DomainError as refused:
        return team_page(team_id, me=me, refused=refused, reason=reason, about=f"p{person_id}")
    web.flash(_("%(name)s离队了，在队的日子记着", name=name))
    return back_to(team_id)
