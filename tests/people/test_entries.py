"""One person's entry: added, corrected, paused, looked at with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from engage import people, places
from engage.core.access import Role
from engage.core.audit import AuditEvent
from engage.core.database import db
from engage.core.errors import DomainError, Forbidden, NotFound
from engage.people import directory, offices, reveals
from engage.people.models import Person, PhoneReveal, RoleGrant, Tenancy
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.people.conftest import names

Open = Callable[..., CheckingClient]
NEW = {"name": "马文斌", "phone": "150-1234-9013", "unit": "桂园3栋2单元501", "tie": "member", "is_volunteer": "1"}


def test_one_more_person_goes_on_the_roll_once(world: World, sign_in: Open) -> None:
    office = sign_in(world.clerk)
    form = {**NEW, "may_vote": "1", "birth_year": "1988", "key": "same form"}
    first = office.post("/members", data=form, expect=303)
    again = office.post("/members", data=form, expect=303)
    assert first.headers["Location"] == again.headers["Location"]
    person = db.session.scalars(select(Person).where(Person.name == "马文斌")).one()
    assert person.unit_id == people.get_person(world.volunteer.person_id).unit_id
    assert people.household_of(person.id) == person.unit_id
    assert people.card_token(person.id)
    page = office.get(first.headers["Location"], expect=200)
    assert "桂园3栋2单元501" in page.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "写上姓名"),
        ("phone", "1380000", "您写了7位"),
        ("birth_year", "88", "四位数"),
        ("unit", "桂园99栋", "没有“桂园99栋”这一户"),
    ],
)
def test_a_refusal_names_the_field_and_keeps_what_was_typed(
    world: World, sign_in: Open, field: str, value: str, words: str
) -> None:
    page = sign_in(world.clerk).post("/members", data={**NEW, "name": "马<文>斌", field: value}, expect=422)
    assert words in page.text
    assert field == "name" or "马&lt;文&gt;斌" in page.text
    assert f'id="f-{field}-error"' in page.text
    assert db.session.scalar(select(func.count(Person.id))) == 8


def test_a_new_household_needs_a_second_word(world: World, sign_in: Open) -> None:
    office = sign_in(world.clerk)
    office.post("/members", data={**NEW, "unit": "桂园 ９栋1单元101", "new_unit": "1"}, expect=303)
    assert places.find_unit_by_label("桂园9栋1单元101") is not None


def test_the_same_name_and_phone_twice_is_told(world: World, sign_in: Open) -> None:
    office = sign_in(world.clerk)
    page = office.post("/members", data={**NEW, "name": "周桂芳", "phone": "13800000621", "key": "k"}, expect=422)
    assert f"编号{world.volunteer.member_no:04d}" in page.text


def test_correcting_keeps_the_phone_and_writes_down_which_fields_changed(world: World, sign_in: Open) -> None:
    office = sign_in(world.clerk)
    pid = world.volunteer.person_id
    page = office.get(f"/members/{pid}/edit", expect=200)
    assert "13800000621" not in page.text
    office.submit(page.form(f"/members/{pid}"), expect=303, name="周桂芬", pinyin="", birth_year="1956")
    person = people.get_person(pid)
    assert (person.name, person.pinyin, person.phone_last4) == ("周桂芬", "zhou gui fen", "0621")
    assert people.household_of(pid) == person.unit_id
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "person_edited")).one()
    assert event.facts["fields"] == ["birth_year", "name", "pinyin"]
    office.submit(office.get(f"/members/{pid}/edit").form(f"/members/{pid}"), expect=303, phone="-")
    assert people.get_person(pid).phone_sealed is None


def test_taking_the_vote_away_leaves_the_household(world: World, sign_in: Open) -> None:
    office = sign_in(world.clerk)
    pid = world.volunteer.person_id
    form = {"name": "周桂芳", "unit": "桂园3栋2单元501", "tie": "tenant", "is_volunteer": "1"}
    office.post(f"/members/{pid}", data=form, expect=303)
    assert people.household_of(pid) is None
    assert db.session.scalars(select(Tenancy.role).where(Tenancy.person_id == pid)).one() == "tenant"


def test_leaving_names_the_person_ends_the_roles_and_can_be_undone(world: World, sign_in: Open) -> None:
    office = sign_in(world.secretary)
    page = office.get(f"/members/{world.leader.person_id}", expect=200)
    assert "让王建明离册" in page.text
    office.submit(page.form("/departure"), expect=303, **{"reason-departure": "搬到女儿家"})
    assert people.find_by_member_no(world.leader.member_no) is not None
    assert names("王建明") == []
    assert people.holders_of(Role.TEAM_LEADER.value) == []
    office.submit(office.get(f"/members/{world.leader.person_id}").form("/return"), expect=303)
    assert names("王建明") == ["王建明"]


def test_nobody_pauses_themselves_and_a_clerk_does_not_pause_the_secretary(world: World, sign_in: Open) -> None:
    clerk, why = sign_in(world.clerk), {"reason-pause": "外出半年"}
    assert "另一位工作人员" in clerk.post(f"/members/{world.clerk.person_id}/pause", data=why, expect=422).refusal
    clerk.post(f"/members/{world.secretary.person_id}/pause", data=why, expect=403)
    clerk.post(f"/members/{world.secretary.person_id}", data={"name": "改个名", "is_volunteer": "1"}, expect=403)
    assert people.get_person(world.secretary.person_id).name == "何敏"


def test_only_a_secretary_gives_roles_and_never_to_themselves(world: World, sign_in: Open) -> None:
    office, clerk = sign_in(world.secretary), sign_in(world.clerk)
    clerk.post(f"/members/{world.clerk.person_id}/roles", data={"role": "secretary"}, expect=403)
    office.post(f"/members/{world.secretary.person_id}/roles", data={"role": "teller"}, expect=422)
    office.post(f"/members/{world.volunteer.person_id}/roles", data={"role": "emperor"}, expect=422)
    for _ in range(2):
        office.post(f"/members/{world.volunteer.person_id}/roles", data={"role": "desk"}, expect=303)
    assert db.session.scalar(select(func.count(RoleGrant.id)).where(RoleGrant.role == "desk")) == 2
    with pytest.raises(Forbidden):
        offices.give_role(person_id=world.clerk.person_id, role=Role.SECRETARY, actor=world.clerk, now=NOW)
    grant = directory.roles_of([world.leader.person_id])[world.leader.person_id][0].id
    with pytest.raises(NotFound):
        offices.end_role(person_id=world.volunteer.person_id, grant_id=grant, actor=world.secretary, now=NOW)


def test_w16_phones_are_shown_one_by_one_with_a_reason_the_person_can_read(world: World, sign_in: Open) -> None:
    office = sign_in(world.secretary)
    address = f"/members/{world.volunteer.person_id}/phone-reveals"
    assert "写一句为什么" in office.post(address, data={"reason": " "}, expect=422).text
    assert "13800000621" in office.post(address, data={"reason": "通知领证"}, expect=200).text
    assert "13800000621" not in office.get(f"/members/{world.volunteer.person_id}", expect=200).text
    mine = sign_in(world.volunteer).get("/me", expect=200)
    assert "何敏" in mine.text
    assert "通知领证" in mine.text
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "phone_seen")).one()
    assert "13800000621" not in str(event.facts)


def test_w16_stopped_at_thirty_a_day_and_noticed_at_fifteen(world: World, sign_in: Open) -> None:
    office = sign_in(world.secretary)
    address = f"/members/{world.volunteer.person_id}/phone-reveals"
    statuses = [office.post(address, data={"reason": "抄一份"}).status_code for _ in range(100)]
    assert statuses == [200] * 30 + [429] * 70
    assert db.session.scalar(select(func.count(PhoneReveal.id))) == 30
    noticed = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "many_phones_seen")).all()
    assert len(noticed) == 1
    sign_in(world.clerk).post(address, data={"reason": "我是另一个人"}, expect=200)


def test_a_person_without_a_phone_has_nothing_to_reveal(world: World) -> None:
    with pytest.raises(DomainError):
        reveals.reveal_phone(person_id=world.resident.person_id, reason="看看", actor=world.secretary, now=NOW)


def test_teams_are_joined_and_left_without_doubles(world: World, sign_in: Open) -> None:
    office = sign_in(world.clerk)
    pid = world.volunteer.person_id
    for _ in range(2):
        office.post(f"/members/{pid}/teams", data={"team": " 黄帽子 "}, expect=303)
    [team] = people.teams_of([pid])[pid]
    assert directory.list_teams()[0].size == 1
    for _ in range(2):
        office.post(f"/members/{pid}/teams/{team.id}/closure", expect=303)
    assert people.teams_of([pid]) == {}
