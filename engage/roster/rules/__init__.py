"""Reading a roster: pure rules, from a workbook's cells to people, doors, grids and findings.

`read_workbook` is the way in. A row with an error waits; a row with a warning is imported; a row that
repeats a person adds nothing but what the first row lacked. Id numbers are thrown away before reading
(service-points §5.8: minimum of personal data).
"""

from engage.roster.rules.cells import Line, Person
from engage.roster.rules.days import Birth
from engage.roster.rules.dwellings import Dwelling, building_label, door_label, grid_key, grid_label
from engage.roster.rules.findings import KINDS, Finding
from engage.roster.rules.grids import Grid
from engage.roster.rules.matching import Traits, match, unit_labels
from engage.roster.rules.reading import Note, Reading, read_workbook
from engage.roster.rules.rows import without_id_numbers
from engage.roster.rules.sheets import Chosen, Plan, Role
from engage.roster.rules.vocabulary import LABELS, Field

__all__ = [
    "KINDS",
    "LABELS",
    "Birth",
    "Chosen",
    "Dwelling",
    "Field",
    "Finding",
    "Grid",
    "Line",
    "Note",
    "Person",
    "Plan",
    "Reading",
    "Role",
    "Traits",
    "building_label",
    "door_label",
    "grid_key",
    "grid_label",
    "match",
    "read_workbook",
    "unit_labels",
    "without_id_numbers",
]
