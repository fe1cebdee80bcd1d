"""Casting a ballot: the one transaction that decides what counts (talks §6 Closing race).

Statements are plain Core on the tables, because every household casts in the same minute (speed.md, technique 1);
Core is not confined by the fence, so each names the community.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, String, Table, and_, bindparam, func, insert, select, true, update

from engage import people
from engage.core import clock
from engage.core.access import Actor
from engage.core.database import BigKey, dialect, transaction
from engage.core.errors import N_, DomainError, NotFound
from engage.core.tenancy import current_community_id
from engage.votes import receipts, rules
from engage.votes.models import Ballot, Entitlement, NamedBallot, ReceiptCode, Vote

_votes: Table = Vote.__table__  # type: ignore[assignment]
_entitlements: Table = Entitlement.__table__  # type: ignore[assignment]
_ballots: Table = Ballot.__table__  # type: ignore[assignment]
_named: Table = NamedBallot.__table__  # type: ignore[assignment]
_codes: Table = ReceiptCode.__table__  # type: ignore[assignment]

_COLUMNS = ("id", "options", "choices_max", "secret", "changeable", "state", "opened_at", "closes_at", "stopped_at")


# Statements are made once and run with values: building one anew costs more than running it.
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
_VOTE: Any = (
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
_TOKEN = select(_entitlements.c.token_hash).where(*_of_unit(_entitlements)).with_for_update()
_USE = update(_entitlements).where(*_of_unit(_entitlements))
_USE_ONCE = (
    _USE.where(_entitlements.c.used.is_(False))
    .values(
        used=true(),
        channel=bindparam("by_channel", type_=String()),
        token_hash=bindparam("by_token", type_=String()),
    )
    .returning(_entitlements.c.id)
)
_REVISION = select(_named.c.revision).where(*_of_unit(_named))
_CHANGE = update(_named).where(*_of_unit(_named))
_ADD_NAMED, _ADD_BALLOT, _ADD_CODE = insert(_named), insert(_ballots), insert(_codes)


def _in_one_statement() -> Any:
    """Return use, ballot and code as one statement (PostgreSQL; speed.md, technique 7): nothing is stored unless the right was free."""
    used = _USE_ONCE.cte("used")
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
    return select(used.c.id).add_cte(stored, listed)


_USE_AND_STORE = _in_one_statement()


class BallotRefused(DomainError):
    """The ballot was not accepted and nothing is stored."""


class VoteNotOpen(BallotRefused):
    """Too early, too late, or annulled."""


class NotOnTheRoll(BallotRefused):
    """The roll was frozen without this household, or the person does not vote for it."""


class AlreadyVoted(BallotRefused):
    """The household's right to vote is used, by whichever channel and member came first."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The acknowledgement: the ballot is stored and will be counted. `code` is empty for a named ballot."""

    code: str


@dataclass(frozen=True, kw_only=True)
class _Paper:
    """What the form said, ready to be stored."""

    marks: str
    token: str
    channel: str
    revision: int


def cast(  # noqa: PLR0913 - a command names everything it needs
    *,
    vote_id: int,
    actor: Actor,
    choices: Sequence[int],
    token: str,
    now: datetime,
    unit_id: int | None = None,
    channel: str = "phone",
) -> Receipt:
    """Cast the household's ballot and acknowledge it; no choices at all abstains. `unit_id`: the household meant, if not the actor's.

    Judged by when the vote's row is locked, not by when the button was tapped: `now` is when the request began,
    and the wait for the lock is added. The same token again gets the same answer and stores nothing.
    Raises `VoteNotOpen`, `NotOnTheRoll`, `AlreadyVoted`, `BallotRefused`, `StaleForm`, `NotFound`.
    """
    began = time.monotonic()
    with transaction() as session:
        connection = session.connection()
        vote = _locked_vote(connection, vote_id, person_id=actor.person_id, unit_id=unit_id)
        unit_id = unit_id if unit_id is not None else vote.voter_unit_id or 0
        at = now + timedelta(seconds=time.monotonic() - began)
        revision = receipts.revision_of(token, vote_id=vote_id, unit_id=unit_id)
        if vote.voter_unit_id != unit_id:
            raise NotOnTheRoll(N_("您不能替这一户投票。住址写错了，请社区工作人员改一改。"))
        if _is_repeat(connection, vote, unit_id, token):
            return _receipt(vote, token)
        if vote.voter_status != "active":  # paused while the ballot was on its way
            raise NotOnTheRoll(N_("您的登记现在停着，这一票没有记上。请找社区工作人员"))
        _ensure_open(vote, now=at)
        if not rules.are_choices(choices, options=len(vote.options), at_most=vote.choices_max):
            raise BallotRefused(N_("最多选%(most)s个，请改一改再投。"), field="choices", most=vote.choices_max)
        marks = rules.marks_of(choices, options=len(vote.options))
        paper = _Paper(marks=marks, token=token, channel=channel, revision=revision)
        if vote.changeable:
            _replace_named(connection, vote_id, unit_id, paper)
        elif not _store(connection, vote, unit_id, paper) and not _is_repeat(
            connection, vote, unit_id, token, again=True
        ):
            raise AlreadyVoted(N_("您家已经投过了，一户只有一票。不是您家投的，请马上告诉计票人。"))
    return _receipt(vote, token)


