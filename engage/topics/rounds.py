"""Agenda rounds: the ballot behind each, and what it selected once it is closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from engage import places, votes
from engage.core.database import db
from engage.core.fence import get_in_scope
from engage.topics import rules
from engage.topics.models import AgendaRound, Topic, TopicSecond


@dataclass(frozen=True, kw_only=True)
class RoundCard:
    """An agenda round at one moment. `selection` is there only when the ballot is closed."""

    id: int
    title: str
    opens_at: datetime
    closes_at: datetime
    k: int
    topic_ids: tuple[int, ...]
    vote: votes.VoteCard
    selection: rules.Selection | None
    #: households that chose each topic, in the order of `topic_ids`; empty before the end
    counts: tuple[int, ...]
    concluded_at: datetime | None


def subject_of(round_id: int) -> str:
    """Return how the vote of a round is found."""
    return f"agenda:{round_id}"


def get_round(round_id: int, *, now: datetime) -> RoundCard:
    """Return one round. Raises `NotFound`."""
    return _cards([get_in_scope(AgendaRound, round_id)], now=now)[0]


def list_rounds(*, now: datetime, at_most: int = 10) -> list[RoundCard]:
    """Return the latest rounds, newest first."""
    statement = select(AgendaRound).order_by(AgendaRound.opens_at.desc(), AgendaRound.id.desc()).limit(at_most)
    return _cards(db.session.scalars(statement).all(), now=now)


def find_current(*, now: datetime) -> RoundCard | None:
    """Return the round households can vote in now, or the next one; None when there is none."""
    statement = select(AgendaRound).where(AgendaRound.closes_at >= now).order_by(AgendaRound.closes_at, AgendaRound.id)
    found = [
        card for card in _cards(db.session.scalars(statement.limit(3)).all(), now=now) if card.vote.state != "annulled"
    ]
    return found[0] if found else None


#: what became of a ballot: the topics it selected, "annulled", or None while it is open or tied across the line
Result = Collection[int] | Literal["annulled"] | None


def results_of(round_ids: Collection[int | None], *, now: datetime) -> dict[int, Result]:
    """Return what became of these rounds' ballots, by round."""
    wanted = {round_id for round_id in round_ids if round_id}
    if not wanted:
        return {}
    rows = db.session.scalars(select(AgendaRound).where(AgendaRound.id.in_(wanted))).all()
    return {card.id: _result(card) for card in _cards(rows, now=now)}


def _result(card: RoundCard) -> Result:
    if card.vote.state == "annulled":
        return "annulled"
    if card.selection is None or card.selection.tied:
        return None
    return card.selection.selected


def _cards(rows: Sequence[AgendaRound], *, now: datetime) -> list[RoundCard]:
    ballots = votes.cards_of([subject_of(row.id) for row in rows], now=now)
    closed = [row for row in rows if ballots[subject_of(row.id)].outcome is not None]
    backing = _backing_of({topic_id for row in closed for topic_id in row.topic_ids})
    return [_card(row, ballots[subject_of(row.id)], backing) for row in rows]


def _card(row: AgendaRound, vote: votes.VoteCard, backing: Mapping[int, _Backing]) -> RoundCard:
    selection = None
    if vote.outcome is not None:
        found = _candidates(row.topic_ids, vote.outcome.counts, backing)
        selection = rules.top_k(found, k=row.k, lots=row.lots)
    return RoundCard(
        id=row.id,
        title=row.title,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        k=row.k,
        topic_ids=tuple(row.topic_ids),
        vote=vote,
        selection=selection,
        counts=vote.outcome.counts if vote.outcome else (),
        concluded_at=row.concluded_at,
    )


def candidates(topic_ids: Sequence[int], counts: Sequence[int]) -> list[rules.Candidate]:
    """Return the topics of a ballot with their votes and what breaks a tie."""
    return _candidates(topic_ids, counts, _backing_of(topic_ids))


def _candidates(
    topic_ids: Sequence[int], counts: Sequence[int], backing: Mapping[int, _Backing]
) -> list[rules.Candidate]:
    return [
        rules.Candidate(
            topic_id=topic, votes=count, buildings=backing[topic].buildings, filed_at=backing[topic].filed_at
        )
        for topic, count in zip(topic_ids, counts, strict=True)
    ]


@dataclass(frozen=True, kw_only=True)
class _Backing:
    """What breaks a tie between topics: from how many buildings each was seconded, and when it was filed."""

    filed_at: datetime
    buildings: int


def _backing_of(topic_ids: Collection[int]) -> dict[int, _Backing]:
    """Return it for these topics, of however many rounds; two statements."""
    if not topic_ids:
        return {}
    seconded = (TopicSecond.topic_id == Topic.id) & (TopicSecond.community_id == Topic.community_id)
    statement = select(Topic.id, Topic.filed_at, TopicSecond.unit_id).outerjoin(TopicSecond, seconded)
    rows = db.session.execute(statement.where(Topic.id.in_(set(topic_ids)))).all()
    building = places.buildings_of({row.unit_id for row in rows if row.unit_id is not None})
    buildings: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if row.unit_id in building:
            buildings[row.id].add(building[row.unit_id])
    return {row.id: _Backing(filed_at=row.filed_at, buildings=len(buildings[row.id])) for row in rows}
