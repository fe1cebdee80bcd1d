"""Media as others meet them: reading what a scanner typed, using it once, reporting it lost (service-points §6, invariant 10)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from engage.core import audit, epochs, sealed, tenancy
from engage.core.access import Actor
from engage.core.database import db, dialect, require_transaction, transaction
from engage.core.errors import N_, DomainError, NotFound
from engage.core.fence import get_in_scope
from engage.core.tenancy import current_community_id
from engage.people import cards, phone_codes
from engage.people.models_media import Medium, SpentCode
from engage.people.queries import get_person, roll_in_turn

CARD: Final = "card"
PHONE: Final = "phone"
#: live ones first, then the newest
ORDER: Final = (Medium.revoked_at.is_not(None), Medium.kind, Medium.version.desc())


class MediumRefused(DomainError):
    """What was scanned stands for nobody any more, or was scanned before."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a scanner read: whose it is, and which half-minute of a phone code. It counts only when it is used."""

    person_id: int
    medium_id: int
    kind: str
    step: int = 0


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a found card or a code says before anybody is asked who they are: whose community, and whether it counts."""

    community_id: int
    person_id: int
    kind: str
    live: bool


def _prover(community_id: int, version: int, epoch: str) -> phone_codes.Prove:
    of = epochs.parts(epoch)
    return lambda person_id, step: sealed.derived_token("phone code", community_id, person_id, version, step, *of)


def _dead(medium: Medium) -> MediumRefused:
    if medium.kind == PHONE:
        return MediumRefused(N_("这个会员码已经停用。请本人在手机上重新打开会员码"), field="card")
    return MediumRefused(N_("这张证挂失过，已经作废。旧证请收下送回社区，人按编号签"), field="card")


def read(text: str, *, now: datetime) -> Shown | None:
    """Return whose card or phone code a scanner typed (bare or as an address), or None for what is none of ours.

    Raises `MediumRefused` for a revoked one and for a phone code of another half-minute, saying what to do.
    """
    last = text.strip().rstrip("/").rsplit("/", 1)[-1].split("?", 1)[0].upper()
    if claim := phone_codes.claim_in(last):
        return _read_phone(claim, now=now)
    if cards.token_in(last) is None:
        return None
    row = db.session.scalar(select(Medium).where(Medium.token_hash == cards.hash_of(last), Medium.kind == CARD))
    if row is None:
        return None
    if row.revoked_at is not None:
        raise _dead(row)
    return Shown(person_id=row.person_id, medium_id=row.id, kind=CARD)


def _read_phone(claim: phone_codes.Claim, *, now: datetime) -> Shown | None:
    rows = db.session.scalars(
        select(Medium).where(Medium.person_id == claim.person_id, Medium.kind == PHONE).order_by(Medium.version.desc())
    )
    here = current_community_id()
    row = next((one for one in rows if phone_codes.is_proven(claim, prove=_prover(here, one.version, one.epoch))), None)
    if row is None:
        return None
    if row.revoked_at is not None:
        raise _dead(row)
    if not phone_codes.is_live(claim.step, now=now):
        raise MediumRefused(N_("这个会员码过时了，30秒换一次。请他把手机上的码再给您看一眼"), field="card")
    return Shown(person_id=row.person_id, medium_id=row.id, kind=PHONE, step=claim.step)


def look_up(text: str, *, now: datetime) -> Found | None:
    """Return which community a card or a phone code came from, live or not, whoever asks."""
    claim = phone_codes.claim_in(text.strip().upper())
    with tenancy.everywhere(reason="a found card says where to return it, also to people who are not signed in"):
        statement = select(Medium).order_by(Medium.version.desc())
        if claim is None:
            token = cards.token_in(text)
            statement = statement.where(Medium.kind == CARD, Medium.token_hash == cards.hash_of(token or ""))
        else:
            statement = statement.where(Medium.kind == PHONE, Medium.person_id == claim.person_id)
        rows = db.session.scalars(statement).all()
    for row in rows:
        if claim is None or phone_codes.is_proven(claim, prove=_prover(row.community_id, row.version, row.epoch)):
            fresh = claim is None or phone_codes.is_live(claim.step, now=now)
            live = row.revoked_at is None and fresh
            return Found(community_id=row.community_id, person_id=row.person_id, kind=row.kind, live=live)
    return None


def use(shown: Shown, *, event: str, now: datetime) -> None:
    """Accept what was read, inside the transaction of what it is accepted for.

    The row is written where it is still live, so a revocation at the same moment comes wholly before or wholly after.
    Raises `MediumRefused` when it was revoked meanwhile, or a phone's half-minute was accepted for another event.
    """
    session = require_transaction()
    later = case((Medium.last_used_at > now, Medium.last_used_at), else_=now)
    used = session.execute(
        update(Medium)
        .where(Medium.id == shown.medium_id, Medium.revoked_at.is_(None))
        .values(last_used_at=later)
        .returning(Medium.id),
        execution_options={"synchronize_session": False},
    ).first()
    if used is None:
        raise _dead(get_in_scope(Medium, shown.medium_id))
    if shown.kind == PHONE:
        _spend(shown, event=event, now=now)


def _spend(shown: Shown, *, event: str, now: datetime) -> None:
    session = require_transaction()
    insert = sqlite_insert if dialect() == "sqlite" else postgresql_insert
    values = {
        "community_id": current_community_id(),
        "medium_id": shown.medium_id,
        "step": shown.step,
        "event": event[:64],
        "at": now,
    }
    fresh = insert(SpentCode).values(values).on_conflict_do_nothing().returning(SpentCode.id)
    if session.execute(fresh).first() is not None:
        return
    spent_for = session.scalar(
        select(SpentCode.event).where(SpentCode.medium_id == shown.medium_id, SpentCode.step == shown.step)
    )
    if spent_for != event[:64]:
        raise MediumRefused(N_("这个会员码刚才扫过了。等手机上换一个，再扫一次"), field="card")


def issue_phone_code(*, person_id: int, now: datetime) -> bool:
    """Give a person a phone code if they have none, inside the caller's transaction; False when they had one."""
    session = require_transaction()
    roll_in_turn()
    newest, live = session.execute(
        select(func.max(Medium.version), func.count(Medium.id) - func.count(Medium.revoked_at)).where(
            Medium.person_id == person_id, Medium.kind == PHONE
        )
    ).one()
    if live:
        return False
    version, here = (newest or 0) + 1, current_community_id()
    name = f"phone|{here}|{person_id}|{version}"
    session.add(
        Medium(
            person_id=person_id,
            kind=PHONE,
            version=version,
            epoch=epochs.current_epoch(),
            token_hash=hashlib.sha256(name.encode()).hexdigest(),
            issued_at=now,
        )
    )
    session.flush()
    return True


