"""Taking a workbook in: staged, corrected, decided row by row. Nothing reaches the roll before the confirmation."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import null, select, update

from engage.core import workbook
from engage.core.access import Actor
from engage.core.database import require_transaction, transaction
from engage.core.errors import N_, Conflict
from engage.core.tenancy import current_community_id
from engage.roster import queries, rules
from engage.roster.contents import Contents, pack, tables_of, without_id_numbers
from engage.roster.mappings import recall_columns, remember_columns
from engage.roster.models import RosterBatch, RosterChange

KEPT: Final = timedelta(days=3)


def open_workbook(content: bytes, *, filename: str) -> Contents:
    """Read an upload; id numbers are thrown away here. Raises `workbook.WorkbookRefused`."""
    return Contents(without_id_numbers(tables_of(workbook.read(content, filename=filename))))


def stage(*, content: bytes, filename: str, actor: Actor | None, now: datetime) -> int:
    """Keep a workbook until it is confirmed or expires, and return its batch. Old batches lose their rows here."""
    contents = recall_columns(open_workbook(content, filename=filename))
    with transaction() as session:
        for old in session.scalars(
            select(RosterBatch).where(RosterBatch.expires_at <= now, RosterBatch.content.is_not(None))
        ):
            old.content = old.choices = None
        _forget_what_was_before(now=now)
        seal_no = uuid.uuid4().hex
        batch = RosterBatch(
            filename=filename[-120:],
            content=pack(contents, community_id=current_community_id(), seal_no=seal_no),
            seal_no=seal_no,
            uploaded_by=actor.person_id if actor else None,
            uploaded_at=now,
            expires_at=now + KEPT,
            revision=1,
        )
        session.add(batch)
        session.flush()
        return batch.id


def choose_columns(*, batch_id: int, sheet: str, fields: dict[int, rules.Field], now: datetime) -> None:
    """Say what the columns of a sheet hold; the next sheet with the same headings is read the same way."""

    def chosen(contents: Contents) -> Contents:
        remember_columns(contents, sheet=sheet, fields=fields, now=now)
        return contents.with_columns(sheet, fields)

    _change(batch_id, chosen, now=now)


def decide(*, batch_id: int, act: str, rows: Sequence[str], same_as: int | None, now: datetime) -> int:
    """Take rows, leave them out, say who they are; returns how many. `rows` are keys of `rules.row_key`.

    Raises `DomainError` when a row is said to be somebody nobody suspected.
    """
    seen = queries.get_batch(batch_id, now=now)
    comparison = queries.comparison_of(seen, now=now)
    suspected = {rules.row_key(*row): [one.id for one in e.suspects] for row, e in comparison.by_row.items()}
    there = {rules.row_key(line.sheet, line.row) for line in comparison.reading.lines}
    with transaction():
        batch = _waiting(batch_id, now=now)
        kept = dict(batch.choices or {})
        decided = [row for row in rows if row in there]
        for row in decided:
            choice = rules.Choice.parse(kept.pop(row, "")).after(
                act, same_as=same_as, candidates=suspected.get(row, ())
            )
            kept |= {row: str(choice)} if str(choice) else {}
        batch.choices = kept
        batch.revision += 1
        return len(decided)


def correct_row(
    *, batch_id: int, sheet: str, row: int, cells: dict[int, str], alike: int | None = None, now: datetime
) -> None:
    """Type some cells of a row anew; the workbook on the secretary's computer stays as it is.

    With `alike`, a column among them, the same happens to every row that says the same there.
    """
    _change(batch_id, lambda contents: contents.with_cells(sheet, row, cells, alike=alike), now=now)


def _forget_what_was_before(*, now: datetime) -> None:
    """Wipe what imports changed, once it can no longer be taken back: old phones and homes are kept for that only."""
    # An undo that began in time goes on until its end, also when it is carried on the next day.
    over = select(RosterBatch.id).where(
        RosterBatch.imported_at <= now - rules.UNDO_WITHIN, RosterBatch.undo_began_at.is_(None)
    )
    kept = RosterChange.before.is_not(None) & RosterChange.batch_id.in_(over)
    statement = update(RosterChange).where(kept).values(before=null(), after=null())
    require_transaction().execute(statement, execution_options={"synchronize_session": False})


def _change(batch_id: int, change: Callable[[Contents], Contents], *, now: datetime) -> None:
    with transaction():
        batch = _waiting(batch_id, now=now)
        contents = change(queries.contents_of(batch))
        batch.seal_no = uuid.uuid4().hex
        batch.content = pack(contents, community_id=batch.community_id, seal_no=batch.seal_no)
        batch.revision += 1


def _waiting(batch_id: int, *, now: datetime) -> RosterBatch:
    """Return a batch that can still be changed, locked."""
    batch = queries.get_batch(batch_id, now=now, lock=True)
    if batch.started_at is not None:
        raise Conflict(N_("这份名单已经导入过了。还要改，请把改好的表再传一次。"))
    return batch
