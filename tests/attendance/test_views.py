"""The pages of an evening, as phones and the leader meet them (issue: the thread, steps 2 and 3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from engage import activities, attendance, people
from engage.activities.queries import ShiftCard
from engage.attendance.rules import Kind
from engage.core.access import Actor
from engage.core.database import transaction
from tests import make
from tests.attendance.conftest import END, START, at, hand_in, shown
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW

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


def test_the_scan_page_may_use_the_camera_and_no_other_page_may(
    world: World, patrol: ShiftCard, sign_in: SignIn
) -> None:
    phone = sign_in(world.volunteer)
    assert phone.get("/scan", expect=200).headers["Permissions-Policy"].startswith("camera=(self)")
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


def test_the_leaders_page_shows_the_code_of_the_moment_and_carries_all_later_ones(
    world: World, patrol: ShiftCard, sign_in: SignIn
) -> None:
    with at(START):
        page = sign_in(world.leader).get(f"/shifts/{patrol.id}/roll", expect=200)
        code = shown(patrol, Kind.IN, START)
        assert f"{code[:3]} {code[3:6]}" in page.words
        listed = page.soup.select_one("#live-code")["data-codes"].split()
        assert listed[0] == code
        assert listed[2] == shown(patrol, Kind.IN, START + timedelta(seconds=60))
        assert len(listed) == (90 + 60) * 2 + 1
        assert page.soup.select_one('noscript meta[http-equiv="refresh"]')
        out = sign_in(world.leader).get(f"/shifts/{patrol.id}/roll?kind=out", expect=200)
        assert shown(patrol, Kind.OUT, START)[:3] in out.words


def test_a_card_a_token_and_a_number_are_all_taken(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    with transaction():
        people.issue_cards(person_ids=[world.resident.person_id, world.neighbour.person_id], now=NOW)
    leader = sign_in(world.leader)
    with at(START):
        for typed, words in (
            (people.card_address(world.resident.person_id), "刘长河签到了"),
            (people.card_address(world.neighbour.person_id).rsplit("/", 1)[1].lower(), "孙玉梅签到了"),
            (f"{world.volunteer.member_no:04d}", "周桂芳签到了"),
        ):
            form = leader.get(f"/shifts/{patrol.id}/roll", expect=200).form("/roll/scans")
            answer = leader.submit(form, expect=200, htmx=True, press="kind=in", card=typed)
            assert words in answer.words
        refused = leader.submit(form, expect=422, press="kind=in", card="9999")
        assert "没有这个编号" in refused.refusal
    grades = {card.person_id: card.grade for card in attendance.sessions_of_shift(patrol.id)}
    assert grades == {
        world.resident.person_id: "4",
        world.neighbour.person_id: "4",
        world.volunteer.person_id: "A",
    }


def test_the_head_count_is_blind_until_it_is_entered(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    hand_in(patrol, world.volunteer)
    leader = sign_in(world.leader)
    with at(END):
        page = leader.get(f"/shifts/{patrol.id}/roll", expect=200)
        assert "当时签到" not in page.words
        assert "收队" not in page.words
        refused = leader.submit(page.form("/head-counts"), expect=422, counted="三个")
        assert "写数字" in refused.refusal
        assert refused.soup.select_one("[name=counted]")["value"] == "三个"
        leader.submit(refused.form("/head-counts"), expect=303, counted="1")
        page = leader.get(f"/shifts/{patrol.id}/roll", expect=200)
        assert "您数了1人，当时签到1人" in page.words
        leader.submit(page.form("/closure"), expect=303)
        assert "收队" in leader.get(f"/shifts/{patrol.id}/roll", expect=200).words


def test_the_leader_says_when_somebody_left(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    hand_in(patrol, world.volunteer)
    leader = sign_in(world.leader)
    with at(END + timedelta(hours=2)):
        page = leader.get(f"/shifts/{patrol.id}/roll", expect=200)
        assert "不能晚于" in leader.submit(page.form("/end"), expect=422, ended="21:45").refusal
        leader.submit(page.form("/end"), expect=303, ended="21:00")
    (card,) = attendance.list_to_approve(5, 0)
    assert card.minutes == 60


def test_who_is_here_costs_nothing_while_nobody_comes(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    leader = sign_in(world.leader)
    with at(START):
        first = leader.get(f"/shifts/{patrol.id}/roll/present", expect=200)
        again = leader.get(f"/shifts/{patrol.id}/roll/present", headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        hand_in(patrol, world.volunteer)
        fresh = leader.get(f"/shifts/{patrol.id}/roll/present", headers={"If-None-Match": first.headers["ETag"]})
        assert fresh.status_code == 200
        assert "到了" in fresh.words


def test_the_wall_names_politely_and_shows_no_count(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    hand_in(patrol, world.volunteer)
    with at(START):
        wall = sign_in(world.leader).get(f"/shifts/{patrol.id}/code", expect=200)
    assert "周** 刚签到" in wall.words
    assert "周桂芳" not in wall.text
    assert "已到" not in wall.words


@pytest.mark.parametrize("path", ["/roll", "/roll/present", "/code", "/code/latest"])
def test_codes_and_names_are_for_the_leader_and_the_office(
    world: World, patrol: ShiftCard, sign_in: SignIn, path: str
) -> None:
    address = f"/shifts/{patrol.id}{path}"
    assert sign_in(world.leader).get(address).status_code == 200
    assert sign_in(world.clerk).get(address).status_code == 200
    assert sign_in(world.volunteer).get(address).status_code == 403
    assert sign_in(world.desk).get(address).status_code == 403
    assert sign_in(world.outsider).get(address).status_code == 404


def test_a_volunteers_pages_hold_no_code_and_no_secret(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    """service-points §5.9: the seed never reaches a volunteer's phone."""
    with at(START):
        phone = sign_in(world.volunteer)
        seed = activities.seed_of(shift_id=patrol.id, now=START)
        for path in (f"/shifts/{patrol.id}/duty", f"/shifts/{patrol.id}", "/scan"):
            text = phone.get(path, expect=200).text
            assert shown(patrol, Kind.IN, START)[:6] not in text
            assert seed.token not in text
            assert seed.secret.hex() not in text