def open_phone_code(*, actor: Actor, now: datetime) -> None:
    """Give the actor a phone code, or a new one after the old one was reported lost. Twice is once."""
    with transaction():
        if issue_phone_code(person_id=actor.person_id, now=now):
            audit.record("phone_code_opened", actor=actor, subject=f"person:{actor.person_id}", now=now)


def phone_code_of(person_id: int, *, now: datetime) -> str | None:
    """Return the code to show now, or None for somebody without a live one."""
    live = db.session.execute(
        select(Medium.version, Medium.epoch).where(
            Medium.person_id == person_id, Medium.kind == PHONE, Medium.revoked_at.is_(None)
        )
    ).first()
    if live is None:
        return None
    prove = _prover(current_community_id(), live.version, live.epoch)
    return phone_codes.written(person_id=person_id, step=phone_codes.step_of(now), prove=prove)


def media_of(person_id: int) -> Sequence[Medium]:
    """Return a person's cards and phone codes, live ones first, then the newest."""
    statement = select(Medium).where(Medium.person_id == person_id)
    return db.session.scalars(statement.order_by(*ORDER)).all()


def report_lost(*, medium_id: int, person_id: int, actor: Actor, now: datetime) -> str:
    """Make a card or phone code worthless at once; returns its kind. A second report changes nothing.

    Raises `NotFound` for what is not this person's.
    """
    with transaction():
        medium, person = get_in_scope(Medium, medium_id), get_person(person_id)
        if medium.person_id != person.id:
            raise NotFound
        if revoke(medium_id=medium.id, reason="lost", actor_id=actor.person_id, now=now):
            audit.record("medium_lost", actor=actor, subject=f"person:{person.id}", now=now, version=medium.version)
        return medium.kind


def revoke(*, medium_id: int, reason: str, actor_id: int | None, now: datetime) -> bool:
    """Make one medium worthless inside the caller's transaction; False when it was. Never before its last use."""
    session = require_transaction()
    at = case((Medium.last_used_at > now, Medium.last_used_at), else_=now)
    gone = session.execute(
        update(Medium)
        .where(Medium.id == medium_id, Medium.revoked_at.is_(None))
        .values(revoked_at=at, revoked_by=actor_id, revoke_reason=reason)
        .returning(Medium.id),
        execution_options={"synchronize_session": False},
    ).first()
    return gone is not None


def revoke_all(*, person_id: int, now: datetime) -> None:
    """Make everything that stands for a person worthless, inside the caller's transaction: they leave for good."""
    live = select(Medium.id).where(Medium.person_id == person_id, Medium.revoked_at.is_(None))
    for medium_id in require_transaction().scalars(live).all():
        revoke(medium_id=medium_id, reason="left", actor_id=None, now=now)
