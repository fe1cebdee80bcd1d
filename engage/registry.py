"""The rooms of the house, from the ground floor up.

They are imported by name so that the registry adds no edge to the import graph.
A room may know the rooms before it in this list, never those after it.
"""

ROOMS = (
    "places",
    "people",
    "territory",
    "teams",
    "guardians",
    "roster",
    "ledger",
    "activities",
    "attendance",
    "awards",
    "rewards",
    "votes",
    "topics",
    "talks",
    "resolutions",
    "merging",
    "oversight",
    "board",
    "street",
    "home",
    "demo",
)
