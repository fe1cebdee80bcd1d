"""Many people at once, on the pages: ticked, named, confirmed, taken back."""

from __future__ import annotations

from typing import Any

from engage import people
from tests.conftest import World
from tests.make import make_person


def test_the_office_ticks_confirms_and_takes_back_without_a_script(world: World, sign_in: Any) -> None:
    office = sign_in(world.secretary)
    page = office.get("/members", expect=200)
    form = page.soup.select_one("form[data-picks]")
    assert form is not None
    office.get("/members/changes/new?act=team&scope=ticked", expect=303)
    ids = [world.volunteer.person_id, world.leader.person_id]
    asking = office.get(f"/members/changes/new?act=team&scope=ticked&person={ids[0]}&person={ids[1]}", expect=200)
    assert asking.soup.select("form[method=post][action='/members/changes']") == []
    address = f"/members/changes/new?act=team&person={ids[0]}&person={ids[1]}&new_team=红马甲"
    confirm = office.get(address, expect=200)
    assert "把2人加进“红马甲”" in confirm.text
    assert "周桂芳" in confirm.text
    done = office.submit(confirm.form("/members/changes"), expect=303)
    told = office.get(done.headers["Location"], expect=200)
    assert "把2人加进“红马甲”" in told.text
    assert [one.name for one in people.list_teams()] == ["红马甲"]
    back = office.submit(told.form(f"{done.headers['Location']}/undo"), expect=303)
    assert "已撤回" in office.get(back.headers["Location"], expect=200).text
    assert "红马甲" in office.get("/members/changes", expect=200).text
    assert people.list_teams()[0].size == 0


def test_a_list_that_changed_meanwhile_is_shown_again(world: World, sign_in: Any) -> None:
    office = sign_in(world.secretary)
    confirm = office.get("/members/changes/new?act=volunteer&scope=found&volunteer=no", expect=200)
    make_person(community=world.donghu, name="后来的人", is_volunteer=False)
    again = office.submit(confirm.form("/members/changes"), expect=422)
    assert again.soup.select("[role=alert]")
    assert "后来的人" in again.text
    office.submit(again.form("/members/changes"), expect=303)


def test_paper_for_everybody_found_is_the_paper_page(world: World, sign_in: Any) -> None:
    office = sign_in(world.secretary)
    answer = office.get("/members/changes/new?act=slips&scope=found&q=周", expect=303)
    assert "周桂芳" in office.get(answer.headers["Location"], expect=200).text
    some = office.get(f"/members/changes/new?act=cards&person={world.leader.person_id}", expect=303)
    page = office.get(some.headers["Location"], expect=200)
    assert "王建明" in page.text
    assert "周桂芳" not in page.text
