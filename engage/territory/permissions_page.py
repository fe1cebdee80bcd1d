"""docs/permissions.md, written from the matrix and the routes, so that it cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask

from engage.core.matrix import HELD_AT, MATRIX, NARROWED, NOT_DELEGATED, OWN_ONLY, REGIONAL, Node, Permission, Role

_HEAD = """# Who may do what

Written by `flask permissions` from `engage/core/matrix.py` and the routes; a test fails when it is out of date.
A route without a line below cannot be opened by anybody: the default is no.
"""
_REACH = """
## How far a role goes

A role is held at a node of the place tree and reaches what lies below it.

- **whole**: everything of the community.
- **within**: held at a grid or building, only the persons who live there (by their grid, or by their household's grid or
  building), their service time and the shifts led from there. Anything outside answers 404, like an id nobody has.
- **own**: only the shifts the holder leads.
- **figures**: sums per community, never a person; figures about one to four persons are withheld.
- **acts**: what a community's office did, from its audit log; each reading is written down there.

A role at a grid or building carries only what is marked *within*; everything else needs the community.
What a role carries can be handed over for some days, except: {not_delegated}. Who stands in acts "for" the holder, and the
log says so; they hand nothing on and do not judge the time of the holder or the holder's household.
"""


def page(app: Flask) -> str:
    """Return the whole document."""
    parts = [
        _HEAD,
        _REACH.format(not_delegated=", ".join(sorted(NOT_DELEGATED))),
        "\n## The matrix\n",
        *_matrix(),
        "\n## Every route\n",
        *_routes(app),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _matrix() -> Iterable[str]:
    yield "| | " + " | ".join(Role) + " |"
    yield "|---|" + "---|" * len(Role)
    nodes = {role: HELD_AT.get(role, (Node.COMMUNITY,)) for role in Role}
    yield "| *held at* | " + " | ".join(f"*{', '.join(nodes[role])}*" for role in Role) + " |"
    for permission in Permission:
        yield f"| {permission} | " + " | ".join(_cell(role, permission, nodes[role]) for role in Role) + " |"


def _cell(role: Role, permission: Permission, nodes: tuple[Node, ...]) -> str:
    if permission not in MATRIX[role]:
        return ""
    if role in REGIONAL:
        return "figures" if permission is Permission.SEE_STREET else "acts"
    if (role, permission) in OWN_ONLY:
        return "own"
    placed = bool({Node.GRID, Node.BUILDING} & set(nodes)) and permission in NARROWED
    return "within" if placed else "whole"


def _routes(app: Flask) -> Iterable[str]:
    yield "| method | address | open to |"
    yield "|---|---|---|"
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    for rule in sorted(found, key=lambda rule: (rule.rule, sorted(rule.methods or ()))):
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        access = str(getattr(app.view_functions[rule.endpoint], "engage_access", "nobody"))
        yield f"| {methods} | `{rule.rule}` | {_openness(access)} |"


def _openness(access: str) -> str:
    if not access.startswith("needs: "):
        return {"public": "everybody", "signed in": "whoever is signed in; whose thing it is, the command judges"}.get(
            access, access
        )
    permission = Permission(access.removeprefix("needs: "))
    roles = ", ".join(role for role in Role if permission in MATRIX[role])
    return f"**{permission}**: {roles}" + (" (within reach)" if permission in NARROWED else "")
