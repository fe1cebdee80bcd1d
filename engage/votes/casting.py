"""Casting a ballot: the one transaction that decides what counts (talks §6 Closing race).

Its statements are in `statements`.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from engage.core import clock
from engage.core.access import Actor
from engage.core.database import dialect, transaction
from engage.core.errors import N_, DomainError, NotFound
from engage.core.tenancy import current_community_id
from engage.votes import receipts, rules, statements


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
    vote = statements.VOTE.first(connection, keys)
    if vote is None:
        raise NotFound
    return vote


def _ensure_open(vote: Any, *, now: datetime) -> None:
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


def _is_repeat(connection: Connection, vote: Any, unit_id: int, token: str, *, again: bool = False) -> bool:
    """Tell whether this very form was accepted before. Raises `NotOnTheRoll` when the household has no entitlement.

    `again`: two copies of one form came at once, and this is the one that waited. A changeable ballot locks the
    household's entitlement, so that its copies come one after the other.
    """
    if vote.right is None:
        raise NotOnTheRoll(N_("这次的名册上没有您家。名册在开始前就定下了，觉得不对请找计票人。"))
    accepted = vote.token_hash
    if again or vote.changeable:
        accepted = statements.TOKEN.first(connection, _keys(vote.id, unit_id)).token_hash
    return bool(accepted == receipts.hash_of_token(token))


def _store(connection: Connection, vote: Any, unit_id: int, paper: _Paper) -> bool:
    """Use up the entitlement and store the ballot, or find it used: the condition decides between two phones of one household."""
    token, paper_id = receipts.hash_of_token(paper.token), uuid.uuid4().hex
    use = _keys(vote.id, unit_id) | {"by_channel": paper.channel, "by_token": token}
    stored = {"ballot": paper_id, "marks": paper.marks, "code": receipts.code_of(paper.token, vote_id=vote.id)}
    if vote.secret and dialect() == "postgresql":
        return statements.USE_AND_STORE.first(connection, use | stored) is not None
    if statements.USE_ONCE.first(connection, use) is None:
        return False
    if not vote.secret:
        place = {"community_id": current_community_id(), "vote_id": vote.id}
        connection.execute(statements.ADD_NAMED, place | {"unit_id": unit_id, "marks": paper.marks, "revision": 1})
        return True
    statements.ADD_BALLOT.rows(connection, use | stored)
    statements.ADD_CODE.rows(connection, use | stored)
    return True


def _replace_named(connection: Connection, vote_id: int, unit_id: int, paper: _Paper) -> None:
    """Write or change a named ballot; the entitlement's row lock keeps two members of the household in turn."""
    keys = _keys(vote_id, unit_id)
    current = connection.execute(statements.REVISION, keys).scalar_one_or_none()
    if paper.revision != (current or 0):
        raise receipts.StaleForm(N_("您家的票刚刚改过。请刷新看看现在选的是什么，再决定要不要改。"))
    used = {"used": True, "channel": paper.channel, "token_hash": receipts.hash_of_token(paper.token)}
    connection.execute(statements.USE, keys | used)
    if current is None:
        place = {"community_id": current_community_id(), "vote_id": vote_id, "unit_id": unit_id}
        connection.execute(statements.ADD_NAMED, place | {"marks": paper.marks, "revision": 1})
        return
    connection.execute(statements.CHANGE, keys | {"marks": paper.marks, "revision": current + 1})


def _receipt(vote: Any, token: str) -> Receipt:
    return Receipt(code=receipts.code_of(token, vote_id=vote.id) if vote.secret else "")
