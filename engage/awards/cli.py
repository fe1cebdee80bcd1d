"""The rule every community starts with, from the command line."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from engage import people, places
from engage.awards import commands, rules
from engage.core import clock, tenancy
from engage.core.errors import DomainError

group = AppGroup("awards", help="Rules that turn minutes into points.")


@group.command("default-rule")
@click.option("--community", required=True, help="Name or address of the community.")
@click.option("--drafter", type=int, required=True, help="Member number of who drafts it (the secretary).")
@click.option("--approver", type=int, required=True, help="Member number of somebody else of the office.")
def default_rule(community: str, drafter: int, approver: int) -> None:
    """Draft the default rule as one person and approve it as another, from today on."""
    cards = [card for card in places.list_communities() if community in {card.name, card.slug}]
    if not cards:
        raise click.ClickException(f"no community is called {community}")
    now = clock.now()
    with tenancy.scoped(cards[0].id):
        persons = [people.find_by_member_no(number) for number in (drafter, approver)]
        actors = [people.actor_of(person) for person in persons if person]
        if len(actors) != 2:
            raise click.ClickException("no such member number")
        try:
            rule_id = commands.draft_rule(
                terms=rules.DEFAULT_TERMS, valid_from=clock.local_date(now), actor=actors[0], now=now
            )
            commands.approve_rule(rule_id=rule_id, actor=actors[1], now=now)
        except DomainError as refusal:
            raise click.ClickException(str(refusal)) from refusal
        click.echo(f"{cards[0].name}: rule {rules.DEFAULT_CODE} in force from {clock.local_date(now)}")
