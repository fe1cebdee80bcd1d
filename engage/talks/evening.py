"""The whole picture of one evening, drawn from stored rows with a fixed number of queries.

The wall, the chair's desk and the phone page all look at this one picture, so that they never disagree.
No figure per option is in it before the vote is closed: the votes room does not hand one out (talks §5.4 15).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engage import guardians, people, places, votes
from engage.core import clock
from engage.talks import queries, rules
from engage.talks.models import AgendaItem, Motion, SpeakerEntry, Talk


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """One in the queue, or at the microphone (`until` is then the end of the turn, UTC)."""

    id: int
    person_id: int
    name: str
    plate: str
    stance: str
    turns: int
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Speech:
    """Somebody spoke or speaks: since when (UTC), under the name everybody may read."""

    at: datetime
    name: str


@dataclass(frozen=True, kw_only=True)
class Point:
    """One agenda point. `about` is the planned start; motions come with their votes."""

    id: int
    number: int
    title: str
    minutes: int
    state: str
    about: datetime
    started_at: datetime | None
    ended_at: datetime | None
    topic_id: int | None
    motions: tuple[Motion, ...]
    cards: Mapping[int, votes.VoteCard]

    @property
    def used_minutes(self) -> int | None:
        """Return how long it took, once it is over."""
        if self.started_at is None or self.ended_at is None:
            return None
        return max(1, round((self.ended_at - self.started_at).total_seconds() / 60))

    @property
    def verdicts(self) -> list[tuple[Motion, votes.VoteCard]]:
        """Return the motions that were decided, with their votes."""
        return [(m, self.cards[m.id]) for m in self.motions if m.id in self.cards and self.cards[m.id].outcome]


@dataclass(frozen=True, kw_only=True)
class Evening:
    """What is true of a talk at this moment."""

    talk: Talk
    scene: str
    points: tuple[Point, ...]
    active: Point | None
    motion: Motion | None
    vote: votes.VoteCard | None
    speaker: Speaker | None
    queue: tuple[Speaker, ...]
    #: everybody who was given the floor, in the order they queued
    speeches: tuple[Speech, ...]
    present: int

    @property
    def is_voting(self) -> bool:
        """Tell whether a vote is under way (or its roll is frozen and it is about to open)."""
        return self.vote is not None and self.vote.state in {"frozen", "open", "closing"}


def picture_of(talk_id: int, *, now: datetime) -> Evening:
    """Return the evening as it stands. Raises `NotFound`."""
    talk, present = queries.get_evening(talk_id)
    points = _points(talk, now=now)
    active = next((point for point in points if point.state == "active"), None)
    motion, vote = _latest_vote(active)
    entries = queries.speakers_of(talk.id)
    speaker, queue = _floor(entries, active.id if active else None)
    return Evening(
        talk=talk,
        scene=rules.scene(talk_state=talk.state, vote_state=vote.state if vote else None, speaking=speaker is not None),
        points=points,
        active=active,
        motion=motion,
        vote=vote,
        speaker=speaker,
        queue=queue,
        speeches=tuple(
            Speech(at=entry.started_at, name=_named(who, entry.started_at))
            for entry, who in entries
            if entry.started_at
        ),
        present=present,
    )


def _points(talk: Talk, *, now: datetime) -> tuple[Point, ...]:
    agenda = queries.agenda_of(talk.id)
    put = [motion for _, motions in agenda for motion in motions if motion.put_at]
    cards = votes.cards_of([queries.subject_of(motion.id) for motion in put], now=now)
    points = []
    about = talk.started_at or talk.starts_at
    for number, (item, motions) in enumerate(agenda, start=1):
        about = item.started_at or about
        points.append(_point(item, number=number, about=about, motions=tuple(motions), cards=cards))
        about = item.ended_at or about + timedelta(minutes=item.minutes)
    return tuple(points)


def _point(
    item: AgendaItem, *, number: int, about: datetime, motions: tuple[Motion, ...], cards: Mapping[str, votes.VoteCard]
) -> Point:
    found = {motion.id: cards.get(queries.subject_of(motion.id)) for motion in motions}
    return Point(
        id=item.id,
        number=number,
        title=item.title,
        minutes=item.minutes,
        state=item.state,
        about=about,
        started_at=item.started_at,
        ended_at=item.ended_at,
        topic_id=item.topic_id,
        motions=motions,
        cards={motion_id: card for motion_id, card in found.items() if card},
    )


def _latest_vote(active: Point | None) -> tuple[Motion | None, votes.VoteCard | None]:
    if active is None or not active.motions:
        return None, None
    put = [motion for motion in active.motions if motion.id in active.cards]
    motion = max(put, key=lambda m: (m.put_at, m.id)) if put else active.motions[-1]
    return motion, active.cards.get(motion.id)


def waiting_order(entries: Sequence[SpeakerEntry], *, item_id: int | None) -> list[rules.Waiting]:
    """Return those who wait in the order they will be called."""
    spoken = [entry for entry in entries if entry.state in {"done", "speaking"}]
    turns = Counter(entry.person_id for entry in spoken)
    here = Counter(entry.person_id for entry in spoken if entry.agenda_item_id == item_id)
    sides = [entry.stance for entry in sorted(spoken, key=lambda e: (e.started_at or e.queued_at, e.id))]
    waiting = [
        rules.Waiting(
            id=entry.id,
            person_id=entry.person_id,
            queued_at=entry.queued_at,
            stance=entry.stance,
            turns=turns[entry.person_id],
            turns_here=here[entry.person_id],
        )
        for entry in entries
        if entry.state == "waiting"
    ]
    return rules.speaking_order(waiting, last_stance=next((s for s in reversed(sides) if s != "open"), None))


def _named(person: people.Person, at: datetime) -> str:
    return guardians.name_for_all(person, on=clock.local_date(at))


def _floor(
    known: Sequence[tuple[SpeakerEntry, people.Person]], item_id: int | None
) -> tuple[Speaker | None, tuple[Speaker, ...]]:
    entries, persons = [entry for entry, _ in known], {person.id: person for _, person in known}
    order = waiting_order(entries, item_id=item_id)
    now_speaking = next((entry for entry in entries if entry.state == "speaking"), None)
    shown = {entry.person_id for entry in order} | ({now_speaking.person_id} if now_speaking else set())
    labels = places.unit_labels([persons[one].unit_id for one in shown])
    plates = {one: rules.building_of(labels.get(persons[one].unit_id or 0, "")) for one in shown}
    queue = tuple(
        Speaker(
            id=entry.id,
            person_id=entry.person_id,
            name=_named(persons[entry.person_id], entry.queued_at),
            plate=plates[entry.person_id],
            stance=entry.stance,
            turns=entry.turns,
        )
        for entry in order
    )
    if now_speaking is None:
        return None, queue
    speaker = Speaker(
        id=now_speaking.id,
        person_id=now_speaking.person_id,
        name=_named(persons[now_speaking.person_id], now_speaking.queued_at),
        plate=plates[now_speaking.person_id],
        stance=now_speaking.stance,
        turns=sum(1 for e in entries if e.person_id == now_speaking.person_id and e.state == "done"),
        until=(now_speaking.started_at or now_speaking.queued_at) + rules.SPEECH,
    )
    return speaker, queue
