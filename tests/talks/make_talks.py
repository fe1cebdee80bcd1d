"""Makers for evenings: a talk in any state, with the agenda, the people and the motion a test needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engage import talks, topics, votes
from engage.core.access import Actor
from engage.talks import queries
from tests.conftest import World
from tests.make import NOW
from tests.votes.make_votes import cast, make_households

STATES = ("draft", "noticed", "checkin", "in_session", "adjourned")


@dataclass(kw_only=True)
class Courtyard:
    """A talk with one agenda point and one motion."""

    talk_id: int
    item_id: int
    motion_id: int
    second_item_id: int
    secretary: Actor


def make_talk(world: World, *, state: str = "in_session", now: datetime = NOW, roll: str = "present") -> Courtyard:
    """Plan a talk and lead it to a state; its first point is active when it is in session."""
    boss = world.secretary
    staff = [boss.person_id, world.clerk.person_id, world.leader.person_id, world.desk.person_id]
    talk_id = talks.plan_talk(
        title="电动车充电棚，建在哪里？",
        place="老粮站院子",
        starts_at=now + timedelta(minutes=30),
        booked_minutes=90,
        notice_days=0,
        staff=staff,
        actor=boss,
        key=f"make-talk-{now}",
        now=now,
    )
    item = talks.add_item(
        talk_id=talk_id, title="充电棚建在哪里", minutes=30, actor=boss, key=f"one-{talk_id}", now=now
    )
    other = talks.add_item(
        talk_id=talk_id, title="广场舞几点收音", minutes=15, actor=boss, key=f"two-{talk_id}", now=now
    )
    motion = talks.add_motion(
        item_id=item, text="西门建充电棚？", options=["赞成", "反对"], owner_text="物业", roll=roll, actor=boss, now=now
    )
    steps = {
        "noticed": lambda: talks.publish_notice(talk_id=talk_id, actor=boss, now=now),
        "checkin": lambda: talks.open_doors(talk_id=talk_id, actor=boss, now=now),
        "in_session": lambda: talks.start_talk(talk_id=talk_id, actor=boss, now=now),
        "adjourned": lambda: talks.adjourn_talk(talk_id=talk_id, actor=boss, now=now),
    }
    for name in STATES[1 : STATES.index(state) + 1]:
        steps[name]()
        if name == "in_session":
            talks.activate_item(item_id=item, actor=boss, now=now)
    return Courtyard(talk_id=talk_id, item_id=item, motion_id=motion, second_item_id=other, secretary=boss)


def arrive(yard: Courtyard, people: Sequence[Actor], *, now: datetime = NOW) -> None:
    """Let persons check in with their phones."""
    for person in people:
        talks.check_in(talk_id=yard.talk_id, person_id=person.person_id, channel="phone", actor=person, now=now)


def open_vote(yard: Courtyard, *, now: datetime = NOW, secrecy: str = "secret", minutes: int | None = None) -> int:
    """Put the motion to the vote and open it; returns the vote's id."""
    vote_id = talks.put_motion(motion_id=yard.motion_id, secrecy=secrecy, actor=yard.secretary, now=now)
    ends = now + timedelta(minutes=minutes) if minutes else None
    votes.open_vote(vote_id=vote_id, actor=yard.secretary, now=now, closes_at=ends)
    return vote_id


def state_of(talk_id: int) -> str:
    """Return the state of a talk."""
    return queries.get_talk(talk_id).state


def select_topic(world: World, title: str, *, now: datetime = NOW) -> int:
    """Bring a topic through seconding and an agenda ballot that it wins; returns its id."""
    office = world.secretary
    topics.set_threshold(needed=1, actor=office, now=now - timedelta(days=9))
    filed = []
    for number, words in enumerate((title, "遛狗拴绳定个时间")):
        at = now - timedelta(days=8) + timedelta(minutes=number)
        topic = topics.file_topic(title=words, body="", is_named=True, actor=world.volunteer, key=words, now=at)
        topics.admit_topic(topic_id=topic, actor=office, now=at)
        filed.append(topic)
    voters = make_households(world.donghu, 3, street="梧桐里")
    plan = topics.RoundPlan(
        title="夏天议程",
        topic_ids=filed,
        k=1,
        opens_at=now - timedelta(days=7),
        closes_at=now - timedelta(days=2),
    )
    round_id = topics.open_round(plan=plan, actor=office, now=now - timedelta(days=7))
    vote = votes.find_by_subject(f"agenda:{round_id}", now=now)
    assert vote is not None
    cast(vote.id, voters[0], 0, now=now - timedelta(days=6))
    topics.conclude_round(round_id=round_id, lots=(), actor=office, now=now - timedelta(days=1))
    return filed[0]


def voting(world: World, yard: Courtyard, *, yes: int = 12, no: int = 8, minutes: int | None = None) -> int:
    """Let `yes + no` of two households more than that vote."""
    here = make_households(world.donghu, yes + no + 2)
    arrive(yard, here)
    vote_id = open_vote(yard, minutes=minutes)
    for number, voter in enumerate(here[: yes + no]):
        cast(vote_id, voter, 0 if number < yes else 1)
    return vote_id
