"""Undo of a whole import within 24 hours (issue "People and places", Roster)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engage import people, places
from engage.core.access import Role
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.people.models import Person, RoleGrant
from engage.roster import history, queries, rules
from engage.roster.undo import undo
from engage.roster.undo_parts import Undone
from tests import make
from tests.conftest import World, counted_queries
from tests.make import NOW
from tests.roster.importing import LATER, everything, imported, named, put_in, staged
from tests.roster.make_workbooks import LONGMA, SMALL, make_xlsx


def test_everything_an_import_made_goes_and_nothing_else(world: World) -> None:
    before = everything()
    batch_id = imported(world)
    assert undo(batch_id=batch_id, actor=world.secretary, now=LATER) == Undone(
        people=4, kept=0, units=3, places=4, teams=2, offices=0
    )
    assert everything() == before


def test_a_second_undo_is_the_first(world: World) -> None:
    batch_id = imported(world)
    first = undo(batch_id=batch_id, actor=world.secretary, now=LATER)
    put_in(make_xlsx({"名单": SMALL}), actor=world.secretary, now=LATER)
    before = everything()
    assert undo(batch_id=batch_id, actor=world.secretary, now=LATER + timedelta(days=2)) == first
    assert everything() == before
    assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "roster_undone")).all()) == 1


def test_the_same_file_goes_in_again_after_an_undo(world: World) -> None:
    batch_id = imported(world)
    after_import = everything()
    undo(batch_id=batch_id, actor=world.secretary, now=LATER)
    assert put_in(make_xlsx({"名单": SMALL}), actor=world.secretary, now=LATER).people == 4
    assert everything() == after_import


def test_the_same_file_goes_in_again_also_when_somebody_stayed(world: World) -> None:
    """With one grid of two left, the rows of the other would be held back as unknown."""
    batch_id = imported(world)
    after_import = everything()
    make.open_device(people.actor_of(named("吴明宇")), now=LATER)
    undo(batch_id=batch_id, actor=world.secretary, now=LATER)
    again = put_in(make_xlsx({"名单": SMALL}), actor=world.secretary, now=LATER)
    assert (again.people, again.unchanged, again.held_back) == (3, 1, 1)
    assert everything() == after_import


def test_from_the_twenty_fourth_hour_on_an_import_stays(world: World) -> None:
    batch_id = imported(world)
    before = everything()
    with pytest.raises(rules.TooLate):
        undo(batch_id=batch_id, actor=world.secretary, now=NOW + timedelta(hours=24))
    assert everything() == before
    undo(batch_id=batch_id, actor=world.secretary, now=NOW + timedelta(hours=24, seconds=-1))
    assert everything() != before


def test_what_was_never_imported_cannot_be_undone(world: World) -> None:
    with pytest.raises(rules.UndoRefused):
        undo(batch_id=staged(world), actor=world.secretary, now=NOW)


def test_offices_end_and_only_the_secretary_takes_them_back(world: World) -> None:
    batch_id = imported(world, LONGMA.read_bytes())
    officer = queries.get_batch(batch_id, now=NOW).made or {}
    kept = db.session.scalars(select(RoleGrant.person_id).where(RoleGrant.id == officer["grants"][0])).one()
    make.open_device(people.actor_of(people.get_person(kept)), now=LATER)
    with pytest.raises(rules.UndoRefused):
        undo(batch_id=batch_id, actor=world.clerk, now=LATER)
    assert undo(batch_id=batch_id, actor=world.secretary, now=LATER).offices == 1
    left = select(RoleGrant.id).where(RoleGrant.role == Role.GRID_OFFICER.value, RoleGrant.ended_at.is_(None))
    assert db.session.scalars(left).all() == []


def test_longma_is_undone_in_few_statements_and_named_in_fewer(world: World) -> None:
    before = everything()
    batch_id = imported(world, LONGMA.read_bytes())
    with counted_queries() as statements:
        plan = history.plan_undo(queries.get_batch(batch_id, now=LATER))
    assert (plan.going, plan.staying, len(statements)) == (1089, 0, 6)
    with counted_queries() as statements:
        assert undo(batch_id=batch_id, actor=world.secretary, now=LATER).people == 1089
    assert len(statements) < 40
    assert everything() == before


def test_ids_and_member_numbers_are_not_given_out_twice(world: World) -> None:
    """A printed card of somebody who went must not open the page of somebody who came."""
    batch_id = imported(world)
    gone = people.persons_of((queries.get_batch(batch_id, now=NOW).made or {})["persons"])
    cards = {people.card_token(person_id) for person_id in gone}
    numbers = {person.member_no for person in gone.values()}
    undo(batch_id=batch_id, actor=world.secretary, now=LATER)
    put_in(make_xlsx({"名单": SMALL}), actor=world.secretary, now=LATER)
    with transaction():  # two in one go, the first one's tie not written yet when the second is numbered
        home = places.add_unit(label="桂园9栋101", building_id=None, grid_id=None)
        for name in ("甲", "乙"):
            people.settle(person=people.enrol(name=name, phone=None, now=NOW), unit_id=home.id)
    one_more = make.make_person(community=world.donghu, name="新来的")
    came = list(db.session.scalars(select(Person).where(Person.created_at >= LATER)))
    assert len(came) == 4
    assert ({person.id for person in came} | {one_more.person_id}) & gone.keys() == set()
    assert {person.member_no for person in came} & numbers == set()
    assert one_more.member_no not in numbers
    assert all(people.find_by_card(str(card)) is None for card in cards)
