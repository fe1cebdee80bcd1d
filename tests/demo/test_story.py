"""The demo is a story that the rooms' own commands accept, from any hour of any day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from engage import activities, attendance, demo, guardians, ledger, people, places, resolutions, rewards, talks, topics
from engage.core import clock, tenancy
from engage.core.audit import AuditEvent
from engage.core.database import db
from engage.demo import cast
from tests.client import CheckingClient
from tests.make import NOW

EVENING = NOW


@pytest.mark.parametrize(
    "now",
    [
        EVENING,
        datetime(2026, 6, 12, 0, 5, tzinfo=UTC),  # 8:05 in the morning
        datetime(2026, 12, 31, 15, 58, tzinfo=UTC),  # two minutes before the new year
        datetime(2026, 3, 1, 16, 2, tzinfo=UTC),  # just after midnight
    ],
)
def test_the_story_can_be_told_at_any_hour_and_the_books_fit(app: Flask, now: datetime) -> None:
    demo.tell(now=now)
    for community in places.list_communities():
        with tenancy.scoped(community.id):
            assert ledger.verify() == []
            assert db.session.scalars(select(func.max(AuditEvent.at))).one() <= now, "nothing was done tomorrow"
    with tenancy.scoped(places.community_by_slug("donghu").id):
        assert people.count_persons() == 67
        newest_first = [entry.at for entry in ledger.list_entries(limit=1000)]
        assert len(newest_first) > 50
        assert newest_first == sorted(newest_first, reverse=True), "booked in the order of their dates"
        [patrol] = activities.list_running(now=now, early=timedelta(0), late=timedelta(0))
        by_daylight = 6 <= clock.local(now).hour < 17
        assert ("夜" not in patrol.title) is by_daylight, "nobody is on a night patrol at breakfast"


@pytest.mark.usefixtures("story_told")
def test_a_stranger_finds_something_to_do_in_every_room() -> None:
    donghu = places.community_by_slug("donghu")
    with tenancy.scoped(donghu.id):
        volunteer = next(one for one in people.roll() if one.name == "周桂芳")
        neighbour = next(one for one in people.roll() if one.name == "孙玉梅")
        [patrol] = activities.list_running(now=EVENING, early=timedelta(0), late=timedelta(0))
        assert guardians.children_of(volunteer.id, on=EVENING.date())[0].confirmed_at is None, (
            "a child waits for her yes"
        )
        assert len(guardians.children_of(neighbour.id, on=EVENING.date())) == 1
        assert activities.is_joined(shift_id=patrol.id, person_id=volunteer.id)
        assert attendance.session_of(shift_id=patrol.id, person_id=volunteer.id) is None
        assert ledger.balance_of(person_id=volunteer.id).available >= 60
        assert attendance.count_to_approve() == 6
        assert len(rewards.open_redemptions(person_id=neighbour.id, now=EVENING)) == 1
        assert len(topics.list_to_moderate(now=EVENING)) == 1
        talk = talks.find_next(now=EVENING)
        assert talk is not None
        assert (talk.state, talk.agenda_count) == ("noticed", 2)
        [resolution] = resolutions.list_public(limit=5, offset=0)
        assert (resolution.state, resolution.owner) == ("in_progress", "社区居委会范丽")


@pytest.mark.usefixtures("story_told")
def test_who_took_the_resolution_on_can_report_on_it() -> None:
    donghu = places.community_by_slug("donghu")
    with tenancy.scoped(donghu.id):
        [resolution] = resolutions.list_public(limit=5, offset=0)
        able = people.names_of(people.holders_of("secretary", "grid_officer"))
        assert resolution.owner.removeprefix("社区居委会") in able.values()


@pytest.mark.usefixtures("story_told")
def test_everybody_in_the_guide_can_sign_in_with_the_printed_password(client: CheckingClient) -> None:
    with time_machine.travel(EVENING, tick=False):
        for community, members in (("donghu", cast.DONGHU), ("liyuan", cast.LIYUAN)):
            for member in members:
                if member.tries[0]:
                    form = {"community": community, "account": member.phone, "password": cast.PASSWORD}
                    answer = client.post("/sign-in", data=form)
                    assert answer.status_code == 303, member.name
                    if member.grid or member.above:
                        client.get("/members" if member.grid else "/street", expect=200)
                    client.delete_cookie(people.COOKIE)
    assert any("13800000621" in line for line in demo.guide())


@pytest.mark.usefixtures("story_told")
def test_a_reset_empties_the_books_and_the_same_moment_tells_the_same_story(app: Flask) -> None:
    def books() -> list[tuple[str, int]]:
        with tenancy.scoped(places.community_by_slug("donghu").id):
            everybody = people.roll()
            balances = ledger.balances_of(person_ids=[one.id for one in everybody])
            return [(one.name, balances[one.id].available if one.id in balances else 0) for one in everybody]

    first = books()
    with time_machine.travel(EVENING, tick=False):
        again = app.test_cli_runner().invoke(args=["demo", "--reset", "--yes"])
    assert again.exit_code == 0, again.output
    assert cast.PASSWORD in again.output
    assert books() == first


def test_telling_it_twice_changes_nothing_and_a_community_of_ones_own_is_never_emptied(app: Flask) -> None:
    places.found_community(name="龙马社区", slug="longma", now=EVENING)
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["demo", "--reset", "--yes"])
    assert refused.exit_code == 1
    assert "龙马社区" in refused.output
    assert [card.name for card in places.list_communities()] == ["龙马社区"]
