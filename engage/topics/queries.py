"""Reading topics: what was decided is stored, what waits is computed from the clock and the seconds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select

from engage import guardians, people
from engage.core import clock
from engage.core.database import db
from engage.core.errors import NotFound
from engage.topics import rounds, rules
from engage.topics.models import Topic, TopicRule, TopicSecond
from engage.topics.rules import Standing

PAGE = 20
#: before every vote and every filing: asked about this moment, only stored decisions count
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
TABS = ("seconding", "ahead", "mine", "done")


@dataclass(frozen=True, kw_only=True)
class TopicCard:
    """A topic as pages and other rooms may see it. `state` is its standing at the moment asked about."""

    id: int
    number: str
    title: str
    body: str
    state: str
    #: households that back it, and how many it takes
    seconds: int
    needed: int
    #: empty when the author did not want to be named
    filed_by_name: str
    filed_by: int
    filed_at: datetime
    agenda_round_id: int | None
    minutes: int
    reason: str
    reason_text: str


@dataclass(frozen=True, kw_only=True)
class TopicPage:
    """One page of a list, and how many there are in all."""

    cards: list[TopicCard]
    total: int
    page: int
    pages: int


def threshold(*, now: datetime) -> int:
    """Return how many households must second a topic filed now (20 unless the community set another number)."""
    statement = select(TopicRule.needed).where(TopicRule.valid_from <= now)
    newest = statement.order_by(TopicRule.valid_from.desc(), TopicRule.id.desc()).limit(1)
    return db.session.scalar(newest) or rules.DEFAULT_NEEDED


def seconds_count() -> ScalarSelect[int]:
    """Return the sub-query that counts the households behind a topic."""
    own = (TopicSecond.topic_id == Topic.id) & (TopicSecond.community_id == Topic.community_id)
    return select(func.count(TopicSecond.id)).where(own).correlate(Topic).scalar_subquery()


def _opened(now: datetime) -> ColumnElement[bool]:
    let_through = Topic.state == "seconding"
    return or_(let_through, and_(Topic.state == "submitted", Topic.filed_at <= now - rules.MODERATION))


def _expired(now: datetime) -> ColumnElement[bool]:
    by_itself = Topic.opened_at.is_(None) & (Topic.filed_at <= now - rules.MODERATION - rules.SECONDING)
    return or_(Topic.opened_at <= now - rules.SECONDING, by_itself)


def _tab(tab: str, *, person_id: int, now: datetime) -> ColumnElement[bool]:
    """Return the SQL twin of `rules.standing` for one tab of the board."""
    enough = seconds_count() >= Topic.needed
    if tab == "mine":
        return Topic.filed_by == person_id
    if tab == "ahead":
        return or_(and_(_opened(now), enough), Topic.state.in_(("balloted", "selected", "scheduled")))
    if tab == "done":
        over = Topic.state.in_(("rejected", "not_selected", "resolved"))
        return or_(over, and_(_opened(now), ~enough, _expired(now)))
    return and_(_opened(now), ~enough, ~_expired(now))


def _search(q: str) -> ColumnElement[bool]:
    pattern = "%" + "".join("\\" + c if c in "\\%_" else c for c in q) + "%"
    found = or_(Topic.title.ilike(pattern, escape="\\"), Topic.body.ilike(pattern, escape="\\"))
    number = q.removeprefix("议-").split("-")
    if len(number) == 2 and all(part.isascii() and part.isdigit() and len(part) < 6 for part in number):
        found = or_(found, and_(Topic.year == int(number[0]), Topic.seq == int(number[1])))
    return found


def _with_seconds() -> Select[Topic, int]:
    return select(Topic, seconds_count().label("seconds"))


def list_topics(*, tab: str, q: str, page: int, person_id: int, now: datetime) -> TopicPage:
    """Return one page of a tab: the topics nearest to their goal first, then the newest."""
    wanted = [_tab(tab, person_id=person_id, now=now)] + ([_search(q)] if q else [])
    total = int(db.session.scalar(select(func.count(Topic.id)).where(*wanted)) or 0)
    pages = max(-(-total // PAGE), 1)
    page = min(max(page, 1), pages)
    nearest = [seconds_count().desc()] if tab == "seconding" else []
    rows = db.session.execute(
        _with_seconds()
        .where(*wanted)
        .order_by(*nearest, Topic.filed_at.desc(), Topic.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return TopicPage(cards=_cards(rows, now=now), total=total, page=page, pages=pages)


def count_tabs(*, now: datetime) -> dict[str, int]:
    """Return how many topics wait for seconds and how many are ahead, for the numbers on the tabs."""
    counts = [func.count(Topic.id).filter(_tab(tab, person_id=0, now=now)).label(tab) for tab in ("seconding", "ahead")]
    row = db.session.execute(select(*counts)).one()
    return {"seconding": row.seconding, "ahead": row.ahead}


def list_to_moderate(*, now: datetime) -> list[TopicCard]:
    """Return the topics a moderator may still turn away, oldest first; at most 60, since each opens after three days."""
    waiting = and_(Topic.state == "submitted", Topic.filed_at > now - rules.MODERATION)
    rows = db.session.execute(_with_seconds().where(waiting).order_by(Topic.filed_at, Topic.id).limit(60)).all()
    return _cards(rows, now=now)


def counting_to_moderate(*, now: datetime) -> Select[int]:
    """Return the statement for how many there are, to be asked together with others."""
    return select(func.count(Topic.id)).where(Topic.state == "submitted", Topic.filed_at > now - rules.MODERATION)


def list_shortlisted(*, now: datetime) -> list[TopicCard]:
    """Return the topics with enough seconds that no ballot has taken up, oldest first; at most 60."""
    ready = and_(_opened(now), seconds_count() >= Topic.needed)
    rows = db.session.execute(_with_seconds().where(ready).order_by(Topic.filed_at, Topic.id).limit(60)).all()
    return _cards(rows, now=now)


def list_selected(*, now: datetime | None = None) -> list[TopicCard]:
    """Return the topics selected and not yet scheduled, first filed first.

    With `now` also those of a closed ballot that nobody has concluded yet.
    """
    states = ("selected",) if now is None else ("selected", "balloted")
    rows = db.session.execute(_with_seconds().where(Topic.state.in_(states)).order_by(Topic.filed_at, Topic.id)).all()
    return [card for card in _cards(rows, now=now or _NEVER) if card.state == Standing.SELECTED]


def topic_cards(topic_ids: Collection[int] | Select[int], *, now: datetime | None = None) -> dict[int, TopicCard]:
    """Return topics by id (or of a statement for ids). Without `now` waiting ones are shown as they were decided."""
    if not isinstance(topic_ids, Select) and not topic_ids:
        return {}
    rows = db.session.execute(_with_seconds().where(Topic.id.in_(topic_ids))).all()
    return {card.id: card for card in _cards(rows, now=now or _NEVER)}


def get_card(topic_id: int, *, now: datetime) -> TopicCard:
    """Return one topic. Raises `NotFound`."""
    found = topic_cards([topic_id], now=now).get(topic_id)
    if found is None:
        raise NotFound
    return found


def seconded_by(unit_id: int | None, topic_ids: Collection[int]) -> set[int]:
    """Return which of these topics the household backs."""
    if unit_id is None or not topic_ids:
        return set()
    statement = select(TopicSecond.topic_id).where(
        TopicSecond.unit_id == unit_id, TopicSecond.topic_id.in_(set(topic_ids))
    )
    return set(db.session.scalars(statement))


def count_open() -> int:
    """Return how many topics are on their way: filed and neither turned away nor settled."""
    over = ("rejected", "withdrawn", "not_selected", "resolved")
    return int(db.session.scalar(select(func.count(Topic.id)).where(Topic.state.not_in(over))) or 0)


def find_similar(title: str, *, now: datetime, at_most: int = 3) -> list[TopicCard]:
    """Return open topics whose titles are like this one, the likest first."""
    if len(title) < 2:
        return []
    over = ("rejected", "withdrawn", "resolved")
    newest = select(Topic.id, Topic.title).where(Topic.state.not_in(over)).order_by(Topic.filed_at.desc()).limit(300)
    scored = [(rules.likeness(title, row.title), row.id) for row in db.session.execute(newest)]
    best = [topic_id for score, topic_id in sorted(scored, reverse=True) if score >= rules.LIKE][:at_most]
    cards = topic_cards(best, now=now)
    return [cards[topic_id] for topic_id in best if cards[topic_id].state != Standing.SUBMITTED]


def _cards(rows: Sequence[Any], *, now: datetime) -> list[TopicCard]:
    named = [row.Topic for row in rows if row.Topic.is_named]
    persons = people.persons_of({topic.filed_by for topic in named})
    names = {
        topic.id: guardians.name_for_all(persons[topic.filed_by], on=clock.local_date(topic.filed_at))
        for topic in named
    }
    results = rounds.results_of({row.Topic.round_id for row in rows if row.Topic.state == "balloted"}, now=now)
    return [_card(row.Topic, row.seconds, names=names, results=results, now=now) for row in rows]


def _card(
    topic: Topic, seconds: int, *, names: dict[int, str], results: dict[int, rounds.Result], now: datetime
) -> TopicCard:
    return TopicCard(
        id=topic.id,
        number=rules.number_of(year=topic.year, seq=topic.seq),
        title=topic.title,
        body=topic.body,
        state=standing_of(topic, seconds=seconds, results=results, now=now),
        seconds=seconds,
        needed=topic.needed,
        filed_by_name=names.get(topic.id, "") if topic.is_named else "",
        filed_by=topic.filed_by,
        filed_at=topic.filed_at,
        agenda_round_id=topic.round_id,
        minutes=topic.minutes,
        reason=topic.reason,
        reason_text=topic.reason_text,
    )


def standing_of(topic: Topic, *, seconds: int, results: dict[int, rounds.Result], now: datetime) -> Standing:
    """Return where a stored topic stands; `results` says what closed ballots selected."""
    state, result = topic.state, results.get(topic.round_id or 0)
    if state == "balloted" and result == "annulled":
        state = "seconding"  # the ballot never was: the topic waits for the next one
    elif state == "balloted" and result is not None:
        return Standing.SELECTED if topic.id in result else Standing.NOT_SELECTED
    return rules.standing(
        state=state,
        filed_at=topic.filed_at,
        opened_at=topic.opened_at,
        seconds=seconds,
        needed=topic.needed,
        now=now,
    )
