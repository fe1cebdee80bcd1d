"""Filing, seconding, moderating; agenda rounds from the ballot to the agenda."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from engage import topics, votes
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import Conflict, Forbidden, NotFound
from tests.conftest import World
from tests.make import NOW
from tests.votes.make_votes import cast, race

WEEK = timedelta(days=7)
MakeTopic = Callable[..., int]


def state(topic_id: int, *, at: timedelta = timedelta(0)) -> str:
    return topics.get_card(topic_id, now=NOW + at).state


def open_round(world: World, topic_ids: list[int], *, k: int = 1) -> topics.RoundCard:
    plan = topics.RoundPlan(title="下一期议什么", topic_ids=topic_ids, k=k, opens_at=NOW, closes_at=NOW + WEEK)
    return topics.get_round(topics.open_round(plan=plan, actor=world.secretary, now=NOW), now=NOW)


def test_topics_are_numbered_without_gaps_each_year(world: World, make_topic: MakeTopic) -> None:
    ids = [make_topic(f"第{n}个议题说什么", days_ago=n) for n in (5, 4)]
    assert [topics.get_card(topic, now=NOW).number for topic in ids] == ["议-2026-001", "议-2026-002"]
    new_year = NOW.replace(year=2026, month=12, day=31, hour=16)  # already 2027 in Shanghai
    late = topics.file_topic(
        title="新年的第一个议题", body="", is_named=True, actor=world.volunteer, key="k", now=new_year
    )
    assert topics.get_card(late, now=new_year).number == "议-2027-001"


def test_topics_filed_at_once_get_different_numbers(app: Flask, world: World, voters: list[Actor]) -> None:
    def file(voter: Actor) -> int:
        return topics.file_topic(title="同时提的议题", body="", is_named=True, actor=voter, key="k", now=NOW)

    ids = race(app, world.donghu, *[partial(file, voter) for voter in voters[:5]])
    assert all(isinstance(topic, int) for topic in ids), ids
    db.session.rollback()
    numbers = sorted(topics.get_card(topic, now=NOW).number for topic in ids)
    assert numbers == [f"议-2026-00{n}" for n in range(1, 6)]


def test_the_same_form_files_one_topic(world: World, voters: list[Actor]) -> None:
    file = partial(topics.file_topic, body="", is_named=True, actor=voters[0], key="same", now=NOW)
    assert file(title="楼道灯太暗了") == file(title="楼道灯太暗了")
    with pytest.raises(Conflict):
        file(title="换一个说法的题目")


def test_a_household_seconds_once_and_may_take_it_back(world: World, make_topic: MakeTopic) -> None:
    topic_id = make_topic(seconds=1)
    for _twice in range(2):
        topics.second_topic(topic_id=topic_id, actor=world.volunteer, now=NOW)
    topics.second_topic(topic_id=topic_id, actor=world.spouse, now=NOW)
    assert topics.get_card(topic_id, now=NOW).seconds == 2
    topics.take_back_second(topic_id=topic_id, actor=world.spouse, now=NOW)
    assert topics.get_card(topic_id, now=NOW).seconds == 1
    with pytest.raises(topics.TopicRefused, match="对上住户"):
        topics.second_topic(topic_id=topic_id, actor=world.desk, now=NOW)


def test_two_members_of_a_household_second_at_once(app: Flask, world: World, make_topic: MakeTopic) -> None:
    for number in range(10):
        topic_id = make_topic(f"同时附议第{number}次", seconds=1)
        back = [
            partial(topics.second_topic, topic_id=topic_id, actor=actor, now=NOW)
            for actor in (world.volunteer, world.spouse)
        ]
        assert race(app, world.donghu, *back) == [None, None]
        db.session.rollback()
        assert topics.get_card(topic_id, now=NOW).seconds == 2


def test_the_third_second_puts_a_topic_on_the_shortlist(world: World, make_topic: MakeTopic) -> None:
    topic_id = make_topic(seconds=2)
    assert state(topic_id) == "seconding"
    topics.second_topic(topic_id=topic_id, actor=world.volunteer, now=NOW)
    assert state(topic_id) == "shortlisted"


def test_a_new_threshold_is_not_retroactive(world: World, make_topic: MakeTopic) -> None:
    topic_id = make_topic(seconds=3)
    topics.set_threshold(needed=9, actor=world.secretary, now=NOW)
    assert state(topic_id) == "shortlisted"
    with pytest.raises(topics.TopicRefused):
        topics.set_threshold(needed=0, actor=world.secretary, now=NOW)


def test_without_a_moderator_the_clock_opens_a_topic(world: World, voters: list[Actor]) -> None:
    topic_id = topics.file_topic(title="没有人来看的议题", body="", is_named=True, actor=voters[0], key="k", now=NOW)
    with pytest.raises(topics.TopicRefused):
        topics.second_topic(topic_id=topic_id, actor=voters[1], now=NOW)
    third_day = NOW + timedelta(days=3)
    topics.second_topic(topic_id=topic_id, actor=voters[1], now=third_day)
    with pytest.raises(topics.TopicRefused, match="过了三天"):
        topics.reject_topic(topic_id=topic_id, reason="twice", text="见另一个", actor=world.secretary, now=third_day)


def test_turning_a_topic_away_takes_a_listed_reason_and_a_sentence(world: World, voters: list[Actor]) -> None:
    topic_id = topics.file_topic(title="已经有人提过的", body="", is_named=True, actor=voters[0], key="k", now=NOW)
    reject = partial(topics.reject_topic, topic_id=topic_id, actor=world.secretary, now=NOW)
    with pytest.raises(topics.TopicRefused, match="理由"):
        reject(reason="because", text="不行")
    with pytest.raises(topics.TopicRefused, match="一句话"):
        reject(reason="twice", text=" ")
    reject(reason="twice", text="请去附议议-2026-003")
    assert state(topic_id) == "rejected"
    own = topics.file_topic(title="书记自己提的议题", body="", is_named=True, actor=world.secretary, key="k", now=NOW)
    with pytest.raises(topics.TopicRefused, match="别的工作人员"):
        topics.reject_topic(topic_id=own, reason="twice", text="重了", actor=world.secretary, now=NOW)


def test_only_the_author_withdraws_and_not_from_a_ballot(
    world: World, voters: list[Actor], make_topic: MakeTopic
) -> None:
    first, second = make_topic("第一个议题在这里"), make_topic("第二个议题在这里")
    with pytest.raises(Forbidden):
        topics.withdraw_topic(topic_id=first, actor=world.volunteer, now=NOW)
    open_round(world, [first, second])
    with pytest.raises(topics.TopicRefused):
        topics.withdraw_topic(topic_id=first, actor=voters[0], now=NOW)
    with pytest.raises(topics.TopicRefused, match="撤不回"):
        topics.take_back_second(topic_id=first, actor=voters[1], now=NOW)
    third = make_topic("第三个议题在这里")
    topics.withdraw_topic(topic_id=third, actor=voters[0], now=NOW)
    assert state(third) == "withdrawn"


def test_an_agenda_round_from_the_ballot_to_the_talk(world: World, voters: list[Actor], make_topic: MakeTopic) -> None:
    first, second, third = (make_topic(f"第{n}个议题在这里", days_ago=9 - n) for n in range(3))
    card = open_round(world, [third, first, second], k=2)
    assert card.topic_ids == (first, second, third)
    assert (card.vote.entitled, card.vote.choices_max, card.vote.state) == (16, 3, "open")
    assert card.selection is None
    assert state(first) == "balloted"
    for number, voter in enumerate(voters[:6]):
        cast(card.vote.id, voter, *([1, 2] if number < 4 else [0]))
    after = WEEK + timedelta(seconds=1)
    assert [state(topic, at=after) for topic in card.topic_ids] == ["not_selected", "selected", "selected"]
    assert [one.id for one in topics.list_selected(now=NOW + after)] == [second, third]
    assert topics.list_selected() == [], "nothing is decided before it is written down"
    with pytest.raises(topics.RoundRefused, match="还没截止"):
        topics.conclude_round(round_id=card.id, lots=[], actor=world.secretary, now=NOW)
    with transaction():
        topics.mark_scheduled(topic_ids=[third], talk_id=1, now=NOW + after)
    for _twice in range(2):
        topics.conclude_round(round_id=card.id, lots=[], actor=world.secretary, now=NOW + after)
    assert [state(topic) for topic in card.topic_ids] == ["not_selected", "selected", "scheduled"]
    assert [one.id for one in topics.list_selected()] == [second]
    with transaction():
        topics.mark_resolved(topic_id=third, now=NOW)
    assert state(third) == "resolved"
    with pytest.raises(topics.TopicRefused), transaction():
        topics.mark_scheduled(topic_ids=[first], talk_id=1, now=NOW)


def test_a_tie_across_the_line_waits_for_lots(world: World, voters: list[Actor], make_topic: MakeTopic) -> None:
    first, second = make_topic("打平的第一个议题"), make_topic("打平的第二个议题")
    card = open_round(world, [first, second])
    cast(card.vote.id, voters[0], 0)
    cast(card.vote.id, voters[1], 1)
    end = NOW + WEEK + timedelta(seconds=1)
    assert [state(topic, at=WEEK + timedelta(seconds=1)) for topic in (first, second)] == ["balloted", "balloted"]
    with pytest.raises(topics.RoundRefused, match="抽签"):
        topics.conclude_round(round_id=card.id, lots=[], actor=world.secretary, now=end)
    topics.conclude_round(round_id=card.id, lots=[second, first], actor=world.secretary, now=end)
    assert [state(topic) for topic in (first, second)] == ["not_selected", "selected"]
    assert topics.get_round(card.id, now=end).selection.how == "lots"


def test_an_annulled_ballot_gives_its_topics_back(world: World, make_topic: MakeTopic) -> None:
    ids = [make_topic("作废以后第一个议题"), make_topic("作废以后第二个议题")]
    card = open_round(world, ids)
    votes.annul(
        vote_id=card.vote.id, reason="名册错了", actor=world.secretary, second_actor_id=world.clerk.person_id, now=NOW
    )
    assert [state(topic) for topic in ids] == ["shortlisted", "shortlisted"]
    assert open_round(world, ids).id != card.id


def test_a_ballot_takes_only_shortlisted_topics_and_a_sensible_time(world: World, make_topic: MakeTopic) -> None:
    ready, short = make_topic("附议已经够的议题"), make_topic("附议还不够的议题", seconds=2)
    other = make_topic("附议也够了的议题")
    with pytest.raises(topics.RoundRefused, match="附议还不够"):
        open_round(world, [ready, short])
    with pytest.raises(topics.RoundRefused, match="2到12"):
        open_round(world, [ready])
    with pytest.raises(topics.RoundRefused, match="选几个"):
        open_round(world, [ready, other], k=3)
    with pytest.raises(NotFound):
        open_round(world, [ready, 987654])
    plan = topics.RoundPlan(title="太短", topic_ids=[ready, other], k=1, opens_at=NOW, closes_at=NOW)
    with pytest.raises(topics.RoundRefused, match="5分钟"):
        topics.open_round(plan=plan, actor=world.secretary, now=NOW)
    assert state(ready) == "shortlisted"
