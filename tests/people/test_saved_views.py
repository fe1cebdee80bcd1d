"""Views of the list under a name: one's own and the office's."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engage import people
from engage.core import tenancy
from engage.core.database import db, transaction
from engage.core.errors import DomainError, NotFound
from engage.people import saved
from engage.people.filters import Filters
from engage.people.models_lists import SavedView
from tests.conftest import World
from tests.make import NOW

FOUND = Filters(volunteer="yes", age="elder", sort="newest")


def save(world: World, name: str = "老志愿者", *, filters: Filters = FOUND, shared: bool = False) -> int:
    return saved.save_view(name=name, filters=filters, is_shared=shared, actor=world.secretary, now=NOW)


def seen_by(actor: Any) -> list[str]:
    return [view.name for view in saved.list_views(person_id=actor.person_id)]


def test_a_view_is_ones_own_until_it_is_shared(world: World) -> None:
    view_id = save(world)
    assert (seen_by(world.secretary), seen_by(world.clerk)) == (["老志愿者"], [])
    saved.change_view(view_id=view_id, name="老骨干", is_shared=True, actor=world.secretary)
    [shared] = saved.list_views(person_id=world.clerk.person_id)
    assert (shared.name, shared.owner, shared.filters) == ("老骨干", world.secretary.name, FOUND)


def test_the_words_typed_are_not_kept(world: World) -> None:
    """They are names of people, and a name that was erased must be nowhere (trust L8)."""
    save(world, filters=Filters(q="周桂芳", volunteer="yes"))
    with pytest.raises(DomainError):
        save(world, "只有字", filters=Filters(q="周桂芳"))
    assert [view.query for view in db.session.scalars(select(SavedView))] == ["volunteer=yes"]


def test_nobody_changes_or_removes_somebody_elses(world: World) -> None:
    view_id = save(world, shared=True)
    for actor in (world.clerk, world.leader):
        with pytest.raises(NotFound):
            saved.change_view(view_id=view_id, name="我的", is_shared=False, actor=actor)
        with pytest.raises(NotFound):
            saved.set_removed(view_id=view_id, at=NOW, actor=actor, now=NOW)
    with tenancy.scoped(world.liyuan.id):
        assert seen_by(world.outsider) == []
        with pytest.raises(NotFound):
            saved.set_removed(view_id=view_id, at=NOW, actor=world.outsider, now=NOW)
    assert seen_by(world.clerk) == ["老志愿者"]


def test_a_removed_view_comes_back(world: World) -> None:
    view_id = save(world, shared=True)
    saved.set_removed(view_id=view_id, at=NOW, actor=world.secretary, now=NOW)
    assert seen_by(world.secretary) == [] == seen_by(world.clerk)
    saved.set_removed(view_id=view_id, at=None, actor=world.secretary, now=NOW)
    assert seen_by(world.clerk) == ["老志愿者"]


def test_a_name_is_used_once(world: World) -> None:
    first = save(world)
    assert save(world) == first
    with pytest.raises(saved.NameInUse):
        save(world, filters=Filters(phone="no"))
    second = save(world, "没手机", filters=Filters(phone="no"))
    with pytest.raises(saved.NameInUse):
        saved.change_view(view_id=second, name="老志愿者", is_shared=False, actor=world.secretary)
    saved.set_removed(view_id=first, at=NOW, actor=world.secretary, now=NOW)
    saved.change_view(view_id=second, name="老志愿者", is_shared=False, actor=world.secretary)
    assert [view.filters for view in saved.list_views(person_id=world.secretary.person_id)] == [Filters(phone="no")]


def test_there_are_thirty_at_most(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "AT_MOST", 2)
    first = save(world, "一")
    save(world, "二")
    with pytest.raises(DomainError):
        save(world, "三")
    saved.set_removed(view_id=first, at=NOW, actor=world.secretary, now=NOW)
    save(world, "三")
    with pytest.raises(DomainError):
        saved.set_removed(view_id=first, at=None, actor=world.secretary, now=NOW)


def test_a_closed_account_takes_its_own_views_along(world: World) -> None:
    save(world)
    with transaction():
        people.erase(person_id=world.secretary.person_id, now=NOW)
    assert db.session.scalars(select(SavedView)).all() == []


def test_the_office_saves_renames_and_removes_without_a_script(world: World, sign_in: Any) -> None:
    office = sign_in(world.secretary)
    page = office.get("/members?volunteer=yes&age=elder", expect=200)
    assert {chip.get_text() for chip in page.soup.select(".chips[role=group] > a")} >= {
        "志愿者去掉这个条件",
        "70岁以上去掉这个条件",
    }
    done = office.submit(page.form("/members/views"), name="老志愿者", shared="yes", expect=303)
    assert "volunteer=yes" in done.headers["Location"]
    assert office.submit(page.form("/members/views"), name="x" * 31, expect=422).soup.select("[role=alert]")
    clerk = sign_in(world.clerk)
    assert "老志愿者" in clerk.get("/members", expect=200).text
    views = office.get("/members/views", expect=200)
    [view] = saved.list_views(person_id=world.secretary.person_id)
    office.submit(views.form(f"/members/views/{view.id}"), name="骨干", shared="yes", expect=303)
    office.submit(views.form(f"/members/views/{view.id}/removal"), expect=303)
    gone = office.get("/members/views", expect=200)
    assert "骨干" not in clerk.get("/members", expect=200).text
    office.submit(gone.form(f"/members/views/{view.id}/return"), expect=303)
    assert "骨干" in clerk.get("/members", expect=200).text
