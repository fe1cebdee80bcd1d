"""Old books come back: what opened a door then must not open it now (trust row 60, D15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, delete, select, update

from engage.core.database import db, require_transaction
from engage.people.media import CARD, PHONE
from engage.people.models import Activation, Credential, Device
from engage.people.models_media import Medium
from engage.people.models_sign_in import Assistance, Passkey, ResetRequest

_AT_ONCE = 400


@dataclass(frozen=True, kw_only=True)
class WaysIn:
    """What still counts in the books that are about to be replaced."""

    #: hashes of the tokens of live cards
    cards: frozenset[str]
    #: when each person's password was last set
    passwords: dict[int, datetime]
    passkeys: frozenset[str]


def ways_in() -> WaysIn:
    """Return what counts in this community now, to be held against older books of the same community."""
    cards = select(Medium.token_hash).where(Medium.kind == CARD, Medium.revoked_at.is_(None))
    passwords = db.session.execute(select(Credential.person_id, Credential.changed_at)).all()
    return WaysIn(
        cards=frozenset(db.session.scalars(cards)),
        passwords={row.person_id: row.changed_at for row in passwords},
        passkeys=frozenset(db.session.scalars(select(Passkey.credential_id))),
    )


def end_ways_in(*, since: WaysIn | None, keep_cards: bool, now: datetime) -> dict[str, int]:
    """End every sign-in, code on paper, code by message and phone code, inside the caller's transaction; returns how many.

    Cards, passwords and passkeys stay where the books that were replaced (`since`) still accept them: one reported lost,
    changed or removed after the backup does not come back. Without those books nobody knows which cards were lost:
    all end, unless the operator says `keep_cards`; passwords and passkeys stay, as the only way back in.
    """
    session = require_transaction()
    still = Device.ended_at.is_(None)
    ended = {
        "sign-ins": _count(update(Device).where(still).values(ended_at=now, pin_hash=None).returning(Device.id)),
        "slips": _count(
            update(Activation)
            .where(Activation.used_at.is_(None), Activation.expires_at > now)
            .values(expires_at=now)
            .returning(Activation.id)
        ),
        "phone codes": _revoke(Medium.kind == PHONE, now=now),
    }
    session.execute(
        update(Assistance).where(Assistance.ended_at.is_(None), Assistance.ends_at > now).values(ended_at=now)
    )
    session.execute(delete(ResetRequest))
    if since is None:
        return ended | {"cards": 0 if keep_cards else _revoke(Medium.kind == CARD, now=now)}
    live = session.execute(select(Medium.id, Medium.token_hash).where(Medium.kind == CARD, Medium.revoked_at.is_(None)))
    passwords = session.execute(select(Credential.id, Credential.person_id, Credential.changed_at)).all()
    keys = session.execute(select(Passkey.id, Passkey.credential_id)).all()
    gone = {
        "cards": [row.id for row in live if row.token_hash not in since.cards],
        "passwords": [
            row.id for row in passwords if since.passwords.get(row.person_id, row.changed_at) != row.changed_at
        ],
        "passkeys": [row.id for row in keys if row.credential_id not in since.passkeys],
    }
    ended["cards"] = sum(_revoke(Medium.id.in_(some), now=now) for some in _in_parts(gone["cards"]))
    for name, table in (("passwords", Credential), ("passkeys", Passkey)):
        ended[name] = sum(
            _count(delete(table).where(table.id.in_(some)).returning(table.id)) for some in _in_parts(gone[name])
        )
    return ended


def _revoke(which: ColumnElement[bool], *, now: datetime) -> int:
    # Never before the last use (invariant 10): a clock may have been ahead when the backup was taken.
    at = case((Medium.last_used_at > now, Medium.last_used_at), else_=now)
    return _count(
        update(Medium)
        .where(which, Medium.revoked_at.is_(None))
        .values(revoked_at=at, revoke_reason="restored")
        .returning(Medium.id)
    )


def _count(statement: Any) -> int:
    return len(require_transaction().execute(statement, execution_options={"synchronize_session": False}).all())


def _in_parts(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
