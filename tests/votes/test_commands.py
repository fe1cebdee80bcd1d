"""Casting and stopping, one at a time: talks §5.4 properties 1, 2, 3, 4, 6, 12, 14."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from engage import people, places, votes
from engage.core import tenancy
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import NotFound
from tests.conftest import World
from tests.make import NOW
from tests.votes.make_votes import cast, make_households, make_vote, unit_of

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def voters(world: World) -> list[Actor]:
    return make_households(world.donghu, 12)


def closed(vote_id: int, world: World) -> votes.Outcome:
    votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=LATER)
    outcome = votes.card(vote_id, now=LATER + timedelta(seconds=16)).outcome
    assert outcome is not None
    return outcome


def test_an_evening_s_vote_is_counted_when_it_is_closed(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    for voter in voters[:6]:
        cast(vote_id, voter, 0)
    for voter in voters[6:8]:
        cast(vote_id, voter, 1)
    cast(vote_id, voters[8])
    card = votes.card(vote_id, now=NOW)
    assert (card.state, card.entitled, card.used, card.outcome) == ("open", 12, 9, None)
    outcome = closed(vote_id, world)
    assert (outcome.counts, outcome.abstain, outcome.valid) == ((6, 2), 1, 9)
    assert (outcome.verdict, outcome.quorum, outcome.leading) == ("passed", 15, 0)
    assert outcome.sentence == "6户赞成，2户反对，通过了。"


def test_property_1_ballots_equal_entitlements_used(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    for number, voter in enumerate(voters[:7]):
        cast(vote_id, voter, *([number % 2] if number < 6 else []))
    outcome = closed(vote_id, world)
    used = votes.card(vote_id, now=NOW).used
    ballots = db.session.execute(text("SELECT count(*) FROM ballot")).scalar_one()
    assert ballots == used == outcome.valid == sum(outcome.counts) + outcome.abstain == 7


def test_property_2_a_second_member_of_the_household_is_told_it_has_voted(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote([world.volunteer, *voters])
    cast(vote_id, world.volunteer, 0)
    with pytest.raises(votes.AlreadyVoted, match="您家已经投过了"):
        cast(vote_id, world.spouse, 1)
    assert votes.card(vote_id, now=NOW).used == 1


def test_property_2_each_channel_uses_the_same_entitlement(world: World, voters: list[Actor]) -> None:
    for first, second in itertools.permutations(("phone", "tablet", "slip", "paper", "proxy"), 2):
        vote_id = make_vote(voters)
        unit_id = unit_of(voters[0])

        def use(channel: str, vote_id: int = vote_id, unit_id: int = unit_id) -> None:
            token = votes.form_token(vote_id=vote_id, unit_id=unit_id)
            votes.cast(
                vote_id=vote_id, actor=voters[0], unit_id=unit_id, choices=[0], token=token, now=NOW, channel=channel
            )

        use(first)
        with pytest.raises(votes.AlreadyVoted):
            use(second)
        assert votes.standing_of(vote_id, unit_id=unit_id).channel == first


def test_property_4_a_repeated_form_gets_the_same_receipt_and_one_ballot(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    token = votes.form_token(vote_id=vote_id, unit_id=unit_of(voters[0]))
    codes = {cast(vote_id, voters[0], choice, token=token) for choice in (0, 0, 1, 0)}
    assert len(codes) == 1
    outcome_before = closed(vote_id, world)
    assert outcome_before.valid == 1
    # The answer that got lost on the way is still given after the end.
    assert cast(vote_id, voters[0], 0, token=token, now=LATER + timedelta(hours=1)) in codes


@pytest.mark.parametrize("seconds", [-1, 0, 15])
def test_property_3_ballots_in_hand_land_until_the_deadline(world: World, voters: list[Actor], seconds: int) -> None:
    vote_id = make_vote(voters)
    deadline = votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=LATER)
    assert timedelta(seconds=15) <= deadline - LATER < timedelta(seconds=16)
    cast(
        vote_id,
        voters[0],
        0,
        now=LATER + timedelta(seconds=seconds) if seconds < 15 else deadline - timedelta(seconds=1),
    )
    assert votes.card(vote_id, now=LATER + timedelta(seconds=20)).used == 1


def test_property_3_a_late_ballot_is_told_when_it_closed_and_stores_nothing(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=LATER)
    with pytest.raises(votes.VoteNotOpen, match="投票19:05:15截止了"):
        cast(vote_id, voters[0], 0, now=LATER + timedelta(seconds=16))
    assert votes.card(vote_id, now=NOW).used == 0
    assert not votes.standing_of(vote_id, unit_id=unit_of(voters[0])).used


def test_a_scheduled_end_has_no_grace(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters, is_open=False)
    votes.open_vote(vote_id=vote_id, actor=world.secretary, now=NOW, closes_at=LATER)
    cast(vote_id, voters[0], 0, now=LATER - timedelta(seconds=1))
    with pytest.raises(votes.VoteNotOpen):
        cast(vote_id, voters[1], 0, now=LATER + timedelta(seconds=1))


def test_nothing_is_cast_before_the_opening_or_after_an_annulment(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters, is_open=False)
    with pytest.raises(votes.VoteNotOpen, match="还没开始"):
        cast(vote_id, voters[0], 0)
    votes.open_vote(vote_id=vote_id, actor=None, now=NOW)
    votes.annul(
        vote_id=vote_id, reason="名册错了", actor=world.secretary, second_actor_id=world.clerk.person_id, now=NOW
    )
    with pytest.raises(votes.VoteNotOpen, match="作废"):
        cast(vote_id, voters[0], 0)
    with pytest.raises(votes.VoteRefused):
        votes.open_vote(vote_id=vote_id, actor=None, now=NOW)


def test_annulling_takes_two_persons_and_a_reason(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    with pytest.raises(votes.VoteRefused, match="两个人"):
        votes.annul(
            vote_id=vote_id, reason="错", actor=world.secretary, second_actor_id=world.secretary.person_id, now=NOW
        )
    with pytest.raises(votes.VoteRefused, match="为什么"):
        votes.annul(vote_id=vote_id, reason=" ", actor=world.secretary, second_actor_id=1, now=NOW)


def test_property_6_moving_house_after_the_freeze_changes_nothing(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    before = votes.card(vote_id, now=NOW)
    with transaction():
        newcomer = people.enrol(name="新来的", phone=None, is_volunteer=False, now=NOW)
        home = places.add_unit(label="桂园10栋101", building_id=None, grid_id=None)
        people.settle(person=newcomer, unit_id=home.id, verified_at=NOW)
    assert votes.card(vote_id, now=NOW) == before
    with pytest.raises(votes.NotOnTheRoll, match="名册"):
        cast(vote_id, people.actor_of(people.get_person(newcomer.id)), 0)


def test_nobody_votes_for_another_household(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    unit_id = unit_of(voters[0])
    token = votes.form_token(vote_id=vote_id, unit_id=unit_id)
    with pytest.raises(votes.NotOnTheRoll):
        votes.cast(vote_id=vote_id, actor=voters[1], unit_id=unit_id, choices=[0], token=token, now=NOW)


@pytest.mark.parametrize("token", ["", "0.abc.def", "0..", "x" * 80, "1e3.a.b", "０.a.b"])
def test_a_forged_form_is_refused(world: World, voters: list[Actor], token: str) -> None:
    vote_id = make_vote(voters)
    with pytest.raises(votes.StaleForm):
        votes.cast(vote_id=vote_id, actor=voters[0], unit_id=unit_of(voters[0]), choices=[0], token=token, now=NOW)
    other = make_vote(voters)
    with pytest.raises(votes.StaleForm):
        cast(vote_id, voters[0], 0, token=votes.form_token(vote_id=other, unit_id=unit_of(voters[0])))


@pytest.mark.parametrize("choices", [(0, 1), (2,), (-1,)])
def test_a_ballot_that_says_too_much_is_refused(world: World, voters: list[Actor], choices: tuple[int, ...]) -> None:
    vote_id = make_vote(voters)
    with pytest.raises(votes.BallotRefused):
        cast(vote_id, voters[0], *choices)
    assert not votes.standing_of(vote_id, unit_id=unit_of(voters[0])).used


def test_an_agenda_ballot_may_be_changed_and_the_last_one_counts(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters, kind="agenda", options=list("甲乙丙丁"), choices_max=3, changeable=True)
    unit_id = unit_of(voters[0])
    first = votes.form_token(vote_id=vote_id, unit_id=unit_id)
    assert cast(vote_id, voters[0], 0, 1, token=first) == ""
    second = votes.form_token(vote_id=vote_id, unit_id=unit_id, revision=1)
    cast(vote_id, voters[0], 1, 2, 3, token=second)
    with pytest.raises(votes.StaleForm, match="刚刚改过"):
        cast(vote_id, voters[0], 0, 1, token=first)
    assert votes.standing_of(vote_id, unit_id=unit_id).choices == (1, 2, 3)
    assert votes.card(vote_id, now=NOW).used == 1
    assert closed(vote_id, world).counts == (0, 1, 1, 1)


def test_a_small_roll_cannot_vote_in_secret(world: World, voters: list[Actor]) -> None:
    with pytest.raises(votes.VoteRefused, match="9户"):
        make_vote(voters[:9])
    vote_id = make_vote(voters[:9], rule={"secrecy": "open"})
    assert not votes.card(vote_id, now=NOW).secret
    cast(vote_id, voters[0], 1)
    assert votes.standing_of(vote_id, unit_id=unit_of(voters[0])).choices == (1,)
    with pytest.raises(votes.AlreadyVoted):
        cast(vote_id, voters[0], 0)
    assert votes.card(make_vote(voters[:3], rule={"practice": True}), now=NOW).practice


def test_few_secret_ballots_publish_the_verdict_only(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    for voter in voters[:4]:
        cast(vote_id, voter, 0)
    outcome = closed(vote_id, world)
    assert (outcome.counts, outcome.abstain, outcome.valid) == ((), 0, 4)
    assert "4" not in outcome.sentence.replace("不够8户", "")


def test_two_votes_on_one_subject_are_refused(world: World, voters: list[Actor]) -> None:
    make_vote(voters, subject="motion:same")
    with pytest.raises(DatabaseError):
        make_vote(voters, subject="motion:same")


def test_a_foreign_vote_is_not_found(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    with tenancy.scoped(world.liyuan.id), pytest.raises(NotFound):
        votes.card(vote_id, now=NOW)


def test_stopping_twice_keeps_the_first_deadline(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    first = votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=LATER)
    assert votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=LATER + timedelta(seconds=5)) == first
    assert votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=LATER + timedelta(hours=1)) == first
