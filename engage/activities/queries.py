"""Reading activities and shifts; batch doors, frozen cards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import Select, Table, bindparam, exists, func, or_, select

from engage.activities import rules
from engage.activities.models import Activity, Shift, SignUp
from engage.core.database import db
from engage.core.errors import NotFound
from engage.core.tenancy import current_community_id

_SEED_LIVES = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True)
class ShiftCard:
    """One shift with what its activity says. Times are UTC, the interval half-open."""

    id: int
    activity_id: int
    title: str
    kind: str
    nature: str
    place: str
    task: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    leader_id: int
    joined: int
    cancelled: bool
    cancel_reason: str = ""
    #: the training that signing up asks for; empty: none
    training: str = ""

    @property
    def free(self) -> int:
        """Return how many places are left."""
        return max(self.capacity - self.joined, 0)


@dataclass(frozen=True, kw_only=True)
class CodeSeed:
    """What the live codes of a shift grow from. It never reaches a phone or a page."""

    shift: ShiftCard
    token: str
    secret: bytes


def _select_cards() -> Select[Shift, Activity]:
    return select(Shift, Activity).join(
        Activity, (Activity.id == Shift.activity_id) & (Activity.community_id == Shift.community_id)
    )


def card_of(shift: Shift, activity: Activity) -> ShiftCard:
    """Return the card of loaded rows."""
    return ShiftCard(
        id=shift.id,
        activity_id=activity.id,
        title=activity.title,
        kind=activity.kind,
        nature=activity.nature,
        place=activity.place,
        task=activity.task,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        capacity=shift.capacity,
        leader_id=activity.leader_id,
        joined=shift.joined,
        cancelled=shift.cancelled_at is not None,
        cancel_reason=shift.cancel_reason,
        training=activity.required_training,
    )


def _cards(statement: Select[Shift, Activity]) -> list[ShiftCard]:
    return [card_of(row.Shift, row.Activity) for row in db.session.execute(statement)]


def get_shift(shift_id: int) -> ShiftCard:
    """Return one shift. Raises `NotFound`."""
    cards = _cards(_select_cards().where(Shift.id == shift_id))
    if not cards:
        raise NotFound
    return cards[0]


def shift_cards(shift_ids: Collection[int]) -> dict[int, ShiftCard]:
    """Return shifts by id."""
    if not shift_ids:
        return {}
    return {card.id: card for card in _cards(_select_cards().where(Shift.id.in_(set(shift_ids))))}


def list_shifts(start: datetime, end: datetime) -> list[ShiftCard]:
    """Return the shifts, cancelled ones too, that start within [start, end), by start."""
    statement = _select_cards().where(Shift.starts_at >= start, Shift.starts_at < end)
    return _cards(statement.order_by(Shift.starts_at, Shift.id))


def list_running(*, now: datetime, early: timedelta, late: timedelta) -> list[ShiftCard]:
    """Return the shifts under way, counting `early` before the start and `late` after the end, by start."""
    statement = _select_cards().where(
        Shift.starts_at <= now + early, Shift.ends_at > now - late, Shift.cancelled_at.is_(None)
    )
    return _cards(statement.order_by(Shift.starts_at, Shift.id))


def shifts_of(person_id: int, start: datetime, end: datetime) -> list[ShiftCard]:
    """Return the shifts a person has joined or leads that end after `start` and start before `end`, by start."""
    joined = select(SignUp.shift_id).where(SignUp.person_id == person_id, SignUp.state == "joined")
    statement = _select_cards().where(
        or_(Shift.id.in_(joined), Activity.leader_id == person_id),
        Shift.ends_at > start,
        Shift.starts_at < end,
        Shift.cancelled_at.is_(None),
    )
    return _cards(statement.order_by(Shift.starts_at, Shift.id))


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of a list and how much there is."""

    shifts: list[ShiftCard]
    total: int


