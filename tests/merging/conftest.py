"""One neighbour who stands on the roll twice, and everything that can hang on somebody, to compare before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from engage import attendance, awards, ledger, people
from engage.core import clock
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.ledger.models import Account, Lot
from engage.merging import commands, queries
from engage.merging.queries import MergeCard
from engage.people import membership
from engage.people.models import Medium, Membership, Person, Tenancy
from tests.awards.conftest import MORNING
from tests.conftest import World
from tests.make import NOW, make_person

PERSON_FACTS = ("name", "pinyin", "phone_index", "phone_last4", "birth_year", "unit_id", "languages", "is_volunteer")


@dataclass(kw_only=True)
class Pair:
    """`kept` stays, `gone` is merged into it; both are 孙玉梅."""

    kept: Actor
    gone: Actor


@pytest.fixture
def pair(world: World) -> Pair:
    gone = make_person(
        community=world.donghu, name="孙玉梅", phone="13600002299", unit="桂园5栋1单元303", birth_year=1958
    )
    return Pair(kept=world.neighbour, gone=gone)


def pay(who: Actor, points: int, *, on: date | None = None, source: str, now: datetime = NOW) -> None:
    """Give points that were earned on a day."""
    with transaction():
        ledger.post_award(
            person_id=who.person_id,
            points=points,
            source=source,
            memo="夜巡",
            earned_on=on or clock.local_date(now),
            actor_id=None,
            approver_id=1,
            now=now,
        )


def merged(
    pair: Pair, world: World, *, facts: tuple[str, ...] = (), now: datetime = NOW, by: Actor | None = None
) -> MergeCard:
    """Merge as the page would."""
    seen = queries.compare(survivor_id=pair.kept.person_id, merged_id=pair.gone.person_id, now=now).seen
    return commands.merge(
        survivor_id=pair.kept.person_id,
        merged_id=pair.gone.person_id,
        facts=facts,
        reason="本人带着两张证来了",
        seen=seen,
        actor=by or world.clerk,
        now=now,
    )


def undone(card: MergeCard, world: World, *, now: datetime = NOW) -> None:
    commands.undo(merge_id=card.id, actor=world.clerk, now=now)


def join(world: World, who: int, team: str) -> None:
    membership.join_team(person_id=who, team_name=team, actor=world.clerk, now=NOW)


def approve(session: attendance.SessionCard, *, by: Actor) -> awards.AwardReceipt:
    """Approve minutes of somebody who had not signed up: that wants a word."""
    return awards.approve_and_award(session_id=session.id, actor=by, now=MORNING, reason="队长看见了")


def available(who: Actor, *, now: datetime = NOW) -> int:
    db.session.rollback()
    return ledger.balance_of(person_id=who.person_id, now=now).available


def lots(who: Actor) -> list[tuple[date, int]]:
    """Return (last good day, points) of every lot that holds points."""
    db.session.rollback()
    statement = select(Lot.expires_on, Lot.remaining).join(Account, Account.id == Lot.account_id)
    mine = statement.where(Account.person_id == who.person_id, Lot.remaining > 0)
    return sorted((row.expires_on, row.remaining) for row in db.session.execute(mine))


def picture(*persons: Actor) -> dict[str, Any]:
    """Return all that undo∘merge must leave as it was."""
    db.session.rollback()
    db.session.expire_all()
    return {person.name + str(person.member_no): _picture_of(person) for person in persons}


def _picture_of(person: Actor) -> dict[str, Any]:
    pid, row = person.person_id, people.get_person(person.person_id)
    balance = ledger.balance_of(person_id=pid)

    def own(model: Any, *columns: Any) -> list[Any]:
        return sorted(map(tuple, db.session.execute(select(*columns).where(model.person_id == pid))), key=str)

    return {
        "facts": {name: getattr(row, name) for name in (*PERSON_FACTS, "status")},
        "phone": people.unsealed_phone(row),
        "balance": (balance.available, balance.held, balance.owed),
        "lots": lots(person),
        "teams": own(Membership, Membership.id, Membership.team_id),
        "ties": own(Tenancy, Tenancy.id, Tenancy.unit_id, Tenancy.role, Tenancy.verified_at),
        "cards": own(Medium, Medium.id, Medium.version, Medium.revoked_at),
        "sessions": [(card.id, card.minutes, card.flags, card.state) for card in attendance.sessions_of_person(pid)],
        "selves": people.selves_of(pid),
        "survivor": people.find_survivor(pid),
    }


__all__ = ["Pair", "Person", "approve", "available", "join", "lots", "merged", "pair", "pay", "picture", "undone"]
