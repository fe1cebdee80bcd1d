"""Phone codes: they live for half a minute, are spent once, and a picture of one opens nothing (trust K1, K3, K4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from engage import attendance, people
from engage.core import tenancy
from engage.core.access import Actor
from engage.core.database import db
from engage.people import media, phone_codes
from engage.people.media import MediumRefused
from engage.people.models_media import SpentCode
from tests.activities.conftest import make_shift
from tests.attendance.conftest import START, at
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.people.make_media import card_of, live_id, lose, phone_of, scan
from tests.races import race

SignIn = Callable[[Actor], CheckingClient]
ROUNDS = 6


def test_k1_the_phone_code_counts_for_this_half_minute_and_the_one_before(world: World, patrol: int) -> None:
    code = phone_of(world.volunteer)
    for seconds in (0, 29, 59):
        assert people.read_medium(code, now=START + timedelta(seconds=seconds)) is not None
    for seconds in (60, 90, 3600, -30):
        with pytest.raises(MediumRefused, match="30秒"):
            people.read_medium(code, now=START + timedelta(seconds=seconds))
    scan(world, patrol, code, now=START + timedelta(seconds=40))


def test_k4_a_picture_of_the_code_opens_nothing_a_second_time(world: World, patrol: int) -> None:
    code = phone_of(world.volunteer)
    first = scan(world, patrol, code, event="tap")
    assert scan(world, patrol, code, event="tap").at == first.at  # the leader's phone sent it twice
    with pytest.raises(MediumRefused, match="刚才扫过"):
        scan(world, patrol, code, event="another", leaving=True, now=START + timedelta(seconds=20))
    other = make_shift(actor=world.secretary, leader_no=world.leader.member_no, title="另一班").id
    with pytest.raises(MediumRefused, match="刚才扫过"):
        scan(world, other, code, event="elsewhere")
    later = START + timedelta(seconds=60)
    assert scan(world, patrol, phone_of(world.volunteer, now=later), leaving=True, now=later).kind.value == "out"
    assert db.session.scalar(select(func.count(SpentCode.id))) == 2


def test_k4_scanned_by_two_leaders_at_once_at_two_shifts_it_counts_once(app: Flask, world: World) -> None:
    for number in range(ROUNDS):
        shifts = [
            make_shift(actor=world.secretary, leader_no=world.leader.member_no, title=f"{number}-{one}").id
            for one in range(4)
        ]
        code = phone_of(world.volunteer, now=START + timedelta(minutes=number))
        moment = START + timedelta(minutes=number)
        got = race(
            app,
            world.donghu.id,
            lambda racer, shifts=shifts, code=code, moment=moment: scan(world, shifts[racer], code, now=moment),  # type: ignore[misc]
        )
        assert sum(isinstance(one, attendance.Receipt) for one in got) == 1, got
        assert sum(isinstance(one, MediumRefused) for one in got) == 3, got


def test_k3_somebody_elses_number_in_the_code_proves_nothing(world: World) -> None:
    claim = phone_codes.claim_in(phone_of(world.volunteer))
    assert claim is not None
    media.open_phone_code(actor=world.neighbour, now=NOW)
    forged = phone_codes.written(
        person_id=world.neighbour.person_id, step=claim.step, prove=lambda _person, _step: claim.proof
    )
    assert people.read_medium(forged, now=START) is None


def test_a_code_of_the_community_next_door_is_nobodys_here(world: World) -> None:
    with tenancy.scoped(world.liyuan.id):
        code = phone_of(world.outsider)
        card = card_of(world.outsider)
    assert people.read_medium(code, now=START) is None
    assert people.read_medium(card, now=START) is None


def test_a_new_code_after_a_loss_is_another_one_and_opening_twice_opens_once(world: World) -> None:
    first = phone_of(world.volunteer)
    lose(world.volunteer, kind=media.PHONE)
    assert media.phone_code_of(world.volunteer.person_id, now=START) is None
    second = phone_of(world.volunteer)
    assert second != first
    assert phone_of(world.volunteer) == second
    assert [one.version for one in media.media_of(world.volunteer.person_id) if one.kind == media.PHONE] == [2, 1]


def test_the_desk_reports_a_lost_phone(world: World, sign_in: SignIn) -> None:
    code = phone_of(world.volunteer)
    address = f"/members/{world.volunteer.person_id}/media/{live_id(world.volunteer, media.PHONE)}/loss"
    sign_in(world.clerk).post(address, expect=303)
    with pytest.raises(MediumRefused, match="停用"):
        people.read_medium(code, now=START)


def test_my_page_opens_the_code_and_the_code_changes_by_itself(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.volunteer)
    page = browser.get("/me/code", expect=200)
    browser.post(page.form("/me/code")["action"], expect=303)
    pictures = set()
    for seconds in (0, 10, 30, 60):
        with at(START + timedelta(seconds=seconds)):
            part = browser.get("/me/code/now", htmx=True, expect=200)
            pictures.add(str(part.soup.select(".qr svg path")[-1]["d"]))
    assert len(pictures) == 4 - 1
    assert browser.get("/me", expect=200).soup.select_one("#my-code .qr svg")


def test_those_on_duty_who_scan_a_phone_read_the_name_and_a_stale_one_says_so(world: World, sign_in: SignIn) -> None:
    code = phone_of(world.volunteer, now=START)
    with at(START):
        page = sign_in(world.leader).get(f"/k/{code}", expect=200)
        assert "周桂芳" in page.words
        assert "周桂芳" not in sign_in(world.neighbour).get(f"/k/{code}", expect=200).text
    with at(START + timedelta(minutes=2)):
        assert "不能用了" in sign_in(world.leader).get(f"/k/{code}", expect=200).refusal
    forged = code[:-1] + ("A" if code[-1] != "A" else "B")
    sign_in(world.leader).get(f"/k/{forged}", expect=404)


def test_no_token_is_kept_in_the_tables(world: World, patrol: int) -> None:
    code = phone_of(world.volunteer)
    scan(world, patrol, code)
    rows = [*db.session.execute(text("SELECT * FROM medium")), *db.session.execute(text("SELECT * FROM spent_code"))]
    assert code[:20] not in str(rows)
    assert code[-16:] not in str(rows)
