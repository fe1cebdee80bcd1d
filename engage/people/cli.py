"""The operator's first command: a community and the one person who can let everybody else in."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from engage import places
from engage.core import clock, tenancy, web
from engage.core.access import Actor, Role
from engage.core.database import transaction
from engage.core.errors import DomainError
from engage.people import activations
from engage.people.devices import actor_of
from engage.people.enrolment import enrol, grant_role
from engage.people.phones import normalised_phone


@click.command("create-community")
@click.argument("name")
@click.option("--slug", required=True, help="Stands in public addresses: letters, digits and dashes, e.g. longma.")
@click.option("--secretary", required=True, help="The secretary's name.")
@click.option("--phone", required=True, help="The secretary's mobile number, used to sign in.")
@click.option("--desk-address", default="", help="Where lost cards are returned.")
@click.option("--desk-phone", default="", help="Whom to call.")
@with_appcontext
def create_community(**given: str) -> None:
    """Found community NAME, put its secretary on the roll and print the address where they set a password."""
    if not given["slug"].replace("-", "").isascii() or not given["slug"].replace("-", "").isalnum():
        raise click.ClickException("slug: letters, digits and dashes only")
    try:
        phone = normalised_phone(given["phone"])
        home = places.found_community(
            name=given["name"],
            slug=given["slug"].lower(),
            now=clock.now(),
            desk_address=given["desk_address"],
            desk_phone=given["desk_phone"],
        )
        with tenancy.scoped(home.id):
            secretary = enrol_secretary(name=given["secretary"], phone=phone)
            [slip] = activations.issue_slip_codes(
                person_ids=[secretary.person_id], actor=secretary, key="founding", now=clock.now()
            )
    except DomainError as refusal:
        raise click.ClickException(web.say(refusal)) from refusal
    click.echo(f"{home.name}: /c/{home.slug}")
    click.echo(f"{secretary.name} {secretary.member_no:04d}")
    click.echo(_address(slip.code))


def enrol_secretary(*, name: str, phone: str) -> Actor:
    """Put the first person of a community on the roll, as its secretary. Own transaction."""
    with transaction() as session:
        person = enrol(name=name, phone=phone, now=clock.now())
        grant_role(person=person, role=Role.SECRETARY, now=clock.now())
        session.flush()
        return actor_of(person)


def _address(code: str) -> str:
    base = current_app.extensions["engage_settings"].base_url
    path = f"/activate/{code}"
    return f"{str(base).rstrip('/')}{path}" if base else path
