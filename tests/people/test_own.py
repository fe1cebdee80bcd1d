"""A person puts their own entry right and takes a consent back (service-points §5.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engage import people
from engage.core.access import Actor
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.people.models import Consent
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.people.conftest import PASSWORD, enter, names

Give = Callable[..., Actor]
SignIn = Callable[[Actor], CheckingClient]


@pytest.fixture
def consent(world: World, with_password: Give) -> int:
    """The volunteer has a password and gave a consent; its id."""
    with_password(world.volunteer)
    with transaction() as session:
        row = Consent(person_id=world.volunteer.person_id, subject="personal-data", version="2026-06", given_at=NOW)
        session.add(row)
        session.flush()
        return row.id


def facts_of(verb: str) -> dict[str, Any]:
    db.session.rollback()
    return db.session.scalars(select(AuditEvent).where(AuditEvent.verb == verb)).one().facts


def test_i_put_my_name_and_phone_right_and_sign_in_with_the_new_number(
    world: World, client: CheckingClient, sign_in: SignIn, consent: int
) -> None:
    browser = sign_in(world.volunteer)
    form = browser.get("/me/details", expect=200).form("/me/details")
    browser.submit(form, expect=303, name="单桂芳", pinyin="shan gui fang", phone="139 0000 0777", current=PASSWORD)
    assert names("shan") == ["单桂芳"]
    enter(client, "13900000777")
    assert facts_of("own_entry_corrected") == {"fields": ["name", "phone", "pinyin"]}


def test_a_new_name_gets_its_own_reading_and_an_empty_phone_field_keeps_the_number(
    world: World, sign_in: SignIn, consent: int
) -> None:
    browser = sign_in(world.volunteer)
    form = browser.get("/me/details", expect=200).form("/me/details")
    browser.submit(form, expect=303, name="李桂芳", current=PASSWORD)
    db.session.rollback()
    person = people.get_person(world.volunteer.person_id)
    assert (person.pinyin, person.phone_last4) == ("li gui fang", "0621")


def test_a_minus_takes_the_phone_away(world: World, sign_in: SignIn, consent: int) -> None:
    browser = sign_in(world.volunteer)
    browser.submit(browser.get("/me/details").form("/me/details"), expect=303, phone="-", current=PASSWORD)
    db.session.rollback()
    assert people.get_person(world.volunteer.person_id).phone_sealed is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"current": "猜一个密码试试"}, "密码不对"),
        ({"name": " ", "current": PASSWORD}, "写上姓名"),
        ({"phone": "1380", "current": PASSWORD}, "手机号要11位"),
    ],
)
def test_a_slip_changes_nothing_and_keeps_what_was_typed(
    world: World, sign_in: SignIn, consent: int, typed: dict[str, str], words: str
) -> None:
    browser = sign_in(world.volunteer)
    form = browser.get("/me/details").form("/me/details")
    answer = browser.submit(form, expect=422, **{"pinyin": "zhou guifang", **typed})
    assert words in answer.refusal
    assert answer.soup.select_one('[name="pinyin"]')["value"] == "zhou guifang"  # type: ignore[index]
    assert PASSWORD not in answer.text
    db.session.rollback()
    person = people.get_person(world.volunteer.person_id)
    assert (person.name, person.pinyin, person.phone_last4) == ("周桂芳", "zhou gui fang", "0621")


def test_taking_a_consent_back_says_first_what_it_means_and_then_ends_the_sign_in(
    world: World, client: CheckingClient, sign_in: SignIn, consent: int
) -> None:
    browser = sign_in(world.volunteer)
    page = browser.get(f"/me/consents/{consent}", expect=200)
    assert "账号不能再登录" in page.words
    browser.submit(page.form("/withdrawal"), expect=303, current=PASSWORD)
    browser.get("/me", expect=303)
    enter(client, "13800000621", expect=422)
    facts = facts_of("consent_withdrawn")
    assert (facts["consent"], facts["version"]) == ("personal-data", "2026-06")
    assert people.get_person(world.volunteer.person_id).name == "周桂芳", "the entry on the roll stays"


def test_a_wrong_password_takes_nothing_back(world: World, sign_in: SignIn, consent: int) -> None:
    browser = sign_in(world.volunteer)
    form = browser.get(f"/me/consents/{consent}").form("/withdrawal")
    assert "密码不对" in browser.submit(form, expect=422, current="猜一个密码试试").refusal
    db.session.rollback()
    assert db.session.get(Consent, consent) is not None


def test_nobody_sees_or_takes_back_somebody_elses_consent(
    world: World, sign_in: SignIn, consent: int, with_password: Give
) -> None:
    for actor in (with_password(world.neighbour), with_password(world.secretary), world.outsider):
        browser = sign_in(actor)
        browser.get(f"/me/consents/{consent}", expect=404)
        browser.post(f"/me/consents/{consent}/withdrawal", data={"current": PASSWORD}, expect=404)
    db.session.rollback()
    assert db.session.get(Consent, consent) is not None


def test_the_own_pages_speak_english(world: World, sign_in: SignIn, consent: int) -> None:
    browser = sign_in(world.volunteer)
    browser.language = "en"
    assert "Withdraw" in browser.get(f"/me/consents/{consent}", expect=200).words
    assert "Current password" in browser.get("/me/details", expect=200).words
