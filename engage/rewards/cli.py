"""The shop from the command line."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from engage import places
from engage.core import clock, tenancy
from engage.rewards import commands

group = AppGroup("rewards", help="The shop where points become goods.")


@group.command("lapse")
def lapse() -> None:
    """Write down reservations nobody fetched in seven days. The shop treats them as lapsed without it."""
    for card in places.list_communities():
        with tenancy.scoped(card.id):
            click.echo(f"{card.name}: {commands.let_lapse(now=clock.now())} lapsed")
