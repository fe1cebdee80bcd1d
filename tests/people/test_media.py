"""Cards and phone codes: lost means dead at once, a half-minute is spent once, and the books can show it (invariant 10)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from engage import attendance, people
from engage.attendance.models import Presence, Scan, ScanMedium
from engage.core import tenancy
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import DomainError, NotFound
from engage.people import cards, media
from engage.people.media import MediumRefused
from engage.people.models_media import Medium
from tests.activities.conftest import make_shift
from tests.attendance.conftest import START, at
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.people.make_media import card_of, live_id, lose, phone_of, scan

SignIn = Callable[[Actor], CheckingClient]
ROUNDS = 6


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


def test_a_scan_says_which_card_it_was_and_the_card_says_when_and_is_never_dead_before(
    world: World, patrol: int
) -> None:
    """The loss may be told by a slower clock than the scan's: it counts from the last use on."""
    scan(world, patrol, card_of(world.volunteer))
    [row] = db.session.execute(select(ScanMedium.medium_id, Scan.person_id).join(Scan, Scan.id == ScanMedium.scan_id))
    assert row == (live_id(world.volunteer), world.volunteer.person_id)
    assert media.media_of(world.volunteer.person_id)[0].last_used_at == START
    lose(world.volunteer, now=START - timedelta(seconds=2))
    assert media.media_of(world.volunteer.person_id)[0].revoked_at == START
    with transaction():
        people.issue_cards(person_ids=[world.volunteer.person_id], now=START)
    scan(world, patrol, card_of(world.volunteer), leaving=True, now=START + timedelta(minutes=1))
    again = people.read_medium(card_of(world.volunteer), now=START)
    assert again is not None
    with transaction():
        media.use(again, event="told late", now=START + timedelta(seconds=30))
    cards.replace_card(person_id=world.volunteer.person_id, version=2, actor=world.clerk, now=START)
    assert scans_after_revocation() == []


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
    with at(START):
        page = browser.post(f"/shifts/{patrol}/roll/scans", data={"card": typed, "kind": "in"}, expect=422)
        assert "已经作废" in page.refusal
        assert db.session.scalar(select(func.count(Presence.id))) == 0
        number = f"{world.volunteer.member_no:04d}"
        browser.post(f"/shifts/{patrol}/roll/scans", data={"card": number, "kind": "in"}, expect=303)
    assert db.session.scalar(select(func.count(Presence.id))) == 1


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


def test_erasing_makes_everything_worthless(world: World) -> None:
    code, card = phone_of(world.volunteer), card_of(world.volunteer)
    with transaction():
        people.erase(person_id=world.volunteer.person_id, now=START)
    for typed in (code, card):
        with pytest.raises(MediumRefused):
            people.read_medium(typed, now=START)
