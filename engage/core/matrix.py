"""The reviewed matrix: which role carries what, where a role can be held, and what never goes along with it.

docs/permissions.md is written from here (`flask permissions`); a test fails when the page says something else.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody is at a node of the place tree. A role reaches the subtree of its node only."""

    OPERATOR = "operator"
    DISTRICT = "district"
    STREET = "street"
    SECRETARY = "secretary"
    CLERK = "clerk"
    GRID_OFFICER = "grid_officer"
    NEIGHBOUR_LEAD = "neighbour_lead"
    TEAM_LEADER = "team_leader"
    DESK = "desk"
    TELLER = "teller"
    RECORDER = "recorder"
    VOLUNTEER = "volunteer"
    RESIDENT = "resident"


class Node(StrEnum):
    """The kinds of nodes of the place tree at which a role can be held, the widest first."""

    PLATFORM = "platform"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    BUILDING = "building"


class Permission(StrEnum):
    """What a route needs. Ownership ("own shift", "not own entry") is judged by the command, not here."""

    SEE_MEMBERS = "see members"
    MANAGE_MEMBERS = "manage members"
    MANAGE_PLACES = "manage places"
    IMPORT_ROSTER = "import roster"
    EXPORT_ROSTER = "export roster"
    EXPORT_PHONES = "export whole phone numbers"
    PLAN_ACTIVITIES = "plan activities"
    LEAD_SHIFT = "lead a shift"
    APPROVE_SERVICE = "approve service"
    DRAFT_RULES = "draft rules"
    APPROVE_RULES = "approve rules"
    SEE_LEDGER = "see the ledger"
    KEEP_STOCK = "keep stock"
    HAND_OUT = "hand out goods"
    MODERATE_TOPICS = "moderate topics"
    RUN_TALK = "run a talk"
    TELL_VOTES = "tell votes"
    ASSIGN_RESOLUTION = "assign resolutions"
    REPORT_RESOLUTION = "report on resolutions"
    GRANT_ROLES = "grant roles"
    SEE_AUDIT = "see the audit log"
    SEE_STREET = "see the street's figures"
    SEE_OFFICE_ACTS = "see what a community's office did"
    HELP_AT_DESK = "help at the desk"


_ABOVE = frozenset({Permission.SEE_STREET, Permission.SEE_OFFICE_ACTS})
_OFFICE = frozenset(Permission) - {Permission.TELL_VOTES} - _ABOVE

MATRIX: dict[Role, frozenset[Permission]] = {
    # Above the communities there are figures, never persons (service-points §6, trust row 40); but what an office did in
    # its office the street may read, so that nobody there can hide it (trust §3 (e), ADR 0025).
    Role.OPERATOR: frozenset({Permission.SEE_STREET}),
    Role.DISTRICT: _ABOVE,
    Role.STREET: _ABOVE,
    Role.SECRETARY: _OFFICE,
    Role.CLERK: frozenset(
        {
            Permission.SEE_MEMBERS,
            Permission.MANAGE_MEMBERS,
            Permission.IMPORT_ROSTER,
            Permission.EXPORT_ROSTER,
            Permission.PLAN_ACTIVITIES,
            Permission.LEAD_SHIFT,
            Permission.APPROVE_SERVICE,
            Permission.APPROVE_RULES,
            Permission.KEEP_STOCK,
            Permission.HAND_OUT,
            Permission.HELP_AT_DESK,
        }
    ),
    Role.GRID_OFFICER: frozenset(
        {
            Permission.SEE_MEMBERS,
            Permission.LEAD_SHIFT,
            Permission.APPROVE_SERVICE,
            Permission.REPORT_RESOLUTION,
            Permission.HELP_AT_DESK,
        }
    ),
    Role.NEIGHBOUR_LEAD: frozenset(),
    Role.TEAM_LEADER: frozenset({Permission.LEAD_SHIFT, Permission.APPROVE_SERVICE}),
    Role.DESK: frozenset({Permission.HAND_OUT, Permission.HELP_AT_DESK}),
    Role.TELLER: frozenset({Permission.TELL_VOTES}),
    Role.RECORDER: frozenset(),
    Role.VOLUNTEER: frozenset(),
    Role.RESIDENT: frozenset(),
}

#: where each role can be held; what is not here is held at the community
HELD_AT: dict[Role, tuple[Node, ...]] = {
    Role.OPERATOR: (Node.PLATFORM,),
    Role.DISTRICT: (Node.DISTRICT,),
    Role.STREET: (Node.STREET,),
    Role.GRID_OFFICER: (Node.GRID, Node.COMMUNITY),
    Role.NEIGHBOUR_LEAD: (Node.BUILDING,),
}
REGIONAL = frozenset({Role.OPERATOR, Role.DISTRICT, Role.STREET})

#: what a role at a grid or building carries: only what the rooms narrow to `Actor.reach`. Anything else needs the community.
NARROWED = frozenset(
    {Permission.SEE_MEMBERS, Permission.LEAD_SHIFT, Permission.APPROVE_SERVICE, Permission.REPORT_RESOLUTION}
)
#: what a role carries for the shifts its holder leads and for no others (service-points §6, "own shift")
OWN_ONLY = frozenset({(Role.TEAM_LEADER, Permission.LEAD_SHIFT), (Role.TEAM_LEADER, Permission.APPROVE_SERVICE)})
#: what nobody can do for somebody else: who stands in for the secretary appoints nobody
NOT_DELEGATED = frozenset({Permission.GRANT_ROLES})
