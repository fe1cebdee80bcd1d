"""Writing trainings down, revoking them, and asking whether somebody is trained."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import people
from engage.core import audit, clock, idempotency
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import N_, NotFound
from engage.core.fence import get_in_scope
from engage.teams import rules
from engage.teams.models_training import Qualification
from engage.teams.rules import Held, NotQualified, TrainingRefused
from engage.teams.words import training_word


@dataclass(frozen=True, kw_only=True)
class TrainingDay:
    """One training and who took part. `expires_on` is the first day on which it counts no more."""

    kind: str
    trained_on: date
    expires_on: date | None
    giver_id: int | None
    given_by: str
    note: str
    person_ids: tuple[int, ...]


def record_training(*, training: TrainingDay, actor: Actor, key: str, now: datetime) -> int:
    """Give everybody who took part the qualification; returns how many were new.

    The same training of the same day is one, so a sheet may be sent again with a name more. Raises `TrainingRefused`,
    `NotFound` for somebody who is not on this roll.
    """
    rules.ensure_training(
        kind=training.kind,
        trained_on=training.trained_on,
        expires_on=training.expires_on,
        today=clock.local_date(now),
        person_ids=training.person_ids,
        recorder_id=actor.person_id,
    )
    rules.ensure_giver(giver_id=training.giver_id, body=training.given_by, person_ids=training.person_ids)
    fingerprint = idempotency.fingerprint_of(training=training)
    with transaction() as session:
        if done := idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint):
            return int(done["new"])
        people.roll_in_turn()
        fresh = _write(session, training, actor=actor, now=now)
        for person_id in fresh:
            audit.record("qualified", actor=actor, subject=f"person:{person_id}", now=now, kind=training.kind)
        idempotency.remember(
            actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome={"new": len(fresh)}, now=now
        )
        return len(fresh)


def _write(session: Session, training: TrainingDay, *, actor: Actor, now: datetime) -> list[int]:
    found = people.persons_of(training.person_ids)
    if found.keys() != set(training.person_ids):
        raise NotFound
    for person in found.values():
        if person.status == "closed":
            raise TrainingRefused(N_("%(name)s已经离册，把他从名单里去掉"), field="numbers", name=person.name)
    known = set(
        session.scalars(
            select(Qualification.person_id).where(
                Qualification.person_id.in_(training.person_ids),
                Qualification.kind == training.kind,
                Qualification.trained_on == training.trained_on,
                Qualification.revoked_at.is_(None),
            )
        )
    )
    fresh = sorted(set(training.person_ids) - known)
    session.add_all(
        Qualification(
            person_id=person_id,
            kind=training.kind,
            trained_on=training.trained_on,
            expires_on=training.expires_on,
            given_by_id=training.giver_id,
            given_by=training.given_by[:60],
            note=training.note[:120],
            recorded_by=actor.person_id,
            recorded_at=now,
        )
        for person_id in fresh
    )
    session.flush()
    return fresh


def revoke(*, qualification_id: int, reason: str, actor: Actor, now: datetime) -> int:
    """Take a qualification back, with a reason the person reads; it stays as history. Returns the person.

    Twice is once. Raises `TrainingRefused` without a reason and for one's own.
    """
    why = " ".join(reason.split())[: rules.REASON_LETTERS]
    if not why:
        raise TrainingRefused(N_("写一句为什么收回，本人会看到"), field="reason")
    with transaction():
        row = get_in_scope(Qualification, qualification_id, lock=True)
        if row.person_id == actor.person_id:
            raise TrainingRefused(N_("自己的这一项，请另一位工作人员来办"))
        if row.revoked_at is None:
            row.revoked_at, row.revoked_by, row.revoke_reason = now, actor.person_id, why
            audit.record("qualification_revoked", actor=actor, subject=f"person:{row.person_id}", now=now, reason=why)
        return row.person_id


def qualified_ids(person_ids: Collection[int], *, kind: str, on: date) -> set[int]:
    """Return who of these is trained in `kind` on that Shanghai day: one query."""
    statement = select(Qualification).where(
        Qualification.person_id.in_(set(person_ids)), Qualification.kind == kind, Qualification.revoked_at.is_(None)
    )
    rows = db.session.scalars(statement).all() if person_ids else []
    return {row.person_id for row in rows if rules.is_qualified([_held(row)], kind=kind, on=on)}


def ensure_qualified(*, person_id: int, name: str, kind: str, on: date) -> None:
    """Refuse somebody who is not trained in `kind` on that Shanghai day. Raises `NotQualified`, saying what to do."""
    if person_id not in qualified_ids([person_id], kind=kind, on=on):
        raise NotQualified(
            N_("这一班要有“%(training)s”培训，%(name)s到那天还没有，或者过期了。问问社区下一次培训是哪天"),
            training=training_word(kind),
            name=name,
        )


def _held(row: Qualification) -> Held:
    return Held(kind=row.kind, trained_on=row.trained_on, expires_on=row.expires_on, revoked=row.revoked_at is not None)
