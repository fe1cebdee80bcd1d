"""An import with everything an undo has to think of, made the same in two communities."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engage import people, places
from engage.core import database
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.core.tenancy import CommunityCard
from engage.people.models import RoleGrant, Tenancy
from engage.roster import importing, turns
from engage.roster.commands import stage
from engage.roster.models import RosterChange
from engage.roster.undo import begin
from engage.roster.undo_parts import Undone, UndoRun, take_part
from tests import make
from tests.make import NOW
from tests.roster.importing import everything, named, put_in, roll
from tests.roster.make_workbooks import make_xlsx

HOUR = timedelta(hours=1)
LATER = NOW + HOUR
#: a run that wrote last at `LATER` is dead by then
MUCH_LATER = LATER + turns.DEAD_AFTER

KNOWN, PEOPLE = 6, 25


def name(number: int) -> str:
    return f"张{chr(0x4E00 + number)}"


def house(*, full: bool) -> bytes:
    """Return the list of residents: short and with little about six of them, or full."""
    rows: list[list[Any]] = [["网格", "姓名", "手机", "住址", "队伍"]]
    rows += [
        [
            f"第{1 + (n >= 12)}网格", name(n), f"1380013{n:04d}" if full else None, f"{n // 6 + 1}栋{n // 3 + 101}",
            "红马甲" if full and n % 2 else None,
        ]
        for n in range(PEOPLE if full else KNOWN)
    ]  # fmt: skip
    officers = [["网格", "网格员", "电话"], ["第1网格", name(1), "13800130001"], ["第2网格", "余正华", None]]
    return make_xlsx({"名单": rows, "网格员": officers} if full else {"名单": rows})


def found(slug: str) -> CommunityCard:
    return places.found_community(name=f"{slug}社区", slug=slug, now=NOW)


def import_with_consequences() -> int:
    """Return an import by now: six were known before, two newcomers signed in, one moved in elsewhere, one has a new phone."""
    put_in(house(full=False), actor=None, now=NOW - HOUR)
    batch_id = stage(content=house(full=True), filename="名单.xlsx", actor=None, now=NOW)
    outcome = importing.confirm(batch_id=batch_id, revision=1, actor=None, now=NOW)
    assert (outcome.people, outcome.changed, outcome.posts) == (PEOPLE - KNOWN, KNOWN, 2), outcome
    for number in (10, 23):
        make.open_device(people.actor_of(named(name(number))), now=LATER)
    with transaction() as session:
        home = places.find_unit_by_label("3栋106")
        assert home is not None
        session.add(Tenancy(person_id=named(name(0)).id, unit_id=home.id, role="tenant", verified_at=LATER))
        for column, value in people.phones.phone_columns("13900139000", community_id=home.community_id).items():
            setattr(named(name(3)), column, value)
    return batch_id


def state() -> tuple[Any, ...]:
    """Everything an undo may touch, without ids; the roles in force apart."""
    db.session.expire_all()
    in_force = select(RoleGrant.role).where(RoleGrant.ended_at.is_(None)).order_by(RoleGrant.role)
    changes = len(db.session.scalars(select(RosterChange.id)).all())
    return roll(), everything(), db.session.scalars(in_force).all(), changes, people.team_names()


def audit_lines() -> list[dict[str, Any]]:
    lines = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "roster_undone")).all()
    return [line.facts for line in lines]


def to_the_end(begun: Undone | UndoRun, take: Any, **how: Any) -> Undone:
    while isinstance(begun, UndoRun):
        begun = take(begun, **how) or begun
    return begun


def begun(batch_id: int, *, parts: int = 0) -> UndoRun:
    """Return an undo that took so many parts."""
    run = begin(batch_id=batch_id, actor=None, now=LATER)
    assert isinstance(run, UndoRun)
    for _part in range(parts):
        assert take_part(run, now=LATER) is None
    return run


@contextmanager
def power_cut() -> Iterator[None]:
    """Cut the power at the last moment of a transaction: all of it is done, and it is not yet for good."""

    def fail(_session: object) -> None:
        raise RuntimeError("the power went")

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(database, "_act_last", fail)
        yield