def _locked_vote(connection: Connection, vote_id: int, *, person_id: int, unit_id: int | None) -> Any:
    """Lock the vote against stopping while a ballot lands (FOR SHARE; on SQLite the writer holds the file)."""
    keys = {"here": current_community_id(), "vote": vote_id, "person": person_id, "unit": unit_id}
    vote = connection.execute(_VOTE, keys).one_or_none()
    if vote is None:
        raise NotFound
    return vote


def _ensure_open(vote: Row[Any], *, now: datetime) -> None:
    times = {"opened_at": vote.opened_at, "closes_at": vote.closes_at, "stopped_at": vote.stopped_at}
    state = rules.openness(state=vote.state, **times, now=now)
    if state == "frozen":
        raise VoteNotOpen(N_("还没开始投票，没有记上。等主持人宣布开始再投。"))
    if state == "annulled":
        raise VoteNotOpen(N_("这场表决作废了，没有记上。"))
    if state == "closed":
        deadline = rules.deadline_of(closes_at=vote.closes_at, stopped_at=vote.stopped_at)
        shown = clock.local(deadline).strftime("%H:%M:%S") if deadline else ""
        raise VoteNotOpen(N_("投票%(time)s截止了，这一票没有记上。"), time=shown)


def _keys(vote_id: int, unit_id: int) -> dict[str, int]:
    return {"here": current_community_id(), "vote": vote_id, "unit": unit_id}


def _is_repeat(connection: Connection, vote: Row[Any], unit_id: int, token: str, *, again: bool = False) -> bool:
    """Tell whether this very form was accepted before. Raises `NotOnTheRoll` when the household has no entitlement.

    `again`: two copies of one form came at once, and this is the one that waited. A changeable ballot locks the
    household's entitlement, so that its copies come one after the other.
    """
    if vote.right is None:
        raise NotOnTheRoll(N_("这次的名册上没有您家。名册在开始前就定下了，觉得不对请找计票人。"))
    accepted = vote.token_hash
    if again or vote.changeable:
        accepted = connection.execute(_TOKEN, _keys(vote.id, unit_id)).scalar_one()
    return bool(accepted == receipts.hash_of_token(token))


def _store(connection: Connection, vote: Row[Any], unit_id: int, paper: _Paper) -> bool:
    """Use up the entitlement and store the ballot, or find it used: the condition decides between two phones of one household."""
    place = {"community_id": current_community_id(), "vote_id": vote.id}
    ballot = {"id": uuid.uuid4().hex, "marks": paper.marks}
    code = receipts.code_of(paper.token, vote_id=vote.id)
    use = _keys(vote.id, unit_id) | {"by_channel": paper.channel, "by_token": receipts.hash_of_token(paper.token)}
    if vote.secret and dialect() == "postgresql":
        everything = use | {"ballot": ballot["id"], "marks": paper.marks, "code": code}
        return connection.execute(_USE_AND_STORE, everything).first() is not None
    if connection.execute(_USE_ONCE, use).first() is None:
        return False
    if not vote.secret:
        connection.execute(_ADD_NAMED, place | {"unit_id": unit_id, "marks": paper.marks, "revision": 1})
        return True
    connection.execute(_ADD_BALLOT, place | ballot)
    connection.execute(_ADD_CODE, place | {"code": code})
    return True


def _replace_named(connection: Connection, vote_id: int, unit_id: int, paper: _Paper) -> None:
    """Write or change a named ballot; the entitlement's row lock keeps two members of the household in turn."""
    keys = _keys(vote_id, unit_id)
    current = connection.execute(_REVISION, keys).scalar_one_or_none()
    if paper.revision != (current or 0):
        raise receipts.StaleForm(N_("您家的票刚刚改过。请刷新看看现在选的是什么，再决定要不要改。"))
    used = {"used": True, "channel": paper.channel, "token_hash": receipts.hash_of_token(paper.token)}
    connection.execute(_USE, keys | used)
    if current is None:
        place = {"community_id": current_community_id(), "vote_id": vote_id, "unit_id": unit_id}
        connection.execute(_ADD_NAMED, place | {"marks": paper.marks, "revision": 1})
        return
    connection.execute(_CHANGE, keys | {"marks": paper.marks, "revision": current + 1})


def _receipt(vote: Row[Any], token: str) -> Receipt:
    return Receipt(code=receipts.code_of(token, vote_id=vote.id) if vote.secret else "")
