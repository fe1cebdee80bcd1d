"""`flask demo`: tell the story, or tell it again from the beginning."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from engage import places
from engage.core import clock
from engage.core.database import as_owner, db, dialect
from engage.demo import story, street


@click.command("demo")
@click.option("--reset", is_flag=True, help="Empty the database first. Refused when it holds a community of your own.")
@click.option("--community", default=story.DONGHU, show_default=True, help="Name of the first community.")
@click.option("--yes", is_flag=True, help="Do not ask before emptying.")
@click.option("--street", "whole_street", is_flag=True, help="A street instead: 15 communities of 1,000 people each.")
@with_appcontext
def demo(community: str, *, reset: bool, yes: bool, whole_street: bool) -> None:
    """Fill the books with two communities and one evening, or with a whole street; print whom to sign in as."""
    present = {card.name for card in places.list_communities()}
    if reset:
        _empty(present, named=community, yes=yes)
        present = set()
    if whole_street:
        _settle_street()
        return
    if present & {community, story.LIYUAN}:
        click.echo("The story has been told already. 已经写过了。 (--reset tells it again 重写)")
    else:
        story.tell(now=clock.now(), name=community)
    for line in story.guide():
        click.echo(line)


def _settle_street() -> None:
    guests = street.settle_street(now=clock.now())
    if not guests:
        click.echo("The street is there already. 街道已经在了。 (--reset settles it again 重来)")
        return
    for line in street.guide(guests):
        click.echo(line)


def _empty(present: set[str], *, named: str, yes: bool) -> None:
    """Drop every table and build the schema anew; only when nothing but the story is there."""
    if own := present - {named, story.LIYUAN, story.DONGHU, *street.COMMUNITIES}:
        raise click.ClickException(
            f"These books hold {'、'.join(sorted(own))}, which is not part of the story. Nothing was touched. 没有动。"
        )
    if present and not yes:
        click.confirm("Empty the whole database and tell the story again? 清空全部数据，重新写一遍？", abort=True)
    db.session.remove()
    if dialect() == "postgresql":
        with as_owner(autocommit=True) as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    else:
        _drop_sqlite()
    upgrade()


def _drop_sqlite() -> None:
    raw = db.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        names = "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'"
        for (name,) in cursor.execute(names).fetchall():
            cursor.execute(f'DROP TABLE "{name}"')
        cursor.execute("PRAGMA foreign_keys=ON")
    finally:
        raw.close()
    db.engine.dispose()
