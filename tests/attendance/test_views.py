"""The pages of an evening, as phones meet them (the thread, step 2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engage import activities, attendance
from engage.activities.queries import ShiftCard
from engage.attendance.rules import Kind
from engage.core.access import Actor
from tests.attendance.conftest import END, START, at, shown
from tests.client import CheckingClient
from tests.conftest import World

SignIn = Callable[[Actor], CheckingClient]


def test_an_evening_with_the_typed_code_from_sign_up_to_check_out(
    world: World, patrol: ShiftCard, sign_in: SignIn
) -> None:
    phone = sign_in(world.spouse)
    phone.submit(phone.get("/activities", expect=200).form(f"/shifts/{patrol.id}/sign-ups"), expect=303)
    with at(START):
        page = phone.get(f"/shifts/{patrol.id}/duty", expect=200)
        done = phone.submit(page.form("/check-ins"), expect=303, code=shown(patrol, Kind.IN, START)[:6])
        receipt = phone.follow(done)
        assert "签到成功" in receipt.words
        assert "20:00" in receipt.words
        assert receipt.soup.select_one(".seal.fresh")
    with at(END):
        page = phone.get(f"/shifts/{patrol.id}/duty", expect=200)
        code = shown(patrol, Kind.OUT, END)
        done = phone.submit(page.form("/check-ins"), expect=303, code=f"{code[:3]} {code[3:6]}")
        assert "90分钟" in phone.follow(done).words.replace(" ", "")


def test_the_scan_page_finds_the_shift_by_the_code(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    phone = sign_in(world.volunteer)
    with at(START):
        page = phone.get("/scan", expect=200)
        refused = phone.submit(page.form("/check-ins"), expect=422, code="000000")
        assert "不对" in refused.refusal
        typed = "".join(chr(0xFF10 + int(digit)) for digit in shown(patrol, Kind.IN, START)[:6])
        done = phone.submit(refused.form("/check-ins"), expect=303, code=typed)
        assert done.headers["Location"].startswith(f"/shifts/{patrol.id}/duty")


def test_the_pages_that_scan_may_use_the_camera_and_no_other_page_may(
    world: World, patrol: ShiftCard, sign_in: SignIn
) -> None:
    phone = sign_in(world.volunteer)
    assert phone.get("/scan", expect=200).headers["Permissions-Policy"].startswith("camera=(self)")
    roll = sign_in(world.leader).get(f"/shifts/{patrol.id}/roll", expect=200)
    assert roll.headers["Permissions-Policy"].startswith("camera=(self)")
    with at(START):
        roll = sign_in(world.leader).get(f"/shifts/{patrol.id}/roll", expect=200)
    assert roll.soup.select_one("#camera[data-press]")["data-fill"] == "#f-card"
    assert roll.soup.select_one("#f-card[name=card]"), "what the camera reads is typed where a scanner types"
    assert phone.get("/activities", expect=200).headers["Permissions-Policy"].startswith("camera=()")


def token_of(shift: ShiftCard) -> str:
    return activities.seed_of(shift_id=shift.id, now=START).token


def test_w4_opening_the_qrs_address_checks_nobody_in_the_button_does(
    world: World, patrol: ShiftCard, sign_in: SignIn
) -> None:
    """W4: GET changes nothing. Whoever opened it live has five minutes to press."""
    phone = sign_in(world.volunteer)
    address = f"/s/{token_of(patrol)}/{shown(patrol, Kind.IN, START)}"
    with at(START):
        page = phone.get(address, expect=200)
        assert attendance.session_of(patrol.id, world.volunteer.person_id) is None
    with at(START + timedelta(minutes=4)):
        phone.submit(page.form(address), expect=303)
    card = attendance.session_of(patrol.id, world.volunteer.person_id)
    assert card is not None
    assert (card.grade, card.flags, card.started_at) == ("3", (), START)


def test_a_qr_opened_late_still_counts_a_grade_lower_and_is_marked(
    world: World, patrol: ShiftCard, sign_in: SignIn
) -> None:
    """Signing in took a while: the address comes back by `next` after the code has run out."""
    phone = sign_in(world.volunteer)
    address = f"/s/{token_of(patrol)}/{shown(patrol, Kind.IN, START)}"
    with at(START + timedelta(minutes=3)):
        page = phone.get(address, expect=200)
        assert "过了一会儿" in page.words
        phone.submit(page.form(address), expect=303)
    card = attendance.session_of(patrol.id, world.volunteer.person_id)
    assert card is not None
    assert (card.grade, card.flags, card.started_at) == ("2", ("offline",), START)


def test_the_ticket_of_one_person_is_worth_nothing_to_another(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    address = f"/s/{token_of(patrol)}/{shown(patrol, Kind.IN, START)}"
    with at(START):
        ticket = sign_in(world.volunteer).get(address, expect=200).form(address).select_one("[name=ticket]")["value"]
    with at(START + timedelta(minutes=3)):
        answer = sign_in(world.neighbour).post(address, data={"ticket": ticket, "client_event_id": "x"})
        assert answer.status_code == 422


@pytest.mark.parametrize("code", ["0000000000", "12345", "99999999999"])
def test_k3_an_address_with_a_bent_code_checks_nobody_in(
    world: World, patrol: ShiftCard, sign_in: SignIn, code: str
) -> None:
    phone = sign_in(world.volunteer)
    with at(START):
        page = phone.get(f"/s/{token_of(patrol)}/{code}", expect=200)
        assert "这个码不对" in page.words
        assert not page.soup.select(f'form[action="/s/{token_of(patrol)}/{code}"]')
        assert phone.get(f"/s/AAAAAAAAAAAAAAAA/{code}").status_code == 404


def test_k3_an_address_says_nothing_of_six_digits(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    """W14: opening an address counts as no try, so it must not tell whether six digits are a code of this shift."""
    phone = sign_in(world.volunteer)
    for moment in (START - timedelta(minutes=30), START, END):
        code = shown(patrol, Kind.IN, START)[:6]
        with at(moment):
            page = phone.get(f"/s/{token_of(patrol)}/{code}", expect=200)
            assert "这个码不对" in page.words
            assert not page.soup.select(f'form[action="/s/{token_of(patrol)}/{code}"]')


def test_a_browser_nobody_is_signed_in_on_comes_back_to_the_address_after_signing_in(
    client: CheckingClient, world: World, patrol: ShiftCard
) -> None:
    address = f"/s/{token_of(patrol)}/{shown(patrol, Kind.IN, START)}"
    answer = client.get(address)
    assert answer.status_code in {302, 303}
    assert address.rsplit("/", 1)[1] in answer.headers["Location"]


def test_the_phones_queue_is_answered_in_json(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    phone = sign_in(world.volunteer)
    facts = {"client_event_id": "q1", "stored": "1", "claimed_at": "0", "code": shown(patrol, Kind.IN, START)[:6]}
    with at(START + timedelta(hours=9)):
        for _ in range(2):
            answer = phone.post(f"/shifts/{patrol.id}/check-ins", data=facts, headers={"Accept": "application/json"})
            assert answer.status_code == 200
            assert answer.json["state"] == "in"
        facts |= {"code": "000000", "client_event_id": "q2"}
        answer = phone.post(f"/shifts/{patrol.id}/check-ins", data=facts, headers={"Accept": "application/json"})
        assert answer.status_code == 422
        assert "不对" in answer.json["words"]


@pytest.mark.parametrize("typed", ["", "   ", "abc", "12 34", "1234567", "签到码"])
def test_what_could_be_no_code_is_not_a_wrong_try(world: World, patrol: ShiftCard, sign_in: SignIn, typed: str) -> None:
    phone = sign_in(world.volunteer)
    with at(START):
        page = phone.get(f"/shifts/{patrol.id}/duty", expect=200)
        for _again in range(6):
            page = phone.submit(page.form("/check-ins"), expect=422, code=typed)
            assert "要六位数字" in page.refusal
        phone.submit(page.form("/check-ins"), expect=303, code=shown(patrol, Kind.IN, START)[:6])


def test_a_digit_left_out_is_named_and_is_not_a_wrong_try(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    """Five wrong codes close the door for the evening; a slip of the finger is none of them."""
    phone = sign_in(world.volunteer)
    with at(START):
        code = shown(patrol, Kind.IN, START)[:6]
        page = phone.get(f"/shifts/{patrol.id}/duty", expect=200)
        for _again in range(6):
            page = phone.submit(page.form("/check-ins"), expect=422, code=code[:5])
            assert "您输了5位" in page.refusal
        phone.submit(page.form("/check-ins"), expect=303, code=code)