def search_shifts(*, start: datetime, end: datetime | None, q: str, open_only: bool, limit: int, offset: int) -> Found:
    """Return shifts ending after `start` (and starting before `end`) whose title or place holds `q`, by start."""
    conditions = [Shift.ends_at > start]
    if end is not None:
        conditions.append(Shift.starts_at < end)
    if open_only:
        conditions.append(Shift.cancelled_at.is_(None))
    if q:
        pattern = "%" + q.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        conditions.append(or_(Activity.title.like(pattern, escape="\\"), Activity.place.like(pattern, escape="\\")))
    statement = _select_cards().where(*conditions)
    total = db.session.scalar(select(func.count()).select_from(statement.with_only_columns(Shift.id).subquery()))
    return Found(
        shifts=_cards(statement.order_by(Shift.starts_at, Shift.id).limit(limit).offset(offset)), total=total or 0
    )


def is_for_minors(shift: ShiftCard) -> bool:
    """Tell whether people under 18 may take part: everything but patrols that touch the night (service-points §5.7)."""
    return not rules.is_night_patrol(kind=shift.kind, starts_at=shift.starts_at, ends_at=shift.ends_at)


def sign_up_states(*, person_id: int, shift_ids: Collection[int]) -> dict[int, str]:
    """Return what a person said, by shift."""
    if not shift_ids:
        return {}
    statement = select(SignUp.shift_id, SignUp.state).where(
        SignUp.person_id == person_id, SignUp.shift_id.in_(set(shift_ids))
    )
    return {row.shift_id: row.state for row in db.session.execute(statement)}


def sign_up_ids(shift_id: int, *, state: str) -> list[int]:
    """Return the persons in one state, in the order they asked."""
    statement = select(SignUp.person_id).where(SignUp.shift_id == shift_id, SignUp.state == state)
    return list(db.session.scalars(statement.order_by(SignUp.queue_no, SignUp.id)))


def joined_ids(shift_id: int) -> list[int]:
    """Return who is coming, in the order they signed up."""
    return sign_up_ids(shift_id, state="joined")


def shifts_led_by(person_id: int) -> Select[int]:
    """Return the statement for the ids of the shifts somebody leads, to put into another room's condition."""
    here = current_community_id()
    led = select(Activity.id).where(Activity.community_id == here, Activity.leader_id == person_id)
    return select(Shift.id).where(Shift.community_id == here, Shift.activity_id.in_(led))


_SIGN_UPS: Table = SignUp.__table__  # type: ignore[assignment]
#: the same as a column of another statement, whose values are named `here`, `shift` and `person`: a round trip saved in a rush
JOINED = (
    exists()
    .where(
        _SIGN_UPS.c.community_id == bindparam("here"),
        _SIGN_UPS.c.shift_id == bindparam("shift"),
        _SIGN_UPS.c.person_id == bindparam("person"),
        _SIGN_UPS.c.state == "joined",
    )
    .label("joined")
)


def is_joined(shift_id: int, person_id: int) -> bool:
    """Tell whether the person said they would come."""
    return sign_up_states(person_id=person_id, shift_ids=[shift_id]).get(shift_id) == "joined"


def insurance_of(activity_id: int) -> str:
    """Return the insurance note of an activity."""
    return db.session.scalar(select(Activity.insurance).where(Activity.id == activity_id)) or ""


def seed_of(*, now: datetime, shift_id: int | None = None, token: str | None = None) -> CodeSeed:
    """Return the seed of a shift's live codes, by id or by the token of its QR. Raises `NotFound`.

    Kept in the process for five seconds: at a roll-call hundreds ask for the same one (speed.md, technique 6).
    """
    kept = _kept_seeds()
    key = (current_community_id(), shift_id if token is None else token)
    if key in kept and timedelta(0) <= now - kept[key][0] < _SEED_LIVES:
        return kept[key][1]
    condition = Shift.id == shift_id if token is None else Shift.token == token
    row = db.session.execute(_select_cards().where(condition)).first()
    if row is None:
        raise NotFound
    seed = CodeSeed(shift=card_of(row.Shift, row.Activity), token=row.Shift.token, secret=row.Shift.secret)
    if len(kept) > 500:  # plenty for a street; the point is only that it cannot grow for ever
        kept.clear()
    kept[key] = (now, seed)
    return seed


def forget_seeds() -> None:
    """Let this process read the shifts afresh; other processes do within five seconds."""
    _kept_seeds().clear()


def _kept_seeds() -> dict[tuple[int, int | str | None], tuple[datetime, CodeSeed]]:
    kept: dict[tuple[int, int | str | None], tuple[datetime, CodeSeed]] = current_app.extensions.setdefault(
        "engage_code_seeds", {}
    )
    return kept
