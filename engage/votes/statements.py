"""What a ballot sends to the database: made once and run with values, because every household casts in the same minute.

Core is not confined by the fence, so each statement names the community (speed.md, techniques 1 and 7).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, Table, and_, bindparam, func, insert, select, true, update

from engage import people
from engage.core.database import BigKey
from engage.core.prepared import Prepared
from engage.votes.models import Ballot, Entitlement, NamedBallot, ReceiptCode, Vote

_votes: Table = Vote.__table__  # type: ignore[assignment]
_entitlements: Table = Entitlement.__table__  # type: ignore[assignment]
_ballots: Table = Ballot.__table__  # type: ignore[assignment]
_named: Table = NamedBallot.__table__  # type: ignore[assignment]
_codes: Table = ReceiptCode.__table__  # type: ignore[assignment]

_COLUMNS = ("id", "options", "choices_max", "secret", "changeable", "state", "opened_at", "closes_at", "stopped_at")


def _of_unit(table: Table) -> tuple[Any, ...]:
    return (
        table.c.community_id == bindparam("here"),
        table.c.vote_id == bindparam("vote"),
        table.c.unit_id == bindparam("unit"),
    )


_RIGHT = and_(
    _entitlements.c.community_id == bindparam("here"),
    _entitlements.c.vote_id == bindparam("vote"),
    _entitlements.c.unit_id == func.coalesce(bindparam("unit", type_=BigKey), people.VOTER_UNIT.element),
)
#: the vote, the right of the household meant (the voter's own, if none is named), and who casts
VOTE = Prepared(
    select(
        *(_votes.c[name] for name in _COLUMNS),
        _entitlements.c.id.label("right"),
        _entitlements.c.token_hash,
        people.VOTER_UNIT,
        people.VOTER_STATUS,
    )
    .select_from(_votes.outerjoin(_entitlements, _RIGHT))
    .where(_votes.c.community_id == bindparam("here"), _votes.c.id == bindparam("vote"))
    .with_for_update(read=True, of=_votes)
)
TOKEN = Prepared(select(_entitlements.c.token_hash).where(*_of_unit(_entitlements)).with_for_update())
USE = update(_entitlements).where(*_of_unit(_entitlements))
_ONCE = (
    USE.where(_entitlements.c.used.is_(False))
    .values(
        used=true(),
        channel=bindparam("by_channel", type_=String()),
        token_hash=bindparam("by_token", type_=String()),
    )
    .returning(_entitlements.c.id)
)
REVISION = select(_named.c.revision).where(*_of_unit(_named))
CHANGE = update(_named).where(*_of_unit(_named))
ADD_NAMED = insert(_named)
_PLACE: dict[str, Any] = {"community_id": bindparam("here"), "vote_id": bindparam("vote")}
USE_ONCE = Prepared(_ONCE)
ADD_BALLOT = Prepared(insert(_ballots).values(_PLACE | {"id": bindparam("ballot"), "marks": bindparam("marks")}))
ADD_CODE = Prepared(insert(_codes).values(_PLACE | {"code": bindparam("code")}))


def _in_one_statement() -> Prepared:
    """Return use, ballot and code as one statement (PostgreSQL; speed.md, technique 7): nothing is stored unless the right was free."""
    used = _ONCE.cte("used")
    place = (bindparam("here", type_=BigKey), bindparam("vote", type_=BigKey))
    ballot = (*place, bindparam("ballot", type_=String()), bindparam("marks", type_=String()))
    code = (*place, bindparam("code", type_=String()))
    stored = (
        insert(_ballots)
        .from_select(["community_id", "vote_id", "id", "marks"], select(*ballot).select_from(used))
        .cte("stored")
    )
    listed = (
        insert(_codes).from_select(["community_id", "vote_id", "code"], select(*code).select_from(used)).cte("listed")
    )
    return Prepared(select(used.c.id).add_cte(stored, listed))


USE_AND_STORE = _in_one_statement()
