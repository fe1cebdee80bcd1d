"""`flask backup` and `flask restore`: online, and opened again before they count (docs/how-to/operate.md)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import current_app, g
from flask.cli import with_appcontext
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from engage import ledger, places
from engage.cli.epochs import Ended, app_on, begin_epoch, faults_in_books, present_books
from engage.core import backup as copies
from engage.core import clock, container, sqlite, tenancy, web
from engage.core.container import BackupRefused
from engage.core.database import db
from engage.core.errors import N_, DomainError


@click.command("backup")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="Folder; default: DATA/backups.")
@with_appcontext
def backup(folder: Path | None) -> None:
    """Take a backup while the server runs, and prove it by restoring it into a scratch database."""
    with speaking_to_the_operator():
        path, manifest = take_backup(folder or _default_folder(), now=clock.now())
    click.echo(f"{path}  {path.stat().st_size:,} bytes, rows: {sum(manifest['rows'].values()):,}")
    click.echo(f"  SHA-256 {manifest['sha256']}")
    for slug, head in manifest["ledgers"].items():
        click.echo(f"  {slug}: ledger entry {head['seq']}, {head['fingerprint']}")
    click.echo("  Restored into a scratch database and checked: integrity, keys, ledger, row counts. 已经还原核对过。")
    click.echo(
        "  Nobody can read it without the key (secret.key or ENGAGE_SECRET_KEY): keep that elsewhere. 密钥另存一处。"
    )


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--keep-cards", is_flag=True, help="Printed cards go on counting, also those reported lost since.")
@with_appcontext
def restore(file: Path, *, yes: bool, keep_cards: bool) -> None:
    """Replace the books by those of a backup. The replaced ones are kept, as a backup of their own.

    Sign-ins and codes of that time count no more.
    """
    with speaking_to_the_operator():
        manifest = container.read_manifest(file)
        click.echo(f"Backup of {manifest['at']}, rows: {sum(manifest['rows'].values()):,}")
        for slug, lost in entries_lost(manifest).items():
            click.echo(f"  {slug}: ledger entries since then that would be gone: {lost}. 之后的{lost}笔分录会没有。")
        db.session.rollback()  # PostgreSQL ends a transaction that idles, and operators may think for long
        if not yes:
            click.confirm("Replace everything in this installation by it? 用它换掉现在的全部账本？", abort=True)
        kept, ended = restore_backup(file, keep_cards=keep_cards, now=clock.now())
    click.echo(f"Restored. The replaced books are in {kept}. 已恢复，换下来的账本也留着。")
    click.echo("Everybody signs in again; codes of that time count no more. 大家重新登录，那时的码都不算了：")
    click.echo(f"  {', '.join(f'{name} {count}' for name, count in ended.counts.items())}")
    click.echo(f"  {words_on_cards(ended, keep_cards=keep_cards)}")
    click.echo("Next: flask --app app ledger verify, flask --app app audit verify")


def words_on_cards(ended: Ended, *, keep_cards: bool) -> str:
    """Return what the operator must know about printed cards: what the replaced books could tell, and what to do."""
    if ended.compared:
        return (
            "Cards, passwords and passkeys count as in the replaced books: lost cards stay dead. 挂失过的证照旧作废。"
        )
    if keep_cards:
        return "Cards all count, as asked: have those lost since then reported again. 证都还有效，之后丢的请重新挂失。"
    return "No card counts: nothing here knows which were lost. Print them anew. 证都作废了，请重新印。"


def take_backup(folder: Path, *, now: datetime, label: str = "engage") -> tuple[Path, dict[str, Any]]:
    """Write a backup into the folder; return its path and manifest.

    The name appears only after the copy was restored elsewhere and examined. Raises `BackupRefused` if the copy is not
    sound, and where the folder takes none: whatever was begun is gone again (trust §4 D6).
    """
    with _writing_to(folder), tempfile.TemporaryDirectory(dir=folder) as scratch:
        plain = Path(scratch) / "plain"
        copies.snapshot(plain)
        draft = Path(scratch) / "draft"
        seen = examine(plain, folder=Path(scratch))
        container.pack(plain, draft, facts={"at": now.isoformat(), "database": db.engine.dialect.name, **seen})
        manifest = container.unpack(draft, plain)
        if examine(plain, folder=Path(scratch)) != seen:
            raise BackupRefused(N_("备份还原出来和原来的不一样，没有留下。请再做一次；还不行，检查磁盘。"))
        path = _free_name(folder, f"{label}-{now:%Y%m%dT%H%M%SZ}")
        draft.replace(path)
    return path, manifest


def restore_backup(file: Path, *, now: datetime, keep_cards: bool = False) -> tuple[Path, Ended]:
    """Check every byte of a backup, keep the present books, put the backup in their place as a new epoch.

    Returns the kept file and what counts no more. In the place of the present books nobody ever sees the backup as it
    was: what must end has ended in a copy before (epochs.begin_epoch). Raises `BackupRefused` before anything is touched.
    """
    folder = _default_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        plain = Path(scratch) / "plain"
        with _writing_to(folder):
            manifest = container.unpack(file, plain)
        if manifest["database"] != db.engine.dialect.name:
            raise BackupRefused(
                N_("这份备份来自%(kind)s，现在用的是另一种数据库。用同一种数据库恢复。"), kind=manifest["database"]
            )
        if examine(plain, folder=Path(scratch))["rows"] != manifest["rows"]:
            raise BackupRefused(N_("这份备份的行数对不上清单。请从另一份拷贝恢复。"))
        kept, _ = take_backup(folder, now=now, label="replaced")
        ended = begin_epoch(
            plain,
            folder=Path(scratch),
            backup_at=datetime.fromisoformat(manifest["at"]),
            present=present_books(),
            keep_cards=keep_cards,
            now=now,
        )
        db.session.remove()
        copies.put_back(plain)
    db.engine.dispose()
    return kept, ended


@contextmanager
def _writing_to(folder: Path) -> Iterator[None]:
    """Turn a full disk, or one that cannot be written, into a refusal."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except (OSError, sqlite.module.OperationalError, OperationalError) as full:
        reason = (full.orig if isinstance(full, OperationalError) else full) or full
        raise BackupRefused(
            N_(
                "没有做成，半份也没有留。%(folder)s写不进去（%(reason)s）：看看盘满了没有、能不能写，或者换个地方再来。"
            ),
            folder=str(folder),
            reason=str(reason),
        ) from full


