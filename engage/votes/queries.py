"""Reading votes: turnout while open, the outcome only when closed (talks §5.4.15, trust V6)."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Table, bindparam, func, select

from engage.core.database import db
from engage.core.errors import NotFound
from engage.core.fence import get_in_scope
from engage.core.tenancy import current_community_id
from engage.votes import rules, wording
from engage.votes.commands import openness_of
from engage.votes.counting import count_closed
from engage.votes.models import Entitlement, NamedBallot, ReceiptCode, Vote

_votes: Table = Vote.__table__  # type: ignore[assignment]
_PAPER_LIVES = 5.0  # seconds
#: made once and not confined by the fence, so it names the community
_PAPER = select(_votes.c.options, _votes.c.choices_max).where(
    _votes.c.community_id == bindparam("here"), _votes.c.id == bindparam("vote")
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the ballots decided. `counts` follows the options.

    `counts` is empty when a secret vote got so few ballots that figures would name somebody (talks §6 Secret minimum).
    """

    counts: tuple[int, ...]
    abstain: int
    valid: int
    entitled: int
    quorum: int
    verdict: rules.Verdict
    leading: int | None
    sentence: str


@dataclass(frozen=True, kw_only=True)
class VoteCard:
    """A vote as every page may see it at one moment: turnout, and the outcome when it is closed."""

    id: int
    kind: str
    subject: str
    question: str
    options: tuple[str, ...]
    choices_max: int
    secret: bool
    changeable: bool
    practice: bool
    state: rules.Openness
    opened_at: datetime | None
    #: when the last ballot lands, in UTC; None while nobody set an end
    deadline: datetime | None
    entitled: int
    used: int
    roll_hash: str
    annulled_why: str
    outcome: Outcome | None

    @property
    def subject_id(self) -> int | None:
        """Return the number of what the vote is about, in the room that asked for it; None when it has no number."""
        _kind, _colon, number = self.subject.rpartition(":")
        return int(number) if number.isdecimal() else None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one household stands on a roll."""

    is_entitled: bool
    used: bool
    channel: str | None
    #: the household's own choices in a named vote; None in a secret one and before it is cast
    choices: tuple[int, ...] | None
    revision: int


def card(vote_id: int, *, now: datetime) -> VoteCard:
    """Return the vote with this id. Raises `NotFound`."""
    cards = _cards(Vote.id == vote_id, now=now)
    if not cards:
        raise NotFound
    return cards[0]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What a ballot form must be held against before it is cast; a card would count the turnout for every ballot."""

    options: int
    choices_max: int


def paper_of(vote_id: int) -> Paper:
    """Return how many options the ballot has and how many may be chosen. Raises `NotFound`.

    Kept in the process for five seconds: every household asks in the same minute, and a frozen vote's options stay.
    """
    kept: dict[tuple[int, int], tuple[float, Paper]] = current_app.extensions.setdefault("engage_ballot_papers", {})
    key = (current_community_id(), vote_id)
    at, paper = kept.get(key, (0.0, None))
    if paper is None or time.monotonic() - at > _PAPER_LIVES:
        row = db.session.connection().execute(_PAPER, {"here": key[0], "vote": vote_id}).one_or_none()
        if row is None:
            raise NotFound
        paper = Paper(options=len(row.options), choices_max=row.choices_max)
        kept[key] = (time.monotonic(), paper)
    return paper


def cards_of(subjects: Collection[str], *, now: datetime) -> dict[str, VoteCard]:
    """Return the votes on these subjects by subject, in three queries (and two for each that ended within the last minute)."""
    if not subjects:
        return {}
    return {shown.subject: shown for shown in _cards(Vote.subject.in_(set(subjects)), now=now)}


def find_by_subject(subject: str, *, now: datetime) -> VoteCard | None:
    """Return the vote on this subject, or None."""
    return cards_of([subject], now=now).get(subject)


def _cards(wanted: ColumnElement[bool], *, now: datetime) -> list[VoteCard]:
    used = select(func.count()).where(Entitlement.vote_id == Vote.id, Entitlement.used.is_(True)).scalar_subquery()
    rows = db.session.execute(select(Vote, used.label("used")).where(wanted)).all()
    counts = count_closed([row.Vote for row in rows if openness_of(row.Vote, now=now) == "closed"], now=now)
    return [_card(row.Vote, used=row.used, counted=counts.get(row.Vote.id), now=now) for row in rows]


def _card(vote: Vote, *, used: int, counted: rules.Count | None, now: datetime) -> VoteCard:
    state = openness_of(vote, now=now)
    return VoteCard(
        id=vote.id,
        kind=vote.kind,
        subject=vote.subject,
        question=vote.question,
        options=tuple(vote.options),
        choices_max=vote.choices_max,
        secret=vote.secret,
        changeable=vote.changeable,
        practice=bool(vote.rule.get("practice")),
        state=state,
        opened_at=vote.opened_at,
        deadline=rules.deadline_of(closes_at=vote.closes_at, stopped_at=vote.stopped_at),
        entitled=vote.entitled,
        used=used,
        roll_hash=vote.roll_hash,
        annulled_why=vote.annulled_why,
        outcome=_outcome(vote, counted) if counted is not None else None,
    )


def _outcome(vote: Vote, counted: rules.Count) -> Outcome:
    ruling = rules.ruling_on(counted, vote.rule, entitled=vote.entitled)
    shown = not vote.secret or bool(vote.rule.get("practice")) or counted.valid >= rules.FIGURES_MINIMUM
    return Outcome(
        counts=counted.counts if shown else (),
        abstain=counted.abstain if shown else 0,
        valid=counted.valid,
        entitled=vote.entitled,
        quorum=ruling.quorum,
        verdict=ruling.verdict,
        leading=ruling.leading,
        sentence=wording.sentence(vote.rule["method"], vote.options, counted, ruling, figures=shown),
    )


def standing_of(vote_id: int, *, unit_id: int | None) -> Standing:
    """Return how a household stands on the roll of a vote; a person without a household is on none."""
    row: Any = None
    if unit_id is not None:
        row = db.session.execute(
            select(Entitlement.used, Entitlement.channel, NamedBallot.marks, NamedBallot.revision)
            .outerjoin(
                NamedBallot, (NamedBallot.vote_id == Entitlement.vote_id) & (NamedBallot.unit_id == Entitlement.unit_id)
            )
            .where(Entitlement.vote_id == vote_id, Entitlement.unit_id == unit_id)
        ).one_or_none()
    if row is None:
        return Standing(is_entitled=False, used=False, channel=None, choices=None, revision=0)
    choices = None if row.marks is None else tuple(n for n, mark in enumerate(row.marks) if mark == "1")
    return Standing(is_entitled=True, used=row.used, channel=row.channel, choices=choices, revision=row.revision or 0)


def list_receipts(vote_id: int, *, now: datetime) -> list[str]:
    """Return every receipt code of a closed vote, sorted. Raises `NotFound` before it is closed."""
    vote = get_in_scope(Vote, vote_id)
    if openness_of(vote, now=now) != "closed":
        raise NotFound
    statement = select(ReceiptCode.code).where(ReceiptCode.vote_id == vote_id).order_by(ReceiptCode.code)
    return list(db.session.scalars(statement))
