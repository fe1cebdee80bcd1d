"""The pages of an evening, in both languages, for those who may see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from engage import talks, votes
from engage.core.access import Actor
from engage.core.i18n import day_and_time
from engage.talks import queries
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.talks.make_talks import Courtyard, arrive, make_talk, open_vote, voting
from tests.votes.make_votes import cast, make_households

SignIn = Callable[[Actor], CheckingClient]
OFFICE = ("/talks/desk", "/talks/{}/plan", "/talks/{}/door", "/talks/{}/console", "/talks/{}/console/live")
OFFICE += ("/talks/{}/record", "/talks/{}/projector", "/talks/{}/projector/stage", "/talks/{}/poster")
PHONE = ("/talks", "/talks/{}", "/talks/{}/live")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("address", [*OFFICE, *PHONE])
def test_every_page_opens_in_both_languages(
    world: World, yard: Courtyard, sign_in: SignIn, address: str, language: str
) -> None:
    browser = sign_in(world.secretary)
    browser.language = language
    voting(world, yard)
    browser.get(address.format(yard.talk_id), expect=200)


@pytest.mark.parametrize("state", ["draft", "noticed", "checkin", "in_session", "adjourned"])
@pytest.mark.parametrize("address", [*OFFICE, *PHONE])
def test_every_page_opens_in_every_state(world: World, sign_in: SignIn, address: str, state: str) -> None:
    yard = make_talk(world, state=state)
    sign_in(world.secretary).get(address.format(yard.talk_id), expect=200)


@pytest.mark.parametrize("address", OFFICE)
def test_the_office_pages_are_for_the_office(world: World, yard: Courtyard, sign_in: SignIn, address: str) -> None:
    sign_in(world.volunteer).get(address.format(yard.talk_id), expect=403)


@pytest.mark.parametrize("address", [*OFFICE[1:], *PHONE[1:]])
def test_a_talk_next_door_is_not_found(world: World, yard: Courtyard, sign_in: SignIn, address: str) -> None:
    sign_in(world.outsider).get(address.format(yard.talk_id), expect=404)


def test_lists_say_what_to_do_when_they_are_empty(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.secretary)
    assert "下一场还没定日子" in browser.get("/talks", expect=200).words
    assert "还没有开过夜话" in browser.get("/talks/desk", expect=200).words
    assert "没找到这一场" in browser.get("/talks/desk?q=广场", expect=200).words


def test_a_talk_is_planned_and_led_from_the_pages(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.secretary)
    staff = {
        "chair_id": world.secretary.person_id,
        "recorder_id": world.clerk.person_id,
        "first_teller_id": world.leader.person_id,
    }
    form = browser.get("/talks/desk", expect=200).form("/talks/desk", nth=1)
    fields = {
        "title": "充电棚建在哪里？",
        "place": "老粮站院子",
        "day": "2026-06-12",
        "at": "19:30",
        "notice_days": "0",
    }
    doubled = browser.submit(form, expect=422, **fields, **staff, second_teller_id=world.leader.person_id)
    assert "四个不同的人" in doubled.text
    assert doubled.form("/talks/desk", nth=1).find(id="f-title")["value"] == "充电棚建在哪里？"
    planned = browser.submit(form, expect=303, **fields, **staff)
    page = browser.follow(planned)
    talk_id = int(planned.headers["Location"].split("/")[-2])
    browser.submit(page.form("/agenda"), expect=303, title="充电棚", minutes="30")
    browser.submit(page.form("/notice"), expect=303)
    page = browser.get(f"/talks/{talk_id}/plan", expect=200)
    assert "还缺人" in browser.submit(page.form("/doors"), expect=422).refusal


def test_a_bad_plan_says_what_is_wrong_and_keeps_what_was_typed(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.secretary)
    form = browser.get("/talks/desk", expect=200).form("/talks/desk", nth=1)
    page = browser.submit(form, expect=422, title="灯", place="", day="不知道", minutes="5", notice_days="x")
    assert page.soup.find(id="f-title")["value"] == "灯"
    assert {tag["id"] for tag in page.soup.select("[aria-invalid]")} == {
        "f-place",
        "f-day",
        "f-minutes",
        "f-notice_days",
    }


def test_a_phone_arrives_and_asks_for_the_microphone(world: World, yard: Courtyard, sign_in: SignIn) -> None:
    browser = sign_in(world.volunteer)
    page = browser.get(f"/talks/{yard.talk_id}", expect=200)
    browser.submit(page.form("/arrivals"), expect=303)
    page = browser.get(f"/talks/{yard.talk_id}", expect=200)
    browser.submit(page.form("/speakers"), expect=303, press="stance=for")
    page = browser.get(f"/talks/{yard.talk_id}", expect=200)
    assert "您在排队" in page.words
    browser.submit(page.form("/withdrawal"), expect=200, htmx=True)
    assert [entry.state for entry in queries.list_speakers(yard.talk_id)] == ["withdrawn"]


def test_whoever_has_the_microphone_is_told_to_speak_and_not_to_queue(
    world: World, yard: Courtyard, sign_in: SignIn
) -> None:
    arrive(yard, [world.volunteer, world.neighbour])
    talks.queue_to_speak(
        talk_id=yard.talk_id, person_id=world.volunteer.person_id, stance="open", actor=world.volunteer, now=NOW
    )
    talks.call_next(talk_id=yard.talk_id, after=0, actor=yard.secretary, now=NOW)
    page = sign_in(world.volunteer).get(f"/talks/{yard.talk_id}", expect=200)
    assert "轮到您了，请说" in page.words
    assert not page.soup.select('form[action$="/speakers"]')
    assert "周桂芳正在发言" in sign_in(world.neighbour).get(f"/talks/{yard.talk_id}", expect=200).words


def test_a_household_that_has_voted_is_not_sent_to_vote_again(world: World, sign_in: SignIn) -> None:
    yard = make_talk(world, state="in_session")
    here = make_households(world.donghu, 22)
    arrive(yard, here)
    vote_id = open_vote(yard)
    cast(vote_id, here[0], 0)
    voted = sign_in(here[0]).get(f"/talks/{yard.talk_id}", expect=200)
    assert "您家的票投好了" in voted.words
    assert "去投票" not in voted.words
    assert "去投票" in sign_in(here[1]).get(f"/talks/{yard.talk_id}", expect=200).words


def test_a_talk_that_is_over_still_says_which_it_was(world: World, sign_in: SignIn) -> None:
    yard = make_talk(world, state="adjourned")
    words = sign_in(world.volunteer).get(f"/talks/{yard.talk_id}", expect=200).words
    assert queries.get_talk(yard.talk_id).title in words
    assert "散会了" in words


def test_the_door_takes_a_member_number_and_says_who_came(world: World, yard: Courtyard, sign_in: SignIn) -> None:
    browser = sign_in(world.secretary)
    page = browser.get(f"/talks/{yard.talk_id}/door", expect=200)
    came = browser.submit(page.form("/door"), expect=200, htmx=True, who=str(world.resident.member_no))
    assert "刘长河到了" in came.text
    again = browser.submit(page.form("/door"), expect=200, htmx=True, who=str(world.resident.member_no))
    assert "已经签过到了" in again.text
    unknown = browser.submit(page.form("/door"), expect=422, who="99999")
    assert unknown.soup.find(id="f-who")["value"] == "99999"


def test_the_door_says_when_it_opens(world: World, sign_in: SignIn) -> None:
    yard = make_talk(world, state="noticed")
    browser = sign_in(world.secretary)
    page = browser.get(f"/talks/{yard.talk_id}/door", expect=200)
    assert "还没开门签到" in page.words
    shut = browser.submit(page.form("/door"), expect=422, who=str(world.resident.member_no))
    assert "还没开门签到" in shut.refusal
    assert day_and_time(talks.get_card(yard.talk_id).starts_at) in shut.refusal
    talks.open_doors(talk_id=yard.talk_id, actor=world.secretary, now=NOW)
    assert "还没开门" not in browser.get(f"/talks/{yard.talk_id}/door", expect=200).words
    browser.submit(page.form("/door"), expect=303, who=str(world.resident.member_no))


def test_the_console_puts_a_motion_to_the_vote_and_stops_it(world: World, yard: Courtyard, sign_in: SignIn) -> None:
    here = make_households(world.donghu, 12)
    arrive(yard, here)
    browser = sign_in(world.secretary)
    page = browser.get(f"/talks/{yard.talk_id}/console", expect=200)
    page = browser.submit(page.form("/vote"), expect=200, htmx=True, minutes="")
    vote = votes.find_by_subject(f"motion:{yard.motion_id}", now=NOW)
    assert vote is not None
    assert (vote.state, vote.deadline) == ("open", None)
    assert "散会" in browser.submit(page.form("/adjournment"), expect=422, htmx=True).text
    browser.submit(page.form("/stop"), expect=200, htmx=True)
    with time_machine.travel(NOW + timedelta(seconds=2), tick=False):
        assert "15秒" in browser.get(f"/talks/{yard.talk_id}/console", expect=200).text
    assert votes.card(vote.id, now=NOW + timedelta(seconds=2)).state == "closing"


def test_a_vote_of_too_few_households_is_refused_in_words(world: World, yard: Courtyard, sign_in: SignIn) -> None:
    arrive(yard, [world.volunteer])
    browser = sign_in(world.secretary)
    page = browser.get(f"/talks/{yard.talk_id}/console", expect=200)
    assert "公开表决" in browser.submit(page.form("/vote"), expect=422).refusal
    browser.submit(page.form("/vote"), expect=303, secrecy="open")


@pytest.mark.parametrize(
    "address",
    ["/talks", "/talks/desk", "/talks/{}", "/talks/{}/console", "/talks/{}/projector/stage", "/talks/{}/door"],
)
def test_no_page_asks_once_for_every_row(
    world: World, yard: Courtyard, sign_in: SignIn, count_queries: Callable[[], object], address: str
) -> None:
    browser = sign_in(world.secretary)
    counts = []
    for guests in (2, 8):
        here = make_households(world.donghu, guests, street=f"荷香苑{guests}栋")
        arrive(yard, here)
        for number, guest in enumerate(here):
            talks.queue_to_speak(
                talk_id=yard.talk_id,
                person_id=guest.person_id,
                stance="open",
                actor=guest,
                now=NOW + timedelta(seconds=number),
            )
        for day in range(guests):
            make_talk(world, state="adjourned", now=NOW + timedelta(days=day + guests * 10))
        with count_queries() as statements:
            browser.get(address.format(yard.talk_id), expect=200)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 20