def test_the_roll_asks_as_many_questions_for_two_as_for_twelve(
    world: World, patrol: ShiftCard, sign_in: SignIn, count_queries: Callable
) -> None:
    leader = sign_in(world.leader)
    asked = []
    for number in (2, 10):
        for index in range(number):
            hand_in(patrol, make.make_person(community=world.donghu, name=f"居民{number}{index}"))
        with at(START), count_queries() as statements:
            leader.get(f"/shifts/{patrol.id}/roll", expect=200)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 20


def test_the_list_to_approve_is_a_handful_of_queries(world: World, patrol: ShiftCard, count_queries: Callable) -> None:
    asked = []
    for number in (2, 10):
        for index in range(number):
            person = make.make_person(community=world.donghu, name=f"居民{number}{index}")
            hand_in(patrol, person)
            hand_in(patrol, person, Kind.OUT, read_at=END)
        with count_queries() as statements:
            attendance.list_to_approve(20, 0)
        asked.append(len([s for s in statements if not s.startswith("BEGIN")]))
    assert asked[0] == asked[1] <= 5


@pytest.mark.parametrize("path", ["/scan", "/shifts/{id}/duty", "/shifts/{id}/roll", "/shifts/{id}/code"])
def test_every_page_speaks_english(world: World, patrol: ShiftCard, sign_in: SignIn, path: str) -> None:
    hand_in(patrol, world.leader)
    client = sign_in(world.leader)
    client.language = "en"
    with at(START):
        page = client.get(path.format(id=patrol.id), expect=200)
    ours = re.compile("桂园片区夜巡|桂园东门岗亭|看看楼道有没有堆东西|东湖社区|王建明|王\\*\\*|周桂芳|孙玉梅|中文")
    left = re.findall("[\u4e00-\u9fff]+", ours.sub("", page.soup.get_text(" ")))
    assert left == []
