"""The office's pages and the guardian's; nothing public names a minor."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engage import topics
from engage.activities.queries import ShiftCard
from engage.core.access import Actor
from engage.guardians import commands
from tests.client import CheckingClient
from tests.conftest import World
from tests.guardians.conftest import Family, said, tie
from tests.make import NOW, make_person

Open = Callable[[Actor], CheckingClient]


def test_the_office_writes_a_guardian_down_and_the_guardian_says_yes(
    world: World, family: Family, afternoon: ShiftCard, sign_in: Open
) -> None:
    office, phone = sign_in(world.clerk), sign_in(world.spouse)
    page = office.get(f"/members/{family.child.person_id}/guardians", expect=200)
    refused = office.submit(page.form("/guardians"), expect=422, guardian_no="9999")
    assert "没有这个编号" in refused.refusal
    assert 'value="9999"' in refused.text
    done = office.submit(
        page.form("/guardians"), expect=303, guardian_no=str(world.spouse.member_no), kind="grandparent"
    )
    assert "等监护人同意" in office.get(done.headers["Location"], expect=200).text
    listed = phone.get("/me/children", expect=200)
    assert "周小满" in listed.text
    bond = listed.text.split("/me/children/")[1].split('"')[0]
    asked = phone.get(f"/me/children/{bond}", expect=200)
    assert "可以报的" not in asked.text
    phone.submit(asked.form("/confirmation"), expect=303)
    child = phone.get(f"/me/children/{bond}", expect=200)
    phone.submit(child.form("/sign-ups"), expect=303)
    assert said(family.child, afternoon) == "joined"
    phone.submit(phone.get(f"/me/children/{bond}").form("/withdrawals"), expect=303)
    assert said(family.child, afternoon) == "cannot_come"
    phone.submit(phone.get(f"/me/children/{bond}").form("/closure"), expect=303)
    phone.get(f"/me/children/{bond}", expect=404)


def test_a_night_patrol_is_not_offered_and_is_refused_when_asked_for(
    world: World, family: Family, night: ShiftCard, sign_in: Open
) -> None:
    commands.confirm_own(bond_id=family.bond, actor=family.parent, now=NOW)
    phone = sign_in(family.parent)
    page = phone.get(f"/me/children/{family.bond}", expect=200)
    assert "桂园片区夜巡" not in page.text
    refused = phone.post(f"/me/children/{family.bond}/sign-ups", data={"shift_id": str(night.id)}, expect=422)
    assert "九点" in refused.refusal


def test_somebody_elses_child_is_nobodys(world: World, family: Family, afternoon: ShiftCard, sign_in: Open) -> None:
    for who in (world.neighbour, world.secretary, world.outsider):
        browser = sign_in(who)
        browser.get(f"/me/children/{family.bond}", expect=404)
        for act in ("confirmation", "sign-ups", "withdrawals", "closure"):
            data = {"shift_id": str(afternoon.id)}
            browser.post(f"/me/children/{family.bond}/{act}", data=data, expect=404)


def test_the_minors_of_the_roll_with_those_who_lack_a_yes(
    world: World, family: Family, sign_in: Open, count_queries: Callable[..., object]
) -> None:
    commands.confirm_own(bond_id=family.bond, actor=family.parent, now=NOW)
    office = sign_in(world.clerk)
    page = office.get("/members/minors", expect=200)
    assert "周小满" in page.text
    assert page.text.count("缺监护人同意") == 1
    with count_queries() as few:  # type: ignore[attr-defined]
        office.get("/members/minors", expect=200)
    for number in range(12):
        minor = make_person(community=world.donghu, name=f"周{number}", birth_year=2012)
        tie(world, minor=minor, guardian=world.spouse)
    with count_queries() as many:  # type: ignore[attr-defined]
        office.get("/members/minors", expect=200)
    assert len(many) == len(few)
    with count_queries() as own:  # type: ignore[attr-defined]
        sign_in(world.spouse).get("/me/children", expect=200)
    assert len(own) <= 8


def test_the_pages_are_there_in_english(world: World, family: Family, afternoon: ShiftCard, sign_in: Open) -> None:
    commands.confirm_own(bond_id=family.bond, actor=family.parent, now=NOW)
    office, phone = sign_in(world.clerk), sign_in(family.parent)
    for browser in (office, phone):
        browser.set_cookie("lang", "en")
    assert "Minors" in office.get("/members/minors", expect=200).text
    assert "Guardians" in office.get(f"/members/{family.child.person_id}/guardians", expect=200).text
    assert "My children" in phone.get("/me/children", expect=200).text
    assert "Take back" in phone.get(f"/me/children/{family.bond}", expect=200).text


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(alphabet="欧阳司马慕容诸葛上官令狐东方轩辕皇甫尉迟", min_size=2, max_size=4),
    born=st.integers(2008, 2020),
)
def test_no_public_page_and_no_list_for_all_names_a_minor(
    world: World, client: CheckingClient, sign_in: Open, name: str, born: int
) -> None:
    """service-points §5.7: whatever a minor does, only the surname stands where everybody can read."""
    minor = make_person(community=world.donghu, name=f"小{name}", birth_year=born, unit="桂园9栋1单元101")
    filed = topics.file_topic(
        title=f"楼下要一个{len(name)}人座的长椅",
        body="",
        is_named=True,
        actor=minor,
        key=f"{name}{born}",
        now=NOW,
    )
    topics.admit_topic(topic_id=filed, actor=world.secretary, now=NOW)
    public = [client.get(address, expect=200).text for address in ("/", "/c/donghu")]
    neighbour = sign_in(world.neighbour)
    everybodys = [neighbour.get(address, expect=200).text for address in ("/topics", "/topics?tab=seconding", "/")]
    assert "小*" in everybodys[0]
    assert not [page for page in (*public, *everybodys) if f"小{name}" in page]
