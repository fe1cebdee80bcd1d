"""Cards and phone codes: lost means dead at once, a half-minute is spent once, and the books can show it (invariant 10)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from engage import attendance, people
from engage.attendance.models import Presence, Scan, ScanMedium
from engage.core import tenancy
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import DomainError, NotFound
from engage.core.idempotency import new_key
from engage.people import media, phone_codes
from engage.people.media import MediumRefused
from engage.people.models_media import Medium, SpentCode
from tests.activities.conftest import make_shift
from tests.attendance.conftest import START
from tests.client import CheckingClient
from tests.conftest import World
from tests.house.test_at_once import race
from tests.make import NOW

SignIn = Callable[[Actor], CheckingClient]
ROUNDS = 6


def card_of(actor: Actor) -> str:
    """What the scanner types when it reads somebody's card."""
    token = people.card_token(actor.person_id)
    assert token is not None
    return token


def phone_of(actor: Actor, *, now: datetime = START) -> str:
    """What it types when it reads somebody's phone."""
    media.open_phone_code(actor=actor, now=NOW)
    code = media.phone_code_of(actor.person_id, now=now)
    assert code is not None
    return code


def live_id(actor: Actor, kind: str = media.CARD) -> int:
    """The medium that stands for somebody now."""
    return next(one.id for one in media.media_of(actor.person_id) if one.kind == kind and one.revoked_at is None)


def lose(actor: Actor, *, kind: str = media.CARD, now: datetime = START) -> None:
    media.report_lost(medium_id=live_id(actor, kind), person_id=actor.person_id, actor=actor, now=now)


def scan(
    world: World, shift_id: int, typed: str, *, now: datetime = START, event: str = "", leaving: bool = False
) -> attendance.Receipt:
    """The leader scans something, as the page does it."""
    shown = people.read_medium(typed, now=now)
    assert shown is not None
    return attendance.check_in_person(
        shift_id=shift_id,
        person_id=shown.person_id,
        kind=attendance.Kind.OUT if leaving else attendance.Kind.IN,
        medium="card",
        client_event_id=event or new_key(),
        actor=world.leader,
        now=now,
        shown=shown,
    )


@pytest.fixture
def patrol(world: World) -> int:
    """Tonight's patrol, led by the leader."""
    return make_shift(actor=world.secretary, leader_no=world.leader.member_no).id


def scans_after_revocation() -> list[int]:
    """Invariant 10, asked of the books: accepted scans later than the revocation of what they were made with."""
    db.session.rollback()
    statement = (
        select(Scan.id)
        .join(ScanMedium, ScanMedium.scan_id == Scan.id)
        .join(Medium, Medium.id == ScanMedium.medium_id)
        .where(Scan.effective_at > Medium.revoked_at)
    )
    return list(db.session.scalars(statement))


def test_a_scan_says_which_card_it_was_and_the_card_says_when(world: World, patrol: int) -> None:
    scan(world, patrol, card_of(world.volunteer))
    [row] = db.session.execute(select(ScanMedium.medium_id, Scan.person_id).join(Scan, Scan.id == ScanMedium.scan_id))
    assert row == (live_id(world.volunteer), world.volunteer.person_id)
    assert media.media_of(world.volunteer.person_id)[0].last_used_at == START


@pytest.mark.parametrize("kind", [media.CARD, media.PHONE])
def test_row_18_the_very_next_scan_of_what_was_reported_lost_is_refused(world: World, patrol: int, kind: str) -> None:
    typed = card_of(world.volunteer) if kind == media.CARD else phone_of(world.volunteer)
    lose(world.volunteer, kind=kind)
    with pytest.raises(MediumRefused):
        scan(world, patrol, typed)
    assert db.session.scalar(select(func.count(Scan.id))) == 0


@pytest.mark.parametrize("kind", [media.CARD, media.PHONE])
def test_what_was_read_before_the_loss_and_used_after_it_is_refused(world: World, patrol: int, kind: str) -> None:
    """The race, held still: the scanner has read it, the loss is reported, then the scan is written."""
    typed = card_of(world.volunteer) if kind == media.CARD else phone_of(world.volunteer)
    shown = people.read_medium(typed, now=START)
    assert shown is not None
    lose(world.volunteer, kind=kind, now=START - timedelta(seconds=1))
    with pytest.raises(MediumRefused):
        attendance.check_in_person(
            shift_id=patrol,
            person_id=shown.person_id,
            kind=attendance.Kind.IN,
            medium="card",
            client_event_id="late",
            actor=world.leader,
            now=START,
            shown=shown,
        )
    assert db.session.scalar(select(func.count(Scan.id))) == 0


