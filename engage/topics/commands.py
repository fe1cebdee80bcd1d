"""Filing, seconding and moderating topics."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from engage import people
from engage.core import audit, clock, idempotency
from engage.core.access import Actor
from engage.core.database import dialect, in_turn, require_transaction, transaction
from engage.core.errors import N_, DomainError, Forbidden
from engage.core.fence import get_in_scope
from engage.core.tenancy import current_community_id
from engage.topics import queries, rounds, rules
from engage.topics.models import Topic, TopicNumber, TopicRule, TopicSecond
from engage.topics.rules import Standing


class TopicRefused(DomainError):
    """This cannot be done with the topic as it stands."""


def file_topic(*, title: str, body: str, is_named: bool, actor: Actor, key: str, now: datetime) -> int:
    """Put up a topic; the author's household backs it from the start. The same key files once. Returns its id.

    Raises `TopicRefused` for an unusable title or text.
    """
    title, body = title.strip(), body.strip()
    rules.ensure_wording(title=title, body=body)
    fingerprint = idempotency.fingerprint_of(title=title, body=body, named=is_named)
    with transaction() as session:
        if before := idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint):
            return int(before["topic_id"])
        year = clock.local(now).year
        unit_id = people.household_of(actor.person_id)
        topic = Topic(
            year=year,
            seq=_next_seq(year),
            title=title,
            body=body,
            filed_by=actor.person_id,
            unit_id=unit_id,
            is_named=is_named,
            filed_at=now,
            state="submitted",
            needed=queries.threshold(now=now),
        )
        session.add(topic)
        session.flush()
        if unit_id is not None:
            session.add(TopicSecond(topic_id=topic.id, unit_id=unit_id, person_id=actor.person_id, at=now))
        audit.record("topic filed", actor=actor, subject=f"topic:{topic.id}", now=now)
        idempotency.remember(
            actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome={"topic_id": topic.id}, now=now
        )
        return topic.id


def _next_seq(year: int) -> int:
    """Return the next public number of the year, without gaps: whoever files waits for whoever is filing."""
    session = require_transaction()
    take = update(TopicNumber).where(TopicNumber.year == year).values(last=TopicNumber.last + 1)
    taken = session.scalar(take.returning(TopicNumber.last))
    if taken is None:
        insert = sqlite_insert if dialect() == "sqlite" else postgresql_insert
        first = insert(TopicNumber).values(community_id=current_community_id(), year=year, last=0)
        session.execute(first.on_conflict_do_nothing())
        taken = session.scalar(take.returning(TopicNumber.last))
    return int(taken or 0)


def standing_now(topic: Topic, *, now: datetime) -> Standing:
    """Return where a locked topic stands, counting its seconds."""
    statement = select(func.count(TopicSecond.id)).where(TopicSecond.topic_id == topic.id)
    seconds = int(require_transaction().scalar(statement) or 0)
    ballots = [topic.round_id] if topic.state == "balloted" else []
    results = rounds.results_of(ballots, now=now)
    return queries.standing_of(topic, seconds=seconds, results=results, now=now)


def second_topic(*, topic_id: int, actor: Actor, now: datetime) -> None:
    """Back a topic for the household; a household that already does changes nothing. Raises `TopicRefused`."""
    with transaction() as session:
        unit_id = _household(actor)
        topic = get_in_scope(Topic, topic_id, lock=True)
        if queries.seconded_by(unit_id, [topic_id]):
            return
        if standing_now(topic, now=now) not in rules.SECONDABLE:
            raise TopicRefused(N_("这个议题现在不收附议了。"))
        session.add(TopicSecond(topic_id=topic_id, unit_id=unit_id, person_id=actor.person_id, at=now))


def take_back_second(*, topic_id: int, actor: Actor, now: datetime) -> None:
    """Stop backing a topic, until it goes on a ballot. Raises `TopicRefused`."""
    with transaction() as session:
        unit_id = _household(actor)
        topic = get_in_scope(Topic, topic_id, lock=True)
        if standing_now(topic, now=now) not in rules.SECONDABLE | {Standing.SUBMITTED}:
            raise TopicRefused(N_("议题已经上了议程票，附议撤不回来了。"))
        session.execute(delete(TopicSecond).where(TopicSecond.topic_id == topic_id, TopicSecond.unit_id == unit_id))


def _household(actor: Actor) -> int:
    unit_id = people.household_of(actor.person_id)
    if unit_id is None:
        raise TopicRefused(N_("附议按户算，您还没有对上住户。请社区工作人员把您和住处对上。"))
    return unit_id


def admit_topic(*, topic_id: int, actor: Actor, now: datetime) -> None:
    """Let a topic through before the three days are over. Raises `TopicRefused`."""
    with transaction():
        topic = get_in_scope(Topic, topic_id, lock=True)
        if topic.state == "seconding":
            return
        _ensure_waiting(topic, now=now)
        topic.state, topic.opened_at = "seconding", now
        audit.record("topic admitted", actor=actor, subject=f"topic:{topic_id}", now=now)


def reject_topic(*, topic_id: int, reason: str, text: str, actor: Actor, now: datetime) -> None:
    """Turn a topic away with a published reason from the closed list, within three days. Raises `TopicRefused`."""
    if reason not in rules.REASONS:
        raise TopicRefused(N_("请从列出的理由里选一条。"), field="reason")
    if not text.strip():
        raise TopicRefused(N_("再写一句话，告诉提议的人接下来找谁。"), field="text")
    with transaction():
        topic = get_in_scope(Topic, topic_id, lock=True)
        if topic.state == "rejected":
            return
        _ensure_waiting(topic, now=now)
        if topic.filed_by == actor.person_id:
            raise TopicRefused(N_("自己提的议题，请别的工作人员来看。"))
        topic.state, topic.reason, topic.reason_text = "rejected", reason, text.strip()[:200]
        audit.record("topic rejected", actor=actor, subject=f"topic:{topic_id}", now=now, reason=reason)


def _ensure_waiting(topic: Topic, *, now: datetime) -> None:
    if standing_now(topic, now=now) is not Standing.SUBMITTED:
        raise TopicRefused(N_("过了三天，这个议题已经自动贴出来，收不回去了。"))


def withdraw_topic(*, topic_id: int, actor: Actor, now: datetime) -> None:
    """Take one's own topic back, until it goes on a ballot. Raises `TopicRefused`, `Forbidden`."""
    with transaction():
        topic = get_in_scope(Topic, topic_id, lock=True)
        if topic.filed_by != actor.person_id:
            raise Forbidden(N_("只有提议的人能撤回。"))
        if topic.state == "withdrawn":
            return
        if standing_now(topic, now=now) not in rules.WITHDRAWABLE:
            raise TopicRefused(N_("议题上了议程票，就归附议的邻居了，撤不回来。"))
        topic.state = "withdrawn"
        audit.record("topic withdrawn", actor=actor, subject=f"topic:{topic_id}", now=now)


