"""Several counts in one statement: each room says what it would ask, the page asks once."""

from __future__ import annotations

from sqlalchemy import Select, select

from engage.core.database import db


def count_together(**asked: Select[int]) -> dict[str, int]:
    """Return what each of these statements counts, by the name it was given; each yields one number or none (0)."""
    if not asked:
        return {}
    row = db.session.execute(select(*(one.scalar_subquery() for one in asked.values()))).one()
    return {name: int(number or 0) for name, number in zip(asked, row, strict=True)}
