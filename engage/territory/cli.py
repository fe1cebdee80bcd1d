"""The operator's commands: where a community lies, and who sees the figures of a street, a district or everything."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from engage import people, places
from engage.config import PROJECT
from engage.core import clock, tenancy, web
from engage.core.access import Role
from engage.core.errors import DomainError
from engage.core.tenancy import CommunityCard
from engage.territory import permissions_page

PERMISSIONS = PROJECT / "docs" / "permissions.md"
_LEVELS = click.Choice(["street", "district", "operator"])


@click.command("place-community")
@click.argument("community")
@click.option("--street", required=True, help="The street's name; founded when it is not there.")
@click.option("--district", required=True, help="The district's name; founded when it is not there.")
@with_appcontext
def place_community(community: str, street: str, district: str) -> None:
    """Put COMMUNITY (name or address) under a street of a district."""
    card = _community(community)
    places.put_community(community_id=card.id, street=street, district=district)
    click.echo(f"{district} / {street} / {card.name}")


@click.command("grant-role")
@click.argument("level", type=_LEVELS)
@click.option("--community", required=True, help="Where the person is on the roll: name or address.")
@click.option("--member", type=int, required=True, help="The person's member number.")
@click.option("--at", "region", default="", help="The street or district; not for the operator.")
@click.option("--end", is_flag=True, help="End the role instead of giving it.")
@with_appcontext
def grant_role(level: str, community: str, member: int, region: str, end: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Let a person see the figures (never the persons) of a street, a district, or of every community (operator)."""
    card, now = _community(community), clock.now()
    role = Role(level)
    region_id = None if role is Role.OPERATOR else _region(level, region)
    act = people.end_region_role if end else people.give_region_role
    with tenancy.scoped(card.id):
        person = people.find_by_member_no(member)
        if person is None:
            raise click.ClickException("no such member number")
        try:
            act(person_id=person.id, role=role, region_id=region_id, now=now)
        except DomainError as refusal:
            raise click.ClickException(web.say(refusal)) from refusal
        click.echo(f"{person.name} {member:04d}: {level} {region}".rstrip() + (" ended" if end else ""))


def _community(text: str) -> CommunityCard:
    for card in places.list_communities():
        if text in {card.name, card.slug}:
            return card
    raise click.ClickException(f"no community is called {text}")


def _region(kind: str, name: str) -> int:
    try:
        found = places.find_region(kind=kind, name=name)
    except DomainError as refusal:
        raise click.ClickException(web.say(refusal)) from refusal
    if found is None:
        raise click.ClickException(f"no {kind} is called {name or '(nothing)'}; see place-community")
    return found


@click.command("permissions")
@with_appcontext
def write_permissions() -> None:
    """Write docs/permissions.md from the matrix and the routes."""
    PERMISSIONS.write_text(permissions_page.page(current_app), "utf-8")
    click.echo(f"{PERMISSIONS.relative_to(PROJECT)} written")


COMMANDS = (place_community, grant_role, write_permissions)