def test_invariant_10_no_scan_counts_after_the_loss_however_the_two_meet(
    app: Flask, world: World, sign_in: SignIn
) -> None:
    """Scanner and loss begin at the same moment; the clock of the loss is older than the clock of the scan."""
    outcomes = set()
    for number in range(ROUNDS):
        shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no, title=f"夜巡{number}").id
        with transaction():
            people.issue_cards(person_ids=[world.volunteer.person_id], now=NOW)
        typed, medium_id = card_of(world.volunteer), live_id(world.volunteer)
        line, got = threading.Barrier(2), {}

        def run(name: str, act: Callable[[], object], line: threading.Barrier = line, got: Any = got) -> None:
            with app.app_context(), tenancy.scoped(world.donghu.id):
                line.wait()
                try:
                    got[name] = act()
                except DomainError as refusal:
                    got[name] = refusal
                finally:
                    db.session.remove()

        acts: dict[str, Callable[[], object]] = {
            "scan": lambda shift=shift, typed=typed: scan(world, shift, typed),  # type: ignore[misc]
            "loss": lambda medium_id=medium_id: media.report_lost(  # type: ignore[misc]
                medium_id=medium_id,
                person_id=world.volunteer.person_id,
                actor=world.volunteer,
                now=START - timedelta(seconds=2),
            ),
        }
        threads = [threading.Thread(target=run, args=one) for one in acts.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert got["loss"] == media.CARD
        assert isinstance(got["scan"], attendance.Receipt | MediumRefused), got
        outcomes.add(type(got["scan"]).__name__)
        assert scans_after_revocation() == []
        db.session.rollback()
        with pytest.raises(MediumRefused):
            people.read_medium(typed, now=START)
    assert outcomes


def test_the_database_itself_refuses_a_use_after_the_revocation(world: World) -> None:
    lose(world.volunteer)
    later = {"at": START + timedelta(seconds=1), "who": world.volunteer.person_id}
    with pytest.raises(IntegrityError, match="used"), transaction() as session:
        session.execute(text("UPDATE medium SET last_used_at = :at WHERE person_id = :who").bindparams(**later))


def test_k7_a_dead_card_makes_no_session_and_says_what_to_do_and_the_number_still_works(
    world: World, patrol: int, sign_in: SignIn
) -> None:
    typed = card_of(world.volunteer)
    lose(world.volunteer)
    browser = sign_in(world.leader)
    with _at(START):
        page = browser.post(f"/shifts/{patrol}/roll/scans", data={"card": typed, "kind": "in"}, expect=422)
        assert "已经作废" in page.refusal
        assert db.session.scalar(select(func.count(Presence.id))) == 0
        number = f"{world.volunteer.member_no:04d}"
        browser.post(f"/shifts/{patrol}/roll/scans", data={"card": number, "kind": "in"}, expect=303)
    assert db.session.scalar(select(func.count(Presence.id))) == 1


def _at(moment: datetime) -> Any:
    return time_machine.travel(moment, tick=False)


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


def test_somebody_elses_card_cannot_be_reported_lost(world: World, sign_in: SignIn) -> None:
    medium = live_id(world.volunteer)
    with pytest.raises(NotFound):
        media.report_lost(medium_id=medium, person_id=world.neighbour.person_id, actor=world.neighbour, now=NOW)
    sign_in(world.neighbour).post(f"/me/media/{medium}/loss", expect=404)
    sign_in(world.neighbour).post(f"/members/{world.volunteer.person_id}/media/{medium}/loss", expect=403)
    sign_in(world.clerk).post(f"/members/{world.neighbour.person_id}/media/{medium}/loss", expect=404)
    sign_in(world.outsider).post(f"/members/{world.volunteer.person_id}/media/{medium}/loss", expect=404)
    assert live_id(world.volunteer) == medium


def test_the_holder_reports_a_loss_on_the_phone_and_the_office_prints_the_next_one(
    world: World, sign_in: SignIn
) -> None:
    mine = sign_in(world.volunteer)
    page = mine.get("/me/code", expect=200)
    mine.post(page.form("/loss")["action"], expect=303)
    page = mine.get("/me/code", expect=200)
    assert "您手里没有有效的证" in page.words
    assert "丢了" in page.words
    office = sign_in(world.clerk)
    assert "周桂芳" in office.get("/members/cards", expect=200).words  # new: whose live card was on no sheet yet
    sheet = office.post("/members/cards", data={"person": world.volunteer.person_id, "key": "k"}, expect=303)
    assert "周桂芳" in office.get(sheet.headers["Location"], expect=200).words
    assert "第2张证" in mine.get("/me/code", expect=200).words
    assert "第1张证" in office.get(f"/members/{world.volunteer.person_id}", expect=200).words


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
        with _at(START + timedelta(seconds=seconds)):
            part = browser.get("/me/code/now", htmx=True, expect=200)
            pictures.add(str(part.soup.select(".qr svg path")[-1]["d"]))
    assert len(pictures) == 4 - 1
    assert browser.get("/me", expect=200).soup.select_one("#my-code .qr svg")


def test_those_on_duty_who_scan_a_phone_read_the_name_and_a_stale_one_says_so(world: World, sign_in: SignIn) -> None:
    code = phone_of(world.volunteer, now=START)
    with _at(START):
        page = sign_in(world.leader).get(f"/k/{code}", expect=200)
        assert "周桂芳" in page.words
        assert "周桂芳" not in sign_in(world.neighbour).get(f"/k/{code}", expect=200).text
    with _at(START + timedelta(minutes=2)):
        assert "不能用了" in sign_in(world.leader).get(f"/k/{code}", expect=200).refusal
    forged = code[:-1] + ("A" if code[-1] != "A" else "B")
    sign_in(world.leader).get(f"/k/{forged}", expect=404)


def test_erasing_makes_everything_worthless(world: World) -> None:
    code, card = phone_of(world.volunteer), card_of(world.volunteer)
    with transaction():
        people.erase(person_id=world.volunteer.person_id, now=START)
    for typed in (code, card):
        with pytest.raises(MediumRefused):
            people.read_medium(typed, now=START)


def test_no_token_is_kept_in_the_tables(world: World, patrol: int) -> None:
    code = phone_of(world.volunteer)
    scan(world, patrol, code)
    rows = [*db.session.execute(text("SELECT * FROM medium")), *db.session.execute(text("SELECT * FROM spent_code"))]
    assert code[:20] not in str(rows)
    assert code[-16:] not in str(rows)
