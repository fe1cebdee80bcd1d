"""Making two entries one, and two again. One transaction each, in one order of locks: roll, sessions, shifts, the book."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from engage import activities, attendance, awards, guardians, ledger, people
from engage.core import audit
from engage.core.access import Actor
from engage.core.database import require_transaction, transaction
from engage.core.errors import N_, NotFound
from engage.core.fence import get_in_scope
from engage.merging import queries, rules
from engage.merging.models import NotSame, PersonMerge
from engage.merging.queries import MergeCard
from engage.merging.rules import MergeRefused, UndoRefused


def merge(
    *,
    survivor_id: int,
    merged_id: int,
    facts: Collection[str],
    reason: str,
    seen: str,
    actor: Actor,
    now: datetime,
) -> MergeCard:
    """Make two entries one: points, hours, teams, household ties and sign-ups follow the one that stays.

    `facts` are those taken from the entry that goes; `seen` is `Comparison.seen` of the page that was confirmed. Its cards
    and sign-ins are dead at once. Roles do not move. The same pair again gives the first answer.
    Raises `MergeRefused`, `ledger.HoldsOpen`, `Forbidden`, `NotFound`; then nothing has changed.
    """
    if not reason:
        raise MergeRefused(N_("写一句怎么知道是同一个人"), field="reason")
    with transaction() as session:
        people.roll_in_turn()
        if done := _standing(merged_id, survivor_id=survivor_id):
            return done
        _ensure_may(survivor_id, merged_id, actor=actor, now=now)
        page = queries.compare(survivor_id=survivor_id, merged_id=merged_id, now=now)
        if page.seen != seen:
            raise MergeRefused(N_("这两条刚才变了。再看一眼，还是同一个人就再点一次"))
        row = PersonMerge(
            merged_id=merged_id,
            survivor_id=survivor_id,
            reason=reason[:120],
            facts=sorted(set(facts) & set(page.differ)),
            details={},
            ledger_seq=0,
            points=0,
            merged_by=actor.person_id,
            merged_at=now,
        )
        session.add(row)
        session.flush()
        _join(row, actor=actor, now=now)
        audit.record(
            "persons_merged",
            actor=actor,
            subject=f"person:{survivor_id}",
            now=now,
            merged=merged_id,
            points=row.points,
            facts=row.facts,
        )
        session.flush()
        return queries.card_of(row)


def _standing(merged_id: int, *, survivor_id: int) -> MergeCard | None:
    statement = select(PersonMerge).where(
        PersonMerge.merged_id == merged_id, PersonMerge.survivor_id == survivor_id, PersonMerge.undone_at.is_(None)
    )
    row = require_transaction().scalar(statement)
    return queries.card_of(row) if row else None


def _ensure_may(survivor_id: int, merged_id: int, *, actor: Actor, now: datetime) -> None:
    stays, goes = people.get_person(survivor_id), people.get_person(merged_id)
    rules.ensure_pair(survivor_id=survivor_id, merged_id=merged_id, standings=(stays.status, goes.status))
    people.ensure_office_may(survivor_id, actor)
    rules.ensure_somebody_else(
        actor_id=actor.person_id,
        pair=(survivor_id, merged_id),
        actor_home=people.household_of(actor.person_id),
        homes=(people.household_of(survivor_id), people.household_of(merged_id)),
    )
    if ways := queries.duties_of(merged_id, other_id=survivor_id, now=now):
        raise MergeRefused(N_("要并掉的这一条，%(way)s"), way=ways[0])


def _join(row: PersonMerge, *, actor: Actor, now: datetime) -> None:
    pair = {"from_id": row.merged_id, "to_id": row.survivor_id}
    shortened = attendance.give_way(**pair)
    twice = awards.paid_twice({one["session_id"]: one["left"] for one in shortened})
    sign_ups = activities.move_sign_ups(**pair, actor=actor, now=now)
    row.ledger_seq = ledger.lock_for_merge()
    row.points = ledger.carry_over(
        **pair,
        source=f"merge:{row.id}",
        actor_id=actor.person_id,
        now=now,
        paid_twice=twice,
    )
    bonds = guardians.move_bonds(**pair)
    people.swap_facts(survivor_id=row.survivor_id, merged_id=row.merged_id, facts=row.facts)
    moved = people.fold_into(**pair, actor=actor, reason=row.reason, now=now)
    earlier = people.become_alias(person_id=row.merged_id, survivor_id=row.survivor_id, now=now)
    row.details = {
        "shortened": shortened,
        "sign_ups": sign_ups,
        "bonds": bonds,
        "moved": moved,
        "earlier": earlier,
    }


def undo(*, merge_id: int, actor: Actor, now: datetime) -> MergeCard:
    """Make the two entries two again, within seven days; each has what it had. Twice is once.

    Raises `UndoRefused` when it is too late, when points that came along were used, when either is gone for good or was
    merged once more, `Forbidden`, `NotFound`; then nothing has changed.
    """
    with transaction() as session:
        people.roll_in_turn()
        row = get_in_scope(PersonMerge, merge_id, lock=True)
        if row.undone_at is not None:
            return queries.card_of(row)
        _ensure_undoable(row, actor=actor, now=now)
        pair = {"from_id": row.merged_id, "to_id": row.survivor_id}
        details = row.details
        attendance.take_their_time_back(details["shortened"])
        activities.move_sign_ups_back(details["sign_ups"], **pair)
        if used := ledger.what_blocks_going_back(**pair, since_seq=row.ledger_seq):
            raise UndoRefused(N_("并过来的分已经用掉%(used)s分，撤不回来了"), used=used)
        ledger.carry_back(**pair, since_seq=row.ledger_seq, actor_id=actor.person_id, now=now)
        guardians.move_bonds_back(details["bonds"], **pair)
        people.end_alias(person_id=row.merged_id, earlier=details["earlier"])
        people.swap_facts(survivor_id=row.survivor_id, merged_id=row.merged_id, facts=row.facts)
        people.unfold(details["moved"], **pair, actor=actor, reason="", now=now)
        row.undone_at, row.undone_by = now, actor.person_id
        session.flush()
        audit.record("merge_undone", actor=actor, subject=f"person:{row.survivor_id}", now=now, merged=row.merged_id)
        return queries.card_of(row)


def _ensure_undoable(row: PersonMerge, *, actor: Actor, now: datetime) -> None:
    rules.ensure_in_time(merged_at=row.merged_at, undone_at=row.undone_at, now=now)
    if actor.person_id in {row.merged_id, row.survivor_id}:
        raise UndoRefused(N_("自己的登记，请另一位工作人员来撤销"))
    people.ensure_office_may(row.survivor_id, actor)
    if people.is_erased(people.get_person(row.survivor_id)) or people.is_erased(people.get_person(row.merged_id)):
        raise UndoRefused(N_("本人已经注销账户，撤不回来了"))
    if people.find_survivor(row.merged_id) != row.survivor_id:
        raise UndoRefused(N_("留下的那一条后来又并到了别处。先撤销那一次，再来撤这一次"))


def say_two(*, first_id: int, second_id: int, actor: Actor, now: datetime) -> None:
    """Keep that two entries are two people; the pair is not suggested again. Twice is once. Raises `NotFound`."""
    with transaction() as session:
        people.roll_in_turn()
        low, high = sorted((people.get_person(first_id).id, people.get_person(second_id).id))
        if low == high:
            raise NotFound
        if session.scalar(select(NotSame.id).where(NotSame.first_id == low, NotSame.second_id == high)) is None:
            session.add(NotSame(first_id=low, second_id=high, said_by=actor.person_id, said_at=now))
            audit.record("persons_are_two", actor=actor, subject=f"person:{low}", now=now, other=high)


def forget_reasons(person_id: int) -> None:
    """Empty the reasons of merges about somebody who leaves for good, inside the caller's transaction."""
    session = require_transaction()
    either = (PersonMerge.survivor_id == person_id) | (PersonMerge.merged_id == person_id)
    for row in session.scalars(select(PersonMerge).where(either)):
        row.reason = ""
    session.flush()
