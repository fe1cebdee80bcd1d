"""An evening from the plan to the last word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from engage import talks, topics, votes
from engage.core.database import db, transaction
from engage.core.errors import NotFound
from engage.core.tenancy import scoped
from engage.talks import evening, queries
from engage.talks.models import AgendaItem, Talk
from engage.talks.record import record_of
from tests.conftest import World
from tests.make import NOW
from tests.talks.make_talks import arrive, make_talk, open_vote, select_topic, state_of
from tests.votes.make_votes import cast, make_households, race


def test_a_plan_sent_twice_is_one_talk(world: World) -> None:
    make_talk(world, state="draft")
    make_talk(world, state="draft")
    assert queries.count_all() == 1
    assert [card.number for card in queries.list_all(limit=5)] == [1]


def test_18_a_chair_who_also_counts_is_refused(world: World) -> None:
    yard = make_talk(world, state="draft")
    boss = world.secretary.person_id
    with pytest.raises(talks.TalkRefused):
        talks.name_staff(
            talk_id=yard.talk_id,
            staff=[boss, world.clerk.person_id, boss, world.desk.person_id],
            actor=world.secretary,
            now=NOW,
        )


def test_18_the_database_refuses_a_chair_who_also_counts(world: World) -> None:
    yard = make_talk(world, state="draft")
    with pytest.raises(IntegrityError), transaction() as session:
        session.get_one(Talk, yard.talk_id).first_teller_id = world.secretary.person_id


def test_doors_stay_shut_until_four_people_are_named(world: World) -> None:
    yard = make_talk(world, state="noticed")
    talks.name_staff(talk_id=yard.talk_id, staff=[None] * 4, actor=world.secretary, now=NOW)
    with pytest.raises(talks.TalkRefused):
        talks.open_doors(talk_id=yard.talk_id, actor=world.secretary, now=NOW)


def test_19_a_talk_takes_its_steps_in_order_and_twice_is_once(world: World) -> None:
    yard = make_talk(world, state="draft")
    step = {"talk_id": yard.talk_id, "actor": world.secretary, "now": NOW}
    for early in (talks.open_doors, talks.start_talk, talks.adjourn_talk):
        with pytest.raises(talks.TalkRefused):
            early(**step)
    for command, reached in (
        (talks.publish_notice, "noticed"),
        (talks.open_doors, "checkin"),
        (talks.start_talk, "in_session"),
        (talks.adjourn_talk, "adjourned"),
    ):
        command(**step)
        command(**step)
        assert state_of(yard.talk_id) == reached
    with pytest.raises(talks.TalkRefused):
        talks.cancel_talk(reason="下雨", **step)


def test_one_point_is_active_at_a_time(world: World) -> None:
    yard = make_talk(world)
    talks.activate_item(item_id=yard.second_item_id, actor=world.secretary, now=NOW)
    states = [item.state for item in queries.list_items(yard.talk_id)]
    assert states == ["done", "active"]
    with pytest.raises(talks.TalkRefused):
        talks.activate_item(item_id=yard.item_id, actor=world.secretary, now=NOW)


def test_the_database_refuses_two_active_points(world: World) -> None:
    yard = make_talk(world)
    with pytest.raises(IntegrityError), transaction() as session:
        session.get_one(AgendaItem, yard.second_item_id).state = "active"


def test_what_was_put_off_heads_the_next_agenda(world: World) -> None:
    yard = make_talk(world)
    talks.adjourn_talk(talk_id=yard.talk_id, actor=world.secretary, now=NOW)
    later = make_talk(world, state="draft", now=NOW + timedelta(days=14))
    assert next(item.title for item in queries.list_items(later.talk_id)) == "广场舞几点收音"


def test_a_cancelled_talk_leaves_its_agenda_to_the_next(world: World) -> None:
    yard = make_talk(world, state="noticed")
    talks.cancel_talk(talk_id=yard.talk_id, reason="下雨", actor=world.secretary, now=NOW)
    later = make_talk(world, state="draft", now=NOW + timedelta(days=1))
    titles = [item.title for item in queries.list_items(later.talk_id)]
    assert titles[:2] == ["充电棚建在哪里", "广场舞几点收音"]
    assert queries.list_deferred() == []


def test_what_the_residents_selected_is_the_agenda(world: World) -> None:
    topic_id = select_topic(world, "快递柜挪到东门里面")
    yard = make_talk(world, state="draft")
    first = queries.list_items(yard.talk_id)[0]
    assert (first.topic_id, first.title) == (topic_id, "快递柜挪到东门里面")
    assert topics.topic_cards([topic_id])[topic_id].state == "scheduled"
    assert topics.list_selected() == []


def test_arriving_twice_counts_one_household(world: World) -> None:
    yard = make_talk(world, state="checkin")
    arrive(yard, [world.volunteer, world.volunteer, world.spouse, world.neighbour])
    assert len(queries.units_present(yard.talk_id)) == 2
    early = make_talk(world, state="noticed", now=NOW + timedelta(days=1))
    with pytest.raises(talks.TalkRefused):
        arrive(early, [world.volunteer])


def test_only_those_who_came_queue_and_once(world: World) -> None:
    yard = make_talk(world)
    ask = {"talk_id": yard.talk_id, "person_id": world.volunteer.person_id, "stance": "for", "actor": world.volunteer}
    with pytest.raises(talks.TalkRefused):
        talks.queue_to_speak(**ask, now=NOW)
    arrive(yard, [world.volunteer])
    talks.queue_to_speak(**ask, now=NOW)
    talks.queue_to_speak(**ask, now=NOW)
    assert len(evening.picture_of(yard.talk_id, now=NOW).queue) == 1


def test_23_a_first_timer_is_called_before_one_who_spoke(world: World) -> None:
    yard = make_talk(world)
    arrive(yard, [world.volunteer, world.neighbour])
    boss = world.secretary

    def ask(who: object, minute: int) -> None:
        talks.queue_to_speak(
            talk_id=yard.talk_id, person_id=who.person_id, stance="open", actor=who, now=NOW + timedelta(minutes=minute)
        )

    ask(world.volunteer, 0)
    first = talks.call_next(talk_id=yard.talk_id, after=0, actor=boss, now=NOW)
    assert first is not None
    talks.finish_speech(entry_id=first, actor=boss, now=NOW + timedelta(minutes=1))
    ask(world.volunteer, 1)
    ask(world.neighbour, 2)
    picture = evening.picture_of(yard.talk_id, now=NOW)
    assert [speaker.person_id for speaker in picture.queue] == [world.neighbour.person_id, world.volunteer.person_id]


def test_23_two_next_speaker_at_once_leave_one_speaking(app: Flask, world: World) -> None:
    yard = make_talk(world)
    callers = [world.volunteer, world.neighbour, world.leader]
    arrive(yard, callers)
    for caller in callers:
        talks.queue_to_speak(talk_id=yard.talk_id, person_id=caller.person_id, stance="open", actor=caller, now=NOW)

    def call() -> int | None:
        return talks.call_next(talk_id=yard.talk_id, after=0, actor=world.secretary, now=NOW)

    outcomes = race(app, world.donghu, *[call] * 4)
    db.session.rollback()
    states = [entry.state for entry in queries.list_speakers(yard.talk_id)]
    assert sorted(states) == ["speaking", "waiting", "waiting"]
    assert len(set(outcomes)) == 1


def test_calling_the_next_ends_the_speech_before(world: World) -> None:
    yard = make_talk(world)
    arrive(yard, [world.volunteer, world.neighbour])
    for caller in (world.volunteer, world.neighbour):
        talks.queue_to_speak(talk_id=yard.talk_id, person_id=caller.person_id, stance="open", actor=caller, now=NOW)
    first = talks.call_next(talk_id=yard.talk_id, after=0, actor=world.secretary, now=NOW)
    later = NOW + timedelta(minutes=2)
    second = talks.call_next(talk_id=yard.talk_id, after=first, actor=world.secretary, now=later)
    late_tap = talks.call_next(talk_id=yard.talk_id, after=first, actor=world.secretary, now=later)
    assert second == late_tap != first
    entries = {entry.id: entry for entry in queries.list_speakers(yard.talk_id)}
    assert (entries[first].state, entries[first].ended_at) == ("done", later)


def test_a_motion_is_voted_by_the_households_that_came(world: World) -> None:
    yard = make_talk(world)
    here = make_households(world.donghu, 12)
    arrive(yard, here)
    vote_id = open_vote(yard)
    assert votes.card(vote_id, now=NOW).entitled == 12
    assert open_vote(yard) == vote_id


def test_every_household_votes_when_the_motion_says_so(world: World) -> None:
    yard = make_talk(world, roll="all")
    make_households(world.donghu, 12)
    assert votes.card(open_vote(yard), now=NOW).entitled == 12 + 4  # the cast lives in four homes


def test_nobody_goes_home_or_on_while_a_vote_is_open(world: World) -> None:
    yard = make_talk(world)
    arrive(yard, make_households(world.donghu, 12))
    open_vote(yard)
    for step in (
        lambda: talks.adjourn_talk(talk_id=yard.talk_id, actor=world.secretary, now=NOW),
        lambda: talks.activate_item(item_id=yard.second_item_id, actor=world.secretary, now=NOW),
        lambda: talks.defer_item(item_id=yard.item_id, actor=world.secretary, now=NOW),
        lambda: talks.call_next(talk_id=yard.talk_id, after=0, actor=world.secretary, now=NOW),
    ):
        with pytest.raises(talks.TalkRefused):
            step()


def test_a_carried_motion_is_decided_and_a_lost_one_is_not(world: World) -> None:
    yard = make_talk(world)
    here = make_households(world.donghu, 20)
    arrive(yard, here)
    vote_id = open_vote(yard)
    for number, voter in enumerate(here):
        cast(vote_id, voter, 0 if number < 12 else 1)
    assert talks.decided_motions(limit=5, now=NOW) == []
    deadline = votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=NOW)
    after = deadline + timedelta(seconds=1)
    [motion] = talks.decided_motions(limit=5, now=after)
    assert (motion.id, motion.talk_number, motion.outcome.counts) == (yard.motion_id, 1, (12, 8))
    talks.adjourn_talk(talk_id=yard.talk_id, actor=world.secretary, now=after)


def test_a_note_sent_twice_is_one_line(world: World) -> None:
    yard = make_talk(world)
    for _ in range(2):
        talks.note(talk_id=yard.talk_id, text="先装灯", actor=world.secretary, key="k", now=NOW)
    assert [line.text for line in record_of(evening.picture_of(yard.talk_id, now=NOW))].count("先装灯") == 1


def test_a_talk_next_door_does_not_exist(world: World) -> None:
    yard = make_talk(world)
    with scoped(world.liyuan.id):
        with pytest.raises(NotFound):
            queries.get_talk(yard.talk_id)
        with pytest.raises(NotFound):
            talks.activate_item(item_id=yard.item_id, actor=world.outsider, now=NOW)
