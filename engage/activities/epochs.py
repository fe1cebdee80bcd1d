"""Old books come back: the codes on the leader's screen begin anew (trust row 60, D15)."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select

from engage.activities.models import Shift
from engage.core.database import require_transaction


def renew_secrets(*, now: datetime) -> int:
    """Give every shift that is not over another secret, inside the caller's transaction; returns how many."""
    session = require_transaction()
    rows = session.scalars(select(Shift).where(Shift.ends_at > now).order_by(Shift.id)).all()
    for row in rows:
        row.secret = secrets.token_bytes(32)
    session.flush()
    return len(rows)
