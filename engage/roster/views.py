"""Import through the web: choose a file, look at every row, correct, confirm."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, make_response
from flask_babel import gettext

from engage import people
from engage.core import clock, web, workbook
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError, NotFound
from engage.core.step_up import confirmed
from engage.core.workbook import SheetOut
from engage.roster import commands, forms, history, preview, queries, rules
from engage.roster.models import RosterBatch
from engage.roster.rules import LABELS

bp = Blueprint("roster", __name__, url_prefix="/roster")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/import")
@needs(Permission.IMPORT_ROSTER)
def index(*, me: Actor) -> Response:
    """Show the form for a file, and what was imported lately."""
    return _upload_page()


@bp.post("/batches")
@needs(Permission.IMPORT_ROSTER)
def create(*, me: Actor) -> Response:
    """Take a workbook in and go on to the check."""
    upload = web.request.files.get("workbook")
    if upload is None or not upload.filename:
        return _upload_page(error=gettext("还没选文件。请选一个.xlsx、.xls或.csv。"), status=422)
    try:
        batch_id = commands.stage(content=upload.read(), filename=upload.filename, actor=me, now=clock.now())
    except DomainError as refused:
        return _upload_page(error=web.say(refused), status=422)
    return web.see_other(web.url_for("roster.show", batch_id=batch_id))


def _upload_page(*, error: str | None = None, status: int = 200) -> Response:
    batches = queries.recent_batches()
    return web.page(
        "roster/new.html", fragment="roster/_upload.html", status=status, error=error, batches=batches, at=clock.now()
    )


@bp.get("/batches/<int:batch_id>")
@needs(Permission.IMPORT_ROSTER)
def show(batch_id: int, *, me: Actor) -> Response:
    """Show the rows of a batch by tab, or what the import did."""
    return _check_page(batch_id)


def _check_page(batch_id: int, *, refused: DomainError | None = None) -> Response:
    now = clock.now()
    batch = queries.get_batch(batch_id, now=now)
    if batch.imported_at is not None:
        return _done_page(batch, now=now)
    comparison = queries.compare(queries.reading_of(batch, now=now))
    by_tab = preview.states(comparison)
    tab = forms.chosen_tab(web.request.args.get("tab"), by_tab)
    page_no, pages = forms.page_of(web.request.args.get("page"), rows=len(by_tab[tab]))
    first = (page_no - 1) * preview.PAGE
    return web.page(
        "roster/show.html",
        fragment="roster/_check.html",
        status=refused.status if refused else 200,
        batch=batch,
        comparison=comparison,
        counts={name: len(lines) for name, lines in by_tab.items()},
        tab=tab,
        rows=preview.shown(by_tab[tab][first : first + preview.PAGE], comparison=comparison),
        page_no=page_no,
        pages=pages,
        refusal=web.say(refused) if refused else None,
        columns=preview.COLUMNS,
        labels=LABELS,
        words=preview.words,
    )


def _done_page(batch: RosterBatch, *, now: datetime) -> Response:
    return web.page(
        "roster/done.html",
        batch=batch,
        outcome=commands.Outcome(**(batch.outcome or {})),
        at=now,
        state=history.state_of(batch, now=now),
        until=rules.undo_until(batch.imported_at or now),
        names=people.names_of([batch.uploaded_by, batch.undone_by]),
    )


@bp.post("/batches/<int:batch_id>/columns")
@needs(Permission.IMPORT_ROSTER)
def columns(batch_id: int, *, me: Actor) -> Response:
    """Say what the columns of one sheet hold, and read again."""
    form = forms.ColumnsForm.parse(web.request.form)
    commands.choose_columns(batch_id=batch_id, sheet=form.sheet, fields=form.fields, now=clock.now())
    return web.see_other(web.url_for("roster.show", batch_id=batch_id))


@bp.post("/batches/<int:batch_id>/corrections")
@needs(Permission.IMPORT_ROSTER)
def corrections(batch_id: int, *, me: Actor) -> Response:
    """Type the marked cells of one row anew, or leave the row out."""
    form = forms.CorrectionForm.parse(web.request.form)
    if form.skip:
        commands.skip_row(batch_id=batch_id, sheet=form.sheet, row=form.row, now=clock.now())
    else:
        commands.correct_row(batch_id=batch_id, sheet=form.sheet, row=form.row, cells=form.cells, now=clock.now())
    return web.see_other(web.url_for("roster.show", batch_id=batch_id, tab=form.tab, page=form.page))


@bp.post("/batches/<int:batch_id>/confirmation")
@needs(Permission.IMPORT_ROSTER)
def confirmation(batch_id: int, *, me: Actor) -> Response:
    """Write the good rows to the roll."""
    revision = web.whole_number(web.request.form.get("revision"))
    try:
        commands.confirm(batch_id=batch_id, revision=revision, actor=me, now=clock.now())
    except NotFound:
        raise
    except DomainError as refused:
        return _check_page(batch_id, refused=refused)
    return web.see_other(web.url_for("roster.show", batch_id=batch_id))


@bp.get("/batches/<int:batch_id>/rows-to-fix.xlsx")
@needs(Permission.IMPORT_ROSTER)
@confirmed
def rows_to_fix(batch_id: int, *, me: Actor) -> Response:
    """Send the rows held back as a workbook, with a column that says what to change."""
    now = clock.now()
    comparison = queries.compare(queries.reading_of(queries.get_batch(batch_id, now=now), now=now))
    sheets = preview.rows_to_fix(comparison)
    if not sheets:
        raise NotFound
    return _workbook(sheets, "rows-to-fix.xlsx")


@bp.get("/blank.xlsx")
@needs(Permission.IMPORT_ROSTER)
def blank(*, me: Actor) -> Response:
    """Send an empty roster with the headings that need no mapping."""
    return _workbook([SheetOut(gettext("居民花名册"), forms.blank_headings(), [])], "roster.xlsx")


def _workbook(sheets: list[SheetOut], filename: str) -> Response:
    response = make_response(workbook.write(sheets))
    response.headers["Content-Type"] = XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
