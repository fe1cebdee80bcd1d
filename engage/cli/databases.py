"""`flask database`: the roles PostgreSQL needs, and whether its fence would hold (docs/how-to/operate.md, ADR 0023)."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from engage.core import row_security
from engage.core.database import db, dialect

group = AppGroup("database", help="PostgreSQL's roles and its fence between communities.")


@group.command("roles")
@click.option("--database", default="engage", show_default=True, help="Name of the database to create.")
@click.option("--owner", default="engage_owner", show_default=True, help="Role that owns the tables and migrates them.")
@click.option("--app", default="engage_app", show_default=True, help="Role that requests connect as; it owns nothing.")
def roles(database: str, owner: str, app: str) -> None:
    """Print what an administrator of PostgreSQL runs once, before the first migration. Changes nothing."""
    click.echo(row_security.roles_sql(database=database, owner=owner, app=app), nl=False)


@group.command("check")
def check() -> None:
    """Say whether the fence inside the database would hold for the role that requests connect as; exit 1 if not."""
    if dialect() == "sqlite":
        click.echo("SQLite: one file, no roles. Communities are kept apart by the application and by composite keys.")
        return
    with db.engine.connect() as connection:
        found = row_security.faults(connection)
    for fault in found:
        click.echo(fault)
    click.echo(f"Faults: {len(found)}" if found else "The fence holds.")
    sys.exit(1 if found else 0)
