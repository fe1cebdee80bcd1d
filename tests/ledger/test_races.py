"""C2, C4: several phones at once get exactly what is there, on the real database."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from engage import ledger
from engage.core.database import transaction
from engage.core.errors import DomainError
from tests.conftest import World
from tests.ledger.conftest import Points
from tests.make import NOW
from tests.races import at_once


def test_c2_fifty_phones_of_one_member_with_points_for_three(app: Flask, world: World, points: Points) -> None:
    points.award(35)

    def reserve(number: int) -> Callable[[], object]:
        def act() -> object:
            with transaction():
                return ledger.hold(
                    person_id=points.person_id, points=10, source=f"race:{number}", memo="", actor_id=None, now=NOW
                )

        return act

    answers = at_once(app, world.donghu.id, [reserve(number) for number in range(50)])
    assert sum(isinstance(answer, ledger.EntryReceipt) for answer in answers) == 3
    assert sum(isinstance(answer, ledger.NotEnoughPoints) for answer in answers) == 47
    assert points.balance() == (5, 30)
    assert ledger.verify() == []


def test_the_very_first_entries_of_a_community_may_come_at_once(app: Flask, world: World, points: Points) -> None:
    people = (world.volunteer, world.neighbour, world.leader, world.spouse)
    acts = [
        lambda person=person: points.award(5, source=f"first:{person.person_id}", person_id=person.person_id)
        for person in people
    ]
    answers = at_once(app, world.donghu.id, acts)
    assert sorted(answer.seq for answer in answers) == [1, 2, 3, 4]
    assert ledger.verify() == []


def test_the_same_source_from_eight_phones_pays_once(app: Flask, world: World, points: Points) -> None:
    answers = at_once(app, world.donghu.id, [lambda: points.award(5, source="session:1") for _phone in range(8)])
    assert len(set(answers)) == 1
    assert points.balance() == (5, 0)


def test_c4_six_racers_correct_an_entry_once(app: Flask, world: World, points: Points) -> None:
    award = points.award(40)
    answers = at_once(app, world.donghu.id, [lambda: points.reverse(award.entry_id) for _racer in range(6)])
    assert sum(isinstance(answer, ledger.EntryReceipt) for answer in answers) == 1
    assert sum(isinstance(answer, DomainError) for answer in answers) == 5
    assert points.balance() == (0, 0)
    assert ledger.verify() == []
