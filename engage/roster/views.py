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
from engage.roster import commands, fixing, forms, history, preview, queries, rules, turns
from engage.roster.models import RosterBatch
from engage.roster.parts import Outcome
from engage.roster.rules import LABELS
from engage.roster.undo_parts import Progress

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
    return check_page(batch_id)


def check_page(batch_id: int, *, refused: DomainError | None = None) -> Response:
    """Return the page a batch has now: its rows, how far its import or its undo is, or what that did."""
    now = clock.now()
    batch = queries.get_batch(batch_id, now=now)
    if turns.is_importing(batch) or turns.is_undoing(batch):
        return progress_page(batch, now=now, refused=refused)
    if batch.imported_at is not None:
        return _done_page(batch, now=now)
    comparison = queries.comparison_of(batch, now=now)
    by_tab = preview.states(comparison)
    place = forms.Place.parse(web.request.values)
    tab = forms.chosen_tab(place.tab, by_tab)
    lines = preview.searched(by_tab[tab], place.q, comparison=comparison)
    page_no, pages = forms.page_of(place.page, rows=len(lines))
    first = (page_no - 1) * preview.PAGE
    return web.page(
        "roster/show.html",
        fragment="roster/_check.html",
        status=refused.status if refused else 200,
        batch=batch,
        comparison=comparison,
        counts={name: len(lines) for name, lines in by_tab.items()},
        taken=len(comparison.newcomers) + len(comparison.amended),
        tab=tab,
        q=place.q,
        found=len(lines),
        rows=preview.shown(lines[first : first + preview.PAGE], comparison=comparison),
        page_no=page_no,
        pages=pages,
        refusal=web.say(refused) if refused else None,
        columns=preview.COLUMNS,
        facts=preview.FACTS,
        labels=LABELS,
        words=preview.words,
    )


def progress_page(batch: RosterBatch, *, now: datetime, refused: DomainError | None = None) -> Response:
    """Return how far an import is, or its undo; a dead one offers to carry on, an import also to end it there."""
    kept = batch.progress or {}
    undoing = turns.is_undoing(batch)
    return web.page(
        "roster/undoing.html" if undoing else "roster/progress.html",
        fragment="roster/_undoing.html" if undoing else "roster/_progress.html",
        status=refused.status if refused else 200,
        batch=batch,
        dead=turns.is_dead(batch, now=now),
        refusal=web.say(refused) if refused else None,
        **vars(Progress.of(batch)) if undoing else {"done": kept.get("done", 0), "total": kept.get("total", 0)},
    )


def _done_page(batch: RosterBatch, *, now: datetime) -> Response:
    return web.page(
        "roster/done.html",
        batch=batch,
        outcome=Outcome(**(batch.outcome or {})),
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
    """Type the marked cells of one row anew."""
    form = forms.CorrectionForm.parse(web.request.form)
    commands.correct_row(
        batch_id=batch_id, sheet=form.sheet, row=form.row, cells=form.cells, alike=form.alike, now=clock.now()
    )
    return web.see_other(forms.Place.parse(web.request.form).address(batch_id))


@bp.post("/batches/<int:batch_id>/choices")
@needs(Permission.IMPORT_ROSTER)
def choices(batch_id: int, *, me: Actor) -> Response:
    """Take rows or leave them out, say who they are, let them replace what the roll says."""
    now, form, place = clock.now(), forms.ChoiceForm.parse(web.request.form), forms.Place.parse(web.request.form)
    rows = form.rows
    if form.whole_tab:
        comparison = queries.comparison_of(queries.get_batch(batch_id, now=now), now=now)
        lines = preview.searched(preview.states(comparison).get(place.tab, []), place.q, comparison=comparison)
        rows = [rules.row_key(line.sheet, line.row) for line in lines]
    try:
        commands.decide(batch_id=batch_id, act=form.act, rows=rows, same_as=form.same_as, now=now)
    except NotFound:
        raise
    except DomainError as refused:
        return check_page(batch_id, refused=refused)
    return web.see_other(place.address(batch_id))


@bp.get("/batches/<int:batch_id>/rows-to-fix.xlsx")
@needs(Permission.IMPORT_ROSTER)
@confirmed
def rows_to_fix(batch_id: int, *, me: Actor) -> Response:
    """Send the rows held back as a workbook, with a column that says what to change."""
    now = clock.now()
    comparison = queries.comparison_of(queries.get_batch(batch_id, now=now), now=now)
    sheets = fixing.rows_to_fix(comparison)
    if not sheets:
        raise NotFound
    return send_workbook(workbook.write(sheets), "rows-to-fix.xlsx")


@bp.get("/blank.xlsx")
@needs(Permission.IMPORT_ROSTER)
def blank(*, me: Actor) -> Response:
    """Send an empty roster with the headings that need no mapping."""
    blank_sheet = SheetOut(gettext("居民花名册"), forms.blank_headings(), [])
    return send_workbook(workbook.write([blank_sheet]), "roster.xlsx")


def send_workbook(content: bytes, filename: str) -> Response:
    """Send an .xlsx to be kept, not shown."""
    response = make_response(content)
    response.headers["Content-Type"] = XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
