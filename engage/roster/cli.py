"""`flask roster check`, `import` and `undo`: the import without a browser."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import inspect

from engage import places
from engage.core import clock, tenancy
from engage.core.database import db
from engage.core.errors import DomainError
from engage.core.i18n import _, ngettext
from engage.core.tenancy import CommunityCard
from engage.roster import commands, comparison, history, importing, queries, report, turns, undo, undo_parts
from engage.roster.models import RosterBatch
from engage.roster.parts import Outcome
from engage.roster.undo_parts import Undone, UndoRun

roster = AppGroup("roster", help="Check and import a community's roster workbook.")
workbook_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
community_name = click.option("--community", required=True, help="The community's name, as in 龙马社区.")


@roster.command("check")
@workbook_file
@community_name
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def check(file: Path, community: str, as_json: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Say what FILE would bring, row by row. Writes nothing; the community need not exist yet."""
    found = _checked(file, community)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for finding in [*found["errors"], *found["warnings"]]:
        where = f"{finding['sheet']} {finding['row']}" + (f" [{finding['column']}]" if finding["column"] else "")
        click.echo(f"{where}: {finding['message']}{finding['what_to_do']}")
    for note in found["notes"]:
        click.echo(note)
    click.echo(_summary(found))


@roster.command("import")
@workbook_file
@community_name
@click.option("--found", is_flag=True, help="Found the community first when there is none of this name.")
def import_(file: Path, community: str, found: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Put the good rows of FILE on the community's roll. Importing the same file again changes nothing."""
    now = clock.now()
    card = _find_community(community)
    if card is None and not found:
        raise click.ClickException(
            _("没有“%(name)s”这个社区。名字没写错，就加上--found再来一次，会先建这个社区。", name=community)
        )
    try:
        if card is None:
            card = places.found_community(name=community, slug=_slug(community), now=now)
        with tenancy.scoped(card.id):
            batch_id = commands.stage(content=file.read_bytes(), filename=file.name, actor=None, now=now)
            outcome = importing.confirm(batch_id=batch_id, revision=1, actor=None, now=now)
    except DomainError as refused:
        raise click.ClickException(str(refused)) from refused
    _tell(outcome, batch_id=batch_id)


@roster.command("undo")
@community_name
@click.option("--batch", "batch_id", type=int, help="The import's number; the newest that can be undone without it.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
def undo_(community: str, batch_id: int | None, yes: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Take a whole import back, up to 24 hours after it, or carry on an undo. Says first what goes and who stays."""
    now = clock.now()
    card = _find_community(community)
    if card is None:
        raise click.ClickException(_("没有“%(name)s”这个社区。看看名字写对没有。", name=community))
    try:
        with tenancy.scoped(card.id):
            batch = queries.get_batch(batch_id, now=now) if batch_id else history.newest_undoable(now=now)
            if batch is None:
                raise click.ClickException(_("没有可以撤的导入：24小时内没有导过，或者已经撤了。"))
            undone = _carried_on(batch) if turns.is_undoing(batch) else _taken_back(batch, ask=not yes)
    except DomainError as refused:
        raise click.ClickException(str(refused) or _("没有这一份导入。")) from refused
    click.echo(
        _(
            "撤掉了：%(people)s人、%(units)s户、%(places)s个网格和楼栋、%(teams)s支队伍；%(kept)s人留下，%(restored)s人改回原样。",
            **asdict(undone),
        )
    )


def _taken_back(batch: RosterBatch, *, ask: bool) -> Undone:
    """Say what goes and who stays, and take the import back."""
    plan = history.plan_undo(batch)
    click.echo(
        _(
            "“%(name)s”：%(going)s人会去掉，%(staying)s人有事在身会留下，%(changed)s人改回原样。",
            name=batch.filename,
            going=plan.going,
            staying=plan.staying,
            changed=plan.changed,
        )
    )
    if ask:
        click.confirm(_("撤掉吗"), abort=True)
    return _to_the_end(undo.begin(batch_id=batch.id, actor=None, now=clock.now()))


def _carried_on(batch: RosterBatch) -> Undone:
    begun = undo.carry_on(batch_id=batch.id, actor=None, now=clock.now())
    click.echo(_("“%(name)s”撤到一半停了，现在接着撤。", name=batch.filename))
    return _to_the_end(begun)


def _to_the_end(begun: Undone | UndoRun) -> Undone:
    """Take one part after another; whoever interrupts it can carry on at once."""
    try:
        while isinstance(begun, UndoRun):
            begun = undo_parts.take_part(begun, now=clock.now()) or begun
    except BaseException:
        if isinstance(begun, UndoRun):
            turns.give_up(batch_id=begun.batch_id, token=begun.token)
        raise
    return begun


def _tell(outcome: Outcome, *, batch_id: int) -> None:
    if outcome.nothing_new:
        click.echo(ngettext("没有变化：%(num)s人都在册了。", "没有变化：%(num)s人都在册了。", outcome.unchanged))
    else:
        click.echo(
            _(
                "导入%(people)s人，其中志愿者%(volunteers)s人；%(units)s户，%(places)s个网格和楼栋；另加网格员%(officers)s人。",
                **asdict(outcome),
            )
        )
        if outcome.unchanged:
            click.echo(ngettext("%(num)s人原来就在册，没有动。", "%(num)s人原来就在册，没有动。", outcome.unchanged))
    if outcome.held_back:
        click.echo(
            ngettext(
                "%(num)s行要改，没有导入。看是哪几行，运行flask roster check。",
                "%(num)s行要改，没有导入。看是哪几行，运行flask roster check。",
                outcome.held_back,
            )
        )
    if outcome.undecided:
        click.echo(
            ngettext(
                "%(num)s人像是册上的人，没有导入。请在网页上认一认。",
                "%(num)s人像是册上的人，没有导入。请在网页上认一认。",
                outcome.undecided,
            )
        )
    if not outcome.nothing_new:
        click.echo(_("24小时内可以整份撤掉：flask roster undo --batch %(batch)s", batch=batch_id))


def _checked(file: Path, community: str) -> dict[str, Any]:
    try:
        contents = commands.open_workbook(file.read_bytes(), filename=file.name)
    except DomainError as refused:
        raise click.ClickException(str(refused)) from refused
    card = _find_community(community)
    with tenancy.scoped(card.id) if card else nullcontext():
        known = queries.known_grids() if card else []
        reading = queries.read(contents, today=clock.local_date(clock.now()), known=known)
        compared = comparison.compare(reading) if card else None
    return report.as_json(reading, community=community, comparison=compared)


def _find_community(name: str) -> CommunityCard | None:
    """Return the community, or None; a database that has no tables yet has no community either."""
    if not inspect(db.engine).has_table("community"):
        return None
    return places.find_community_by_name(name)


def _slug(name: str) -> str:
    """Return the community's public address: longma for 龙马社区."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its tables are a sixth of the start-up time

    letters = "".join(lazy_pinyin(name.removesuffix("社区"))).lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:40] or "community"


def _summary(found: dict[str, Any]) -> str:
    return str(
        _(
            "%(rows)s行，%(people)s人可以导入（新的%(new)s人），志愿者%(volunteers)s人，%(units)s户，%(grids)s个网格；"
            "%(errors)s处要改，%(warnings)s处提醒。",
            rows=found["data_rows"],
            people=found["good_people"],
            new=found["new_people"],
            volunteers=found["volunteers"],
            units=found["units"],
            grids=found["grids"],
            errors=len(found["errors"]),
            warnings=len(found["warnings"]),
        )
    )
