"""A family: the volunteer, a child of twelve and a youth of sixteen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

import pytest

from engage import activities, guardians
from engage.activities.queries import ShiftCard
from engage.core.access import Actor
from tests.activities.conftest import make_shift
from tests.conftest import World
from tests.make import NOW, make_person


@dataclass(kw_only=True)
class Family:
    """`bond` ties the volunteer to the child; nobody has said yes yet."""

    parent: Actor
    child: Actor
    youth: Actor
    bond: int
    youth_bond: int


def tie(world: World, *, minor: Actor, guardian: Actor, signed: bool = False) -> int:
    """Let the office write a guardian down."""
    return guardians.link(
        minor_id=minor.person_id,
        guardian_no=guardian.member_no,
        kind="parent",
        signed=signed,
        actor=world.clerk,
        now=NOW,
    )


@pytest.fixture
def family(world: World) -> Family:
    """Return the family."""
    child = make_person(community=world.donghu, name="周小满", birth_year=2014)
    youth = make_person(community=world.donghu, name="周立夏", birth_year=2010)
    return Family(
        parent=world.volunteer,
        child=child,
        youth=youth,
        bond=tie(world, minor=child, guardian=world.volunteer),
        youth_bond=tie(world, minor=youth, guardian=world.volunteer),
    )


@pytest.fixture
def afternoon(world: World) -> ShiftCard:
    """A patrol this evening that is over at nine sharp."""
    return make_shift(actor=world.secretary, leader_no=world.leader.member_no, starts=time(19, 30), ends=time(21, 0))


@pytest.fixture
def night(world: World) -> ShiftCard:
    """Tonight's patrol until half past nine."""
    return make_shift(actor=world.secretary, leader_no=world.leader.member_no)


def said(minor: Actor, shift: ShiftCard) -> str | None:
    """Return what stands in the book about a minor and a shift."""
    return activities.sign_up_states(person_id=minor.person_id, shift_ids=[shift.id]).get(shift.id)
