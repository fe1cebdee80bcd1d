"""One-time codes on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select, text

from engage.core import tenancy
from engage.core.access import Actor, Role
from engage.core.database import db
from engage.core.errors import NotFound, TooManyAttempts
from engage.people import activations
from engage.people.activations import NotYours
from engage.people.models import Activation, Consent, Credential
from engage.people.rules import code_from
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW, make_person
from tests.people.conftest import PASSWORD

Give = Callable[..., Actor]
Slip = Callable[..., str]
AGREED = {"password": PASSWORD, "again": PASSWORD, "agreed": "1"}


def test_a_slip_leads_to_a_password_and_in(world: World, client: CheckingClient, slip_for: Slip) -> None:
    code = slip_for(world.resident)
    page = client.get(f"/activate/{code}", expect=200)
    assert "刘**，您好" in page.text
    assert "刘长河" not in page.text
    client.post(f"/activate/{code}", data=AGREED, expect=303)
    assert "刘长河" in client.get("/me", expect=200).text
    consent = db.session.scalars(select(Consent)).one()
    assert (consent.person_id, consent.version) == (world.resident.person_id, "2026-06")


def test_a_code_is_typed_as_people_type(world: World, client: CheckingClient, slip_for: Slip) -> None:
    code = slip_for(world.volunteer)
    answer = client.post("/activate", data={"code": f"{code[:4].lower()} {code[4:]}"}, expect=303)
    assert answer.headers["Location"] == f"/activate/{code}"
    refused = client.post("/activate", data={"code": "ABCD"}, expect=422)
    assert "您写了4位" in refused.text
    assert 'value="ABCD"' in refused.text


def test_a_code_works_once(world: World, client: CheckingClient, slip_for: Slip) -> None:
    code = slip_for(world.volunteer)
    client.post(f"/activate/{code}", data=AGREED, expect=303)
    assert "用过了" in client.get(f"/activate/{code}", expect=422).text
    client.post(f"/activate/{code}", data=AGREED, expect=422)


def test_a_code_is_dead_after_thirty_days(world: World, client: CheckingClient, slip_for: Slip) -> None:
    code = slip_for(world.volunteer)
    with time_machine.travel(NOW + timedelta(days=30) - timedelta(seconds=1), tick=False):
        client.get(f"/activate/{code}", expect=200)
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        client.get(f"/activate/{code}", expect=422)


def test_a_new_slip_kills_the_old_one(world: World, client: CheckingClient, slip_for: Slip) -> None:
    old, new = slip_for(world.volunteer), slip_for(world.volunteer, key="another sheet")
    assert old != new
    client.get(f"/activate/{old}", expect=422)
    client.get(f"/activate/{new}", expect=200)


def test_c5_the_same_form_sent_twice_prints_the_same_paper(world: World, slip_for: Slip) -> None:
    assert slip_for(world.volunteer) == slip_for(world.volunteer)
    assert db.session.scalar(select(func.count(Activation.id))) == 1


def test_the_code_is_kept_nowhere(world: World, slip_for: Slip) -> None:
    code = slip_for(world.volunteer)
    for table in ("activation", "audit_event", "idempotency_key"):
        for row in db.session.execute(text(f"SELECT * FROM {table}")):
            assert code not in str(tuple(row))


def test_w4_looking_at_a_slip_uses_nothing_up(world: World, client: CheckingClient, slip_for: Slip) -> None:
    code = slip_for(world.volunteer)

    def rows() -> list[Any]:
        tables = ("activation", "credential", "device", "consent", "audit_event", "medium")
        return [
            tuple(row) for table in tables for row in db.session.execute(text(f"SELECT * FROM {table} ORDER BY id"))
        ]

    before = rows()
    client.get(f"/activate/{code}", expect=200)
    client.get(f"/activate/{code}", headers={"User-Agent": "MicroMessenger prefetch"}, expect=200)
    assert rows() == before


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"password": "12345678", "again": "12345678", "agreed": "1"}, "太多人用"),
        ({"password": "13800000621", "again": "13800000621", "agreed": "1"}, "手机号别人也知道"),
        ({"password": PASSWORD, "again": "别的什么密码啊", "agreed": "1"}, "两遍密码不一样"),
        ({"password": PASSWORD, "again": PASSWORD}, "勾上同意"),
    ],
)
def test_a_refusal_uses_nothing_up(
    world: World, client: CheckingClient, slip_for: Slip, form: dict[str, str], words: str
) -> None:
    code = slip_for(world.volunteer)
    assert words in client.post(f"/activate/{code}", data=form, expect=422).text
    client.post(f"/activate/{code}", data=AGREED, expect=303)


def test_a_slip_ends_every_device_the_person_had(
    world: World, client: CheckingClient, sign_in: Any, slip_for: Slip
) -> None:
    old = sign_in(world.volunteer)
    client.post(f"/activate/{slip_for(world.volunteer)}", data=AGREED, expect=303)
    old.get("/me", expect=303)


def test_a_paused_persons_slip_is_dead(world: World, client: CheckingClient, sign_in: Any, slip_for: Slip) -> None:
    code = slip_for(world.volunteer)
    sign_in(world.secretary).post(
        f"/members/{world.volunteer.person_id}/pause", data={"reason-pause": "外出半年"}, expect=303
    )
    client.get(f"/activate/{code}", expect=422)


def test_w14_guessing_codes_is_stopped_by_a_count_in_the_database(world: World, client: CheckingClient) -> None:
    statuses = [client.get(f"/activate/{code_from(number)}").status_code for number in range(32)]
    assert statuses == [422] * 30 + [429] * 2
    tenancy.enter(None)
    with pytest.raises(TooManyAttempts):
        activations.find_invitation(text=code_from(1), network="127.0.0.0/24", now=NOW)


def test_a_clerk_cannot_borrow_the_secretarys_office_with_a_slip(world: World) -> None:
    with pytest.raises(NotYours):
        activations.issue_slip_codes(
            person_ids=[world.secretary.person_id, world.volunteer.person_id], actor=world.clerk, key="k", now=NOW
        )
    assert db.session.scalar(select(func.count(Activation.id))) == 0
    assert activations.issue_slip_codes(person_ids=[world.volunteer.person_id], actor=world.clerk, key="k2", now=NOW)


def test_w2_a_slip_for_somebody_next_door_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        activations.issue_slip_codes(person_ids=[world.outsider.person_id], actor=world.secretary, key="k", now=NOW)


def test_the_sheet_shows_a_qr_code_the_words_and_four_slips_a_page(world: World, sign_in: Any) -> None:
    office = sign_in(world.secretary)
    page = office.get("/members/slips?kind=all", expect=200)
    sheet = office.submit(page.form("/members/slips", nth=1), expect=200)
    slips = sheet.soup.select(".aslip")
    assert len(slips) == 8
    assert len(sheet.soup.select(".a4")) == 2
    codes = {re.sub(r"\s", "", slip.select_one(".aslip-code").get_text()) for slip in slips}  # type: ignore[union-attr]
    assert len(codes) == 8
    assert "外社区书记" not in sheet.text
    assert office.get("/members/slips", expect=200).text.count(next(iter(codes))) == 0


def test_the_secretary_picks_those_who_have_not_activated(world: World, sign_in: Any, with_password: Give) -> None:
    with_password(world.volunteer)
    page = sign_in(world.secretary).get("/members/slips", expect=200)
    assert "周桂芳" not in page.text
    assert "刘长河" in page.text


def test_an_office_the_clerk_does_not_hold_needs_the_secretary(world: World) -> None:
    teller = make_person(community=world.donghu, name="计票人", roles=(Role.TELLER,))
    assert activations.issue_slip_codes(person_ids=[teller.person_id], actor=world.secretary, key="t", now=NOW)
    with pytest.raises(NotYours):
        activations.issue_slip_codes(person_ids=[teller.person_id], actor=world.clerk, key="t", now=NOW)
    assert db.session.scalar(select(func.count(Credential.id))) == 0