def set_threshold(*, needed: int, actor: Actor, now: datetime) -> None:
    """Set how many households must second topics filed from now on. Raises `TopicRefused`."""
    if not 1 <= needed <= 500:
        raise TopicRefused(N_("户数写1到500之间的整数。"), field="needed")
    with transaction() as session:
        in_turn("topic_rule", community_id=actor.community_id)
        if queries.threshold(now=now) == needed:
            return
        session.add(TopicRule(needed=needed, valid_from=now, set_by=actor.person_id))
        audit.record("seconds needed set", actor=actor, subject="topics", now=now, needed=needed)


def mark_scheduled(*, topic_ids: list[int], talk_id: int, now: datetime) -> None:
    """Put selected topics on a talk's agenda, inside the caller's transaction. Raises `TopicRefused`."""
    require_transaction()
    chosen = {card.id for card in queries.list_selected(now=now)}
    for topic_id in sorted(topic_ids):
        topic = get_in_scope(Topic, topic_id, lock=True)
        if topic.state == "scheduled" and topic.talk_id == talk_id:
            continue
        if topic_id not in chosen:
            raise TopicRefused(N_("“%(title)s”还没选上议程，不能排进夜话。"), title=topic.title)
        topic.state, topic.talk_id = "scheduled", talk_id


def mark_resolved(*, topic_id: int, now: datetime) -> None:
    """Close a topic that a talk decided, inside the caller's transaction. Raises `TopicRefused`."""
    require_transaction()
    topic = get_in_scope(Topic, topic_id, lock=True)
    if topic.state not in {"scheduled", "resolved"}:
        raise TopicRefused(N_("“%(title)s”还没上过夜话，不能算议完。"), title=topic.title)
    topic.state = "resolved"
