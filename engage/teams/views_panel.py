"""What a person's page on the desk shows of this room: times in teams and trainings."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup

from engage import people
from engage.core import clock
from engage.core.access import Actor, Permission
from engage.teams import register


def of_person(person: people.Person, me: Actor) -> Markup:
    """Return the panel, rendered."""
    today = clock.local_date(clock.now())
    return Markup(  # noqa: S704 - rendered and escaped by our own template
        render_template(
            "teams/_person.html",
            person=person,
            former=people.former_spells_of(person.id),
            trainings=register.trainings_of(person.id, today=today),
            manages=me.can(Permission.MANAGE_MEMBERS) and me.person_id != person.id,
        )
    )
