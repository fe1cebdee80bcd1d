"""Preparing, opening and stopping votes. Casting is in casting.py."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from engage.core import audit
from engage.core.access import Actor
from engage.core.database import require_transaction, transaction
from engage.core.errors import N_, DomainError
from engage.core.fence import get_in_scope
from engage.core.tenancy import current_community_id
from engage.votes import rules
from engage.votes.models import Entitlement, Vote


class VoteRefused(DomainError):
    """This vote cannot be prepared, opened, stopped or annulled like that."""


def prepare(
    *,
    kind: str,
    subject: str,
    question: str,
    options: Sequence[str],
    choices_max: int,
    unit_ids: Sequence[int],
    rule: Mapping[str, Any],
    changeable: bool,
    actor: Actor | None,
    now: datetime,
) -> int:
    """Write a vote with its roll frozen, inside the caller's transaction; returns its id.

    One entitlement per unit, whatever happens to the households afterwards (talks §5.4.6). A vote that is not
    changeable is secret, unless its rule says `"secrecy": "open"`. Raises `VoteRefused`.
    """
    session = require_transaction()
    full_rule = rules.completed_rule(rule, kind=kind, options=options)
    secret = not changeable and full_rule.get("secrecy", "secret") == "secret"
    roll = sorted(set(unit_ids))
    _ensure_votable(options=options, roll=roll, secret=secret, practice=bool(full_rule.get("practice")))
    vote = Vote(
        kind=kind,
        subject=subject,
        question=question,
        options=list(options),
        choices_max=choices_max,
        secret=secret,
        changeable=changeable,
        rule=full_rule,
        rule_hash=rules.hash_of(full_rule),
        state="frozen",
        frozen_at=now,
        entitled=len(roll),
        roll_hash=rules.hash_of(roll),
    )
    session.add(vote)
    session.flush()
    rows = [
        {"community_id": current_community_id(), "vote_id": vote.id, "unit_id": unit, "used": False} for unit in roll
    ]
    session.execute(insert(Entitlement), rows)
    audit.record(
        "vote frozen", actor=actor, subject=f"vote:{vote.id}", now=now, entitled=len(roll), roll=vote.roll_hash
    )
    return vote.id


def _ensure_votable(*, options: Sequence[str], roll: Sequence[int], secret: bool, practice: bool) -> None:
    if not 2 <= len(options) <= 24 or len(set(options)) != len(options):
        raise VoteRefused(N_("选项要有2到24个，而且不能重样。"))
    if not roll:
        raise VoteRefused(N_("名册上一户也没有，先把户和住户对上。"))
    if secret and not practice and len(roll) < rules.SECRET_MINIMUM:
        raise VoteRefused(
            N_("名册上只有%(units)s户，不到%(least)s户，不能秘密投票：猜也猜得出谁投了什么。请改成公开表决。"),
            units=len(roll),
            least=rules.SECRET_MINIMUM,
        )


def schedule(*, vote_id: int, opens_at: datetime, closes_at: datetime, actor: Actor | None, now: datetime) -> None:
    """Let a frozen vote open and end by the clock, inside the caller's transaction. Raises `VoteRefused`."""
    require_transaction()
    _open(get_in_scope(Vote, vote_id, lock=True), opens_at=opens_at, closes_at=closes_at, actor=actor, now=now)


def open_vote(*, vote_id: int, actor: Actor | None, now: datetime, closes_at: datetime | None = None) -> None:
    """Open a frozen vote now; without `closes_at` it stays open until the chair stops it. Raises `VoteRefused`."""
    with transaction():
        vote = get_in_scope(Vote, vote_id, lock=True)
        if vote.state == "open" and vote.stopped_at is None:
            return  # a second tap on "open"
        _open(vote, opens_at=now, closes_at=closes_at, actor=actor, now=now)


def _open(vote: Vote, *, opens_at: datetime, closes_at: datetime | None, actor: Actor | None, now: datetime) -> None:
    if vote.state != "frozen":
        raise VoteRefused(N_("这场表决已经开过了，不能再开。要重来，另开一场。"))
    if closes_at is not None and closes_at <= opens_at:
        raise VoteRefused(N_("结束的时间要在开始之后。"))
    vote.state, vote.opened_at, vote.closes_at = "open", opens_at, closes_at
    audit.record("vote opened", actor=actor, subject=f"vote:{vote.id}", now=now)


def stop_vote(*, vote_id: int, actor: Actor, now: datetime) -> datetime:
    """Stop an open vote; returns the deadline, 15 s later, until which ballots in hand still land.

    The stop counts from when the vote's row is locked, not from the tap. Stopping twice changes nothing.
    Raises `VoteRefused` when the vote is not open.
    """
    began = time.monotonic()
    with transaction():
        vote = get_in_scope(Vote, vote_id, lock=True)
        at = now + timedelta(seconds=time.monotonic() - began)
        state = openness_of(vote, now=at)
        if state == "open":
            vote.stopped_at = at
            audit.record("vote stopped", actor=actor, subject=f"vote:{vote.id}", now=at)
        elif state not in {"closing", "closed"}:
            raise VoteRefused(N_("这场表决没有开着，不用叫停。"))
        deadline = rules.deadline_of(closes_at=vote.closes_at, stopped_at=vote.stopped_at)
    return deadline or at


def annul(*, vote_id: int, reason: str, actor: Actor, second_actor_id: int, now: datetime) -> None:
    """Declare a vote void; two persons answer for it. There is no way back: a redo is a new vote.

    Raises `VoteRefused`.
    """
    if not reason.strip():
        raise VoteRefused(N_("写明为什么作废，会和结果一起公示。"), field="reason")
    if second_actor_id == actor.person_id:
        raise VoteRefused(N_("作废要两个人一起办，请再找一位工作人员。"))
    with transaction():
        vote = get_in_scope(Vote, vote_id, lock=True)
        if vote.state == "annulled":
            return
        vote.state, vote.annulled_at, vote.annulled_why = "annulled", now, reason.strip()[:200]
        audit.record(
            "vote annulled", actor=actor, subject=f"vote:{vote.id}", now=now, reason=reason, second=second_actor_id
        )


def openness_of(vote: Vote, *, now: datetime) -> rules.Openness:
    """Return what a stored vote is at a moment: the one function every screen and every command asks."""
    return rules.openness(
        state=vote.state, opened_at=vote.opened_at, closes_at=vote.closes_at, stopped_at=vote.stopped_at, now=now
    )