def entries_lost(manifest: dict[str, Any]) -> dict[str, int]:
    """Return, for each community, how many ledger entries are newer than the backup."""
    lost = {
        slug: head["seq"] - manifest["ledgers"].get(slug, {"seq": 0})["seq"] for slug, head in _ledger_heads().items()
    }
    return {slug: count for slug, count in lost.items() if count > 0}


def examine(snapshot: Path, *, folder: Path) -> dict[str, Any]:
    """Load a snapshot into a scratch database; return its row counts and ledger heads.

    Raises `BackupRefused` with the first fault found.
    """
    url = copies.scratch_database(snapshot, folder=folder)
    try:
        faults = copies.structural_faults(url)
        rows = copies.count_rows(url)
        ledgers, wrong = _read_ledgers(url)
    finally:
        copies.discard_scratch(url)
    if faults + wrong:
        raise BackupRefused(N_("这份数据核对不过：%(fault)s。先别覆盖旧的备份。"), fault=(faults + wrong)[0])
    return {"rows": rows, "ledgers": ledgers}


def _read_ledgers(url: URL) -> tuple[dict[str, Any], list[str]]:
    """Run the verifiers of the ledger and of the audit log on the scratch database, community by community."""
    with app_on(url):
        wrong = faults_in_books()
        return _ledger_heads(), wrong


def _ledger_heads() -> dict[str, Any]:
    heads = {}
    for community in places.list_communities():
        with tenancy.scoped(community.id):
            head = ledger.head()
            heads[community.slug] = {"seq": head.seq, "fingerprint": head.fingerprint}
    return heads


def _default_folder() -> Path:
    return Path(current_app.extensions["engage_settings"].data_dir) / "backups"


def _free_name(folder: Path, stem: str) -> Path:
    numbered = (folder / f"{stem}{'' if n == 1 else f'-{n}'}.backup" for n in range(1, 1000))
    return next(path for path in numbered if not path.exists())


@contextmanager
def speaking_to_the_operator() -> Iterator[None]:
    """Turn refusals into one readable line, in the language of the terminal."""
    g.language = "zh" if os.environ.get("LANG", "").startswith("zh") else "en"
    try:
        yield
    except DomainError as refused:
        raise click.ClickException(web.say(refused)) from refused
