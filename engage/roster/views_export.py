"""Taking the roll out of the house in the browser."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response
from flask_babel import gettext

from engage import people
from engage.core import clock, web
from engage.core.access import Actor, Permission, needs, signed_in
from engage.core.errors import DomainError
from engage.roster import exporting, rules, takeout
from engage.roster.views import bp, send_workbook


@dataclass(frozen=True)
class ExportForm:
    """What is taken, what for, and the password again."""

    purpose: str = ""
    whole_phones: bool = False
    reason: str = ""
    password: str = ""
    key: str = ""

    @classmethod
    def parse(cls) -> ExportForm:
        """Read the form of this request."""
        form = web.request.form
        return cls(
            purpose=form.get("purpose", "").strip()[: rules.LONGEST_PURPOSE],
            whole_phones=form.get("whole_phones") == "yes",
            reason=form.get("reason", "").strip()[: rules.LONGEST_PURPOSE],
            password=form.get("current", "")[:500],
            key=form.get("key", "")[:64],
        )


@bp.get("/export")
@needs(Permission.EXPORT_ROSTER)
def before_export(*, me: Actor) -> Response:
    """Ask what the list is for."""
    return _page(me, form=ExportForm())


@bp.post("/exports")
@needs(Permission.EXPORT_ROSTER)
def export(*, me: Actor) -> Response:
    """Give leave to fetch the list, once the password is right."""
    form, now = ExportForm.parse(), clock.now()
    try:
        people.confirm_password(actor=me, password=form.password, now=now)
        export_id = exporting.export(
            purpose=form.purpose,
            whole_phones=form.whole_phones,
            reason=form.reason,
            key=form.key,
            actor=me,
            now=now,
        )
    except DomainError as refused:
        return _page(me, form=form, refused=refused)
    return web.see_other(web.url_for("roster.exported", export_id=export_id))


@bp.get("/exports/<int:export_id>")
@signed_in
def exported(export_id: int, *, me: Actor) -> Response:
    """Show the link and how long it lives; for the one who asked, and nobody else."""
    row = exporting.get_own(export_id, actor=me, now=clock.now())
    return web.page("roster/exported.html", row=row)


@bp.get("/exports/<int:export_id>/roster.xlsx")
@signed_in
def fetch(export_id: int, *, me: Actor) -> Response:
    """Send the list as it is now."""
    now = clock.now()
    row = exporting.get_own(export_id, actor=me, now=now)
    return send_workbook(takeout.workbook_of(row, now=now), f"roster-{clock.local_date(now):%Y%m%d}.xlsx")


def _page(me: Actor, *, form: ExportForm, refused: DomainError | None = None) -> Response:
    latest = exporting.list_latest()
    return web.page(
        "roster/export.html",
        fragment="roster/_export.html",
        status=refused.status if refused else 200,
        form=form,
        may_have_phones=me.can(Permission.EXPORT_PHONES),
        longest=rules.LONGEST_PURPOSE,
        latest=latest,
        names=people.names_of([row.actor_id for row in latest]),
        at=clock.now(),
        mine=me.person_id,
        field=refused.field if refused else None,
        refusal=web.say(refused) if refused else None,
        counted=gettext("一人一天最多5次"),
    )
