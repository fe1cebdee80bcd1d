"""Opening and concluding agenda rounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engage import people, votes
from engage.core import audit
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.errors import N_, DomainError
from engage.core.fence import get_in_scope
from engage.topics import commands, rounds, rules
from engage.topics.models import AgendaRound, Topic
from engage.topics.rules import Standing

#: a ballot nobody can hear of in time picks nothing
SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(days=30)
#: filling in the form takes a while
SLACK = timedelta(minutes=10)


class RoundRefused(DomainError):
    """This agenda round cannot be opened or concluded like that."""


@dataclass(frozen=True, kw_only=True)
class RoundPlan:
    """What the secretary wants on a ballot: which topics, how many seats, from when to when (UTC)."""

    title: str
    topic_ids: Sequence[int]
    k: int
    opens_at: datetime
    closes_at: datetime


def open_round(*, plan: RoundPlan, actor: Actor, now: datetime) -> int:
    """Put shortlisted topics on a ballot of all households; the roll is frozen now. Returns the round's id.

    Named, up to three choices, changeable until `closes_at` (talks §6 Agenda ballot). Raises `RoundRefused`.
    """
    chosen = sorted(set(plan.topic_ids))
    _ensure_sensible(plan, chosen, now=now)
    with transaction() as session:
        topics = [get_in_scope(Topic, topic_id, lock=True) for topic_id in chosen]
        for topic in topics:
            if commands.standing_now(topic, now=now) is not Standing.SHORTLISTED:
                raise RoundRefused(N_("“%(title)s”的附议还不够，或者已经上了别的议程票。"), title=topic.title)
        row = AgendaRound(
            title=plan.title.strip(),
            opens_at=plan.opens_at,
            closes_at=plan.closes_at,
            k=plan.k,
            topic_ids=chosen,
            lots=[],
        )
        session.add(row)
        session.flush()
        row.vote_id = votes.prepare(
            kind="agenda",
            subject=rounds.subject_of(row.id),
            question=row.title,
            options=_labels(topics),
            choices_max=min(rules.CHOICES_ON_A_BALLOT, len(topics)),
            unit_ids=people.units_with_voters(),
            rule={"pack": "agenda-ballot", "source": "talks §6 Agenda ballot", "k": plan.k},
            changeable=True,
            actor=actor,
            now=now,
        )
        votes.schedule(vote_id=row.vote_id, opens_at=plan.opens_at, closes_at=plan.closes_at, actor=actor, now=now)
        for topic in topics:
            topic.state, topic.round_id = "balloted", row.id
        audit.record(
            "agenda round opened", actor=actor, subject=f"agenda_round:{row.id}", now=now, topics=row.topic_ids
        )
        return row.id


def _ensure_sensible(plan: RoundPlan, chosen: Sequence[int], *, now: datetime) -> None:
    if not plan.title.strip() or len(plan.title.strip()) > 60:
        raise RoundRefused(N_("给这张议程票起个名字，60个字以内。"), field="title")
    if not 2 <= len(chosen) <= rules.MOST_ON_A_BALLOT:
        raise RoundRefused(N_("议程票上放2到12个议题，请再勾一勾。"), field="topic")
    if not 1 <= plan.k <= len(chosen):
        raise RoundRefused(N_("选几个上会，写1到%(most)s之间的整数。"), field="k", most=len(chosen))
    if plan.opens_at < now - SLACK or not SHORTEST <= plan.closes_at - plan.opens_at <= LONGEST:
        raise RoundRefused(N_("截止要比开始晚至少5分钟、最多30天，开始不能早于现在。"), field="closes_at")


def _labels(topics: Sequence[Topic]) -> list[str]:
    """Return the options; topics with the same title carry their number."""
    times = Counter(topic.title for topic in topics)
    return [
        topic.title
        if times[topic.title] == 1
        else f"{topic.title}（{rules.number_of(year=topic.year, seq=topic.seq)}）"
        for topic in topics
    ]


def conclude_round(*, round_id: int, lots: Sequence[int], actor: Actor, now: datetime) -> None:
    """Write down what a closed ballot selected; `lots` is the order drawn for the topics tied across the line.

    Raises `RoundRefused` while the ballot is open, or when a tie needs lots.
    """
    with transaction():
        row = get_in_scope(AgendaRound, round_id, lock=True)
        if row.concluded_at is not None:
            return
        vote = votes.find_by_subject(rounds.subject_of(round_id), now=now)
        if vote is None or vote.outcome is None:
            raise RoundRefused(N_("议程票还没截止，等截止了再定议程。"))
        found = rules.top_k(rounds.candidates(row.topic_ids, vote.outcome.counts), k=row.k, lots=lots)
        if found.tied:
            raise RoundRefused(N_("有%(count)s个议题票数一样，请当众抽签，把抽到的先后填进来。"), count=len(found.tied))
        row.lots, row.concluded_at = list(lots) if found.how == "lots" else [], now
        for topic_id in sorted(row.topic_ids):
            topic = get_in_scope(Topic, topic_id, lock=True)
            if topic.state == "balloted":  # a talk may have taken a selected one up already
                topic.state = "selected" if topic_id in found.selected else "not_selected"
        audit.record(
            "agenda round concluded",
            actor=actor,
            subject=f"agenda_round:{round_id}",
            now=now,
            selected=list(found.selected),
            how=found.how,
        )
