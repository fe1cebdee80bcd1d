"""Reading a workbook in a test."""

from __future__ import annotations

import datetime as dt
from typing import Any

from engage.core import workbook
from engage.roster.rules import Reading, read_workbook

TODAY = dt.date(2026, 11, 21)


def reading_of(content: bytes, name: str = "名单.xlsx", **options: Any) -> Reading:
    return read_workbook(workbook.read(content, filename=name), today=TODAY, **options)


def found(reading: Reading) -> list[tuple[int, str]]:
    return [(finding.row, finding.kind) for finding in [*reading.errors, *reading.warnings]]
