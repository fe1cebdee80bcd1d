"""The book from the command line."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from engage import places
from engage.core import clock, tenancy
from engage.core.database import one_snapshot
from engage.core.tenancy import CommunityCard
from engage.ledger import commands, queries, verifier

group = AppGroup("ledger", help="Check the book of points.")


@group.command("verify")
@click.option("--community", help="Name or address of one community; all of them without it.")
def verify(community: str | None) -> None:
    """Recompute every balance, lot and hash; exit 1 and name the first bad entry when the book does not close."""
    failed = False
    for card in _chosen(community):
        with tenancy.scoped(card.id), one_snapshot():
            problems, head = verifier.verify(), queries.head()
        failed = failed or bool(problems)
        state = "closes" if not problems else f"problems: {len(problems)}, first: {problems[0]}"
        click.echo(f"{card.name}: entries: {head.seq}, head {head.fingerprint}: {state}")
        for problem in problems[1:]:
            click.echo(f"  {problem}")
    sys.exit(1 if failed else 0)


@group.command("expire")
def expire() -> None:
    """Write off points whose last day is over. Balances are right without it; this makes the lines appear."""
    for card in places.list_communities():
        with tenancy.scoped(card.id):
            click.echo(f"{card.name}: lots written off: {commands.expire_points(now=clock.now())}")


def _chosen(name: str | None) -> list[CommunityCard]:
    cards = places.list_communities()
    if name is None:
        return cards
    chosen = [card for card in cards if name in {card.name, card.slug}]
    if not chosen:
        raise click.ClickException(f"no community is called {name}")
    return chosen
