"""The office's pages: suggestions, two entries side by side, what was merged, the way back."""

from __future__ import annotations

from collections.abc import Callable

from engage import people
from engage.core.access import Actor
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import make_person
from tests.merging.conftest import Pair, merged, pay

Open = Callable[[Actor], CheckingClient]


def test_from_the_suggestion_to_the_merge_and_back(world: World, pair: Pair, sign_in: Open) -> None:
    pay(pair.gone, 20, source="b")
    twin = make_person(community=world.donghu, name="孙玉梅", phone="13600002285")
    office = sign_in(world.clerk)
    listed = office.get("/members/duplicates", expect=200)
    assert "同名，手机也一样" in listed.text
    kept, gone = pair.kept.person_id, pair.gone.person_id
    page = office.get(f"/members/{kept}/merging/{gone}", expect=200)
    assert f"并进编号{pair.kept.member_no:04d}" in page.text
    assert "20分跟过来" in page.text
    refused = office.submit(page.form(f"/merging/{gone}"), expect=422, **{"fact-home": "goes"})
    assert "怎么知道是同一个人" in refused.text
    assert refused.soup.select_one('input[name="fact-home"][value="goes"]').has_attr("checked")  # type: ignore[union-attr]
    done = office.submit(refused.form(f"/merging/{gone}"), expect=303, reason="带着两张证来了", **{"fact-home": "goes"})
    again = office.submit(page.form(f"/merging/{gone}"), expect=303, reason="带着两张证来了")
    assert again.headers["Location"] == done.headers["Location"]
    shown = office.get(done.headers["Location"], expect=200)
    assert "带着两张证来了" in shown.text
    assert "重印证件" in shown.text
    home = people.get_person(kept).unit_id
    office.submit(shown.form("/reversal"), expect=303)
    assert people.get_person(kept).unit_id != home
    office.submit(listed.form(f"/merging/{twin.person_id}/dismissal"), expect=303)
    assert "没有看着重复的登记" in office.get("/members/duplicates", expect=200).text


def test_two_numbers_open_any_pair(world: World, pair: Pair, sign_in: Open) -> None:
    office = sign_in(world.clerk)
    numbers = f"first={pair.kept.member_no}&second={pair.gone.member_no}"
    found = office.get(f"/members/duplicates?{numbers}", expect=303)
    assert found.headers["Location"].endswith(f"/members/{pair.kept.person_id}/merging/{pair.gone.person_id}")
    assert "两个不同的" in office.get("/members/duplicates?first=6&second=6", expect=422).refusal
    assert "两个不同的" in office.get("/members/duplicates?first=abc&second=9999999999", expect=422).refusal


def test_who_cannot_go_is_told_why_before_anything_is_sent(world: World, pair: Pair, sign_in: Open) -> None:
    page = sign_in(world.clerk).get(f"/members/{pair.kept.person_id}/merging/{world.leader.person_id}", expect=200)
    assert "有职务" in page.text
    assert page.soup.select_one(f'main a[href="/members/{world.leader.person_id}"]') is not None
    assert page.soup.select_one("button.btn-bad").has_attr("disabled")  # type: ignore[union-attr]


def test_the_community_next_door_and_the_grid_officer_merge_nobody(world: World, pair: Pair, sign_in: Open) -> None:
    card = merged(pair, world)
    for who, status in ((world.outsider, 404), (world.leader, 403), (world.volunteer, 403)):
        browser = sign_in(who)
        for address in (f"/members/{pair.kept.person_id}/merging/{pair.gone.person_id}", f"/members/merges/{card.id}"):
            browser.get(address, expect=status)
        browser.post(f"/members/merges/{card.id}/reversal", expect=status)


def test_both_see_it_in_their_own_data(world: World, pair: Pair, sign_in: Open) -> None:
    merged(pair, world)
    page = sign_in(pair.kept).get("/me/data", expect=200)
    assert f"编号{pair.gone.member_no:04d}也是您" in page.text


def test_the_pages_are_there_in_english(world: World, pair: Pair, sign_in: Open) -> None:
    office = sign_in(world.clerk)
    office.set_cookie("lang", "en")
    assert "Is it one person?" in office.get(f"/members/{pair.kept.person_id}/merging/{pair.gone.person_id}").text
    card = merged(pair, world)
    assert "Undo the merge" in office.get(f"/members/merges/{card.id}", expect=200).text
    assert "Duplicates" in office.get("/members/duplicates", expect=200).text


def test_the_list_does_not_ask_once_per_pair(
    world: World, pair: Pair, sign_in: Open, count_queries: Callable[..., object]
) -> None:
    office = sign_in(world.clerk)

    def asked() -> int:
        with count_queries() as statements:  # type: ignore[attr-defined]
            office.get("/members/duplicates", expect=200)
        return len(statements)

    make_person(community=world.donghu, name="马文斌", birth_year=1960)
    make_person(community=world.donghu, name="马文斌", birth_year=1960)
    few = asked()
    for _ in range(4):
        make_person(community=world.donghu, name="马文斌", birth_year=1960)
    assert asked() == few
    assert few <= 12
