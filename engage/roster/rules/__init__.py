"""Reading a roster: pure rules, from a workbook's cells to people, doors, grids and findings.

`read_workbook` is the way in. A row with an error waits; a row with a warning is imported; a row that
repeats a person adds nothing but what the first row lacked. Id numbers are thrown away before reading
(service-points §5.8: minimum of personal data).
"""

from engage.roster.rules.cells import Line, Person
from engage.roster.rules.choices import ACTS, Choice, parsed, row_key
from engage.roster.rules.comparing import Change, Fact, Known, Said, changes
from engage.roster.rules.days import Birth
from engage.roster.rules.dwellings import (
    Dwelling,
    building_key,
    building_label,
    door_label,
    entrance_key,
    grid_key,
    grid_label,
    room_key,
    split_address,
)
from engage.roster.rules.exporting import (
    EXPORTS_A_DAY,
    LONGEST_PURPOSE,
    ExportRefused,
    ensure_reasoned,
    export_expires_at,
)
from engage.roster.rules.findings import KINDS, Finding
from engage.roster.rules.grids import Grid
from engage.roster.rules.headings import assign
from engage.roster.rules.matching import Traits, match, suspects, unit_labels
from engage.roster.rules.reading import Note, Reading, read_workbook
from engage.roster.rules.rows import without_id_numbers
from engage.roster.rules.sheets import Chosen, Plan, Role, plan_sheets
from engage.roster.rules.tables import split_tables
from engage.roster.rules.templates import fingerprint
from engage.roster.rules.undoing import (
    UNDO_WITHIN,
    TooLate,
    UndoRefused,
    ensure_office_may_undo,
    ensure_undoable,
    undo_until,
)
from engage.roster.rules.vocabulary import LABELS, Field

__all__ = [
    "ACTS",
    "EXPORTS_A_DAY",
    "KINDS",
    "LABELS",
    "LONGEST_PURPOSE",
    "UNDO_WITHIN",
    "Birth",
    "Change",
    "Choice",
    "Chosen",
    "Dwelling",
    "ExportRefused",
    "Fact",
    "Field",
    "Finding",
    "Grid",
    "Known",
    "Line",
    "Note",
    "Person",
    "Plan",
    "Reading",
    "Role",
    "Said",
    "TooLate",
    "Traits",
    "UndoRefused",
    "assign",
    "building_key",
    "building_label",
    "changes",
    "door_label",
    "ensure_office_may_undo",
    "ensure_reasoned",
    "ensure_undoable",
    "entrance_key",
    "export_expires_at",
    "fingerprint",
    "grid_key",
    "grid_label",
    "match",
    "parsed",
    "plan_sheets",
    "read_workbook",
    "room_key",
    "row_key",
    "split_address",
    "split_tables",
    "suspects",
    "undo_until",
    "unit_labels",
    "without_id_numbers",
]
