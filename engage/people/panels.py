"""What rooms above this one add to somebody's page on the desk: they know this room, it does not know them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app
from markupsafe import Markup

from engage.core.access import Actor
from engage.people.models import Person

Panel = Callable[[Person, Actor], Markup]
_KEY = "engage_person_panels"


def add_panel(app: Flask, panel: Panel) -> None:
    """Show what `panel` returns for a person and a reader on every person's page, in the order of the rooms."""
    app.extensions.setdefault(_KEY, []).append(panel)


def panels_of(person: Person, me: Actor) -> list[Markup]:
    """Return what the rooms above show about a person to this reader."""
    panels: list[Panel] = current_app.extensions.get(_KEY, [])
    return [panel(person, me) for panel in panels]
