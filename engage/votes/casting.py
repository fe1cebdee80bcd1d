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

from sqlalchemy import Connection, Row, Table, bindparam, insert, select, update

from engage import people
from engage.core import clock
from engage.core.access import Actor
from engage.core.database import transaction
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
_VOTE = (
    select(*(_votes.c[name] for name in _COLUMNS))
    .where(_votes.c.community_id == bindparam("here"), _votes.c.id == bindparam("vote"))
    .with_for_update(read=True)
)


def _of_unit(table: Table) -> tuple[Any, ...]:
    return (
        table.c.community_id == bindparam("here"),
        table.c.vote_id == bindparam("vote"),
        table.c.unit_id == bindparam("unit"),
    )


_TOKEN = select(_entitlements.c.token_hash).where(*_of_unit(_entitlements)).with_for_update()
_USE = update(_entitlements).where(*_of_unit(_entitlements))
_USE_ONCE = _USE.where(_entitlements.c.used.is_(False)).returning(_entitlements.c.id)
_REVISION = select(_named.c.revision).where(*_of_unit(_named))
_CHANGE = update(_named).where(*_of_unit(_named))
_ADD_NAMED, _ADD_BALLOT, _ADD_CODE = insert(_named), insert(_ballots), insert(_codes)


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
    unit_id: int,
    choices: Sequence[int],
    token: str,
    now: datetime,
    channel: str = "phone",
) -> Receipt:
    """Cast the household's ballot and acknowledge it; no choices at all abstains.

    Judged by when the vote's row is locked, not by when the button was tapped: `now` is when the request began,
    and the wait for the lock is added. The same token again gets the same answer and stores nothing.
    Raises `VoteNotOpen`, `NotOnTheRoll`, `AlreadyVoted`, `BallotRefused`, `StaleForm`, `NotFound`.
    """
    began = time.monotonic()
    revision = receipts.revision_of(token, vote_id=vote_id, unit_id=unit_id)
    with transaction() as session:
        connection = session.connection()
        vote = _locked_vote(connection, vote_id)
        at = now + timedelta(seconds=time.monotonic() - began)
        if people.household_of(actor.person_id) != unit_id:
            raise NotOnTheRoll(N_("您不能替这一户投票。住址写错了，请社区工作人员改一改。"))
        if _is_repeat(connection, vote_id, unit_id, token):
            return _receipt(vote, token)
        if not people.is_active(actor.person_id):  # paused while the ballot was on its way
            raise NotOnTheRoll(N_("您的登记现在停着，这一票没有记上。请找社区工作人员"))
        _ensure_open(vote, now=at)
        if not rules.are_choices(choices, options=len(vote.options), at_most=vote.choices_max):
            raise BallotRefused(N_("最多选%(most)s个，请改一改再投。"), field="choices", most=vote.choices_max)
        marks = rules.marks_of(choices, options=len(vote.options))
        paper = _Paper(marks=marks, token=token, channel=channel, revision=revision)
        if vote.changeable:
            _replace_named(connection, vote_id, unit_id, paper)
        else:
            _consume(connection, vote_id, unit_id, paper)
            _store(connection, vote, unit_id, paper)
    return _receipt(vote, token)


def _locked_vote(connection: Connection, vote_id: int) -> Row[Any]:
    """Lock the vote against stopping while a ballot lands (FOR SHARE; on SQLite the writer holds the file)."""
    vote = connection.execute(_VOTE, {"here": current_community_id(), "vote": vote_id}).one_or_none()
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


def _is_repeat(connection: Connection, vote_id: int, unit_id: int, token: str) -> bool:
    """Tell whether this very form was accepted before. Raises `NotOnTheRoll` when the household has no entitlement.

    Locks the household's entitlement, so that two copies of one form come one after the other.
    """
    row = connection.execute(_TOKEN, _keys(vote_id, unit_id)).one_or_none()
    if row is None:
        raise NotOnTheRoll(N_("这次的名册上没有您家。名册在开始前就定下了，觉得不对请找计票人。"))
    return bool(row.token_hash == receipts.hash_of_token(token))


def _consume(connection: Connection, vote_id: int, unit_id: int, paper: _Paper) -> None:
    """Use up the entitlement, or find it used: the condition decides between two phones of one household."""
    if connection.execute(_USE_ONCE, _keys(vote_id, unit_id) | _used_by(paper)).first() is None:
        raise AlreadyVoted(N_("您家已经投过了，一户只有一票。不是您家投的，请马上告诉计票人。"))


def _used_by(paper: _Paper) -> dict[str, Any]:
    return {"used": True, "channel": paper.channel, "token_hash": receipts.hash_of_token(paper.token)}


def _store(connection: Connection, vote: Row[Any], unit_id: int, paper: _Paper) -> None:
    place = {"community_id": current_community_id(), "vote_id": vote.id}
    if not vote.secret:
        connection.execute(_ADD_NAMED, place | {"unit_id": unit_id, "marks": paper.marks, "revision": 1})
        return
    connection.execute(_ADD_BALLOT, place | {"id": uuid.uuid4().hex, "marks": paper.marks})
    connection.execute(_ADD_CODE, place | {"code": receipts.code_of(paper.token, vote_id=vote.id)})


def _replace_named(connection: Connection, vote_id: int, unit_id: int, paper: _Paper) -> None:
    """Write or change a named ballot; the entitlement's row lock keeps two members of the household in turn."""
    keys = _keys(vote_id, unit_id)
    current = connection.execute(_REVISION, keys).scalar_one_or_none()
    if paper.revision != (current or 0):
        raise receipts.StaleForm(N_("您家的票刚刚改过。请刷新看看现在选的是什么，再决定要不要改。"))
    connection.execute(_USE, keys | _used_by(paper))
    if current is None:
        place = {"community_id": current_community_id(), "vote_id": vote_id, "unit_id": unit_id}
        connection.execute(_ADD_NAMED, place | {"marks": paper.marks, "revision": 1})
        return
    connection.execute(_CHANGE, keys | {"marks": paper.marks, "revision": current + 1})


def _receipt(vote: Row[Any], token: str) -> Receipt:
    return Receipt(code=receipts.code_of(token, vote_id=vote.id) if vote.secret else "")
