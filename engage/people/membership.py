"""What the office does to somebody's entry on the roll: add, correct, pause, put into a team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engage import places
from engage.core import audit, clock, idempotency
from engage.core.access import Actor
from engage.core.ages import may_be_child
from engage.core.database import db, require_transaction, transaction
from engage.core.errors import N_, DomainError
from engage.core.fence import get_in_scope
from engage.core.tenancy import current_community_id
from engage.people import team_roll
from engage.people.aliases import find_survivor
from engage.people.devices import end_devices
from engage.people.enrolment import enrol, pinyin_of
from engage.people.history import note_step
from engage.people.leaving import is_erased
from engage.people.models import Person, Team, Tenancy
from engage.people.offices import end_roles_of, ensure_office_may
from engage.people.phones import phone_columns, phone_index
from engage.people.queries import get_person, roll_in_turn
from engage.people.standing import ensure_step


class AlreadyThere(DomainError):
    """The roll has this person, this role or this household tie already."""


class NoSuchHousehold(DomainError):
    """No household unit has this doorplate."""


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What a form says about one person; the phone is normalised already, the label stripped."""

    name: str
    phone: str | None
    unit_label: str
    tie: str
    may_vote: bool
    new_unit: bool
    birth_year: int | None
    is_volunteer: bool
    pinyin: str = ""
    languages: str = ""
    #: True when somebody else of the office is to decide first
    applied: bool = False


def add_person(*, particulars: Particulars, actor: Actor, key: str, now: datetime) -> int:
    """Put one person on the roll with household and card; the same form key adds once. Returns the person's id.

    Raises `AlreadyThere`, `NoSuchHousehold`.
    """
    fingerprint = idempotency.fingerprint_of(
        name=particulars.name, unit=particulars.unit_label, phone=particulars.phone
    )
    with transaction():
        if known := idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint):
            return int(known["person_id"])
        roll_in_turn()
        _ensure_new(particulars)
        person = enrol(
            name=particulars.name,
            phone=particulars.phone,
            birth_year=particulars.birth_year,
            is_volunteer=particulars.is_volunteer,
            languages=particulars.languages,
            status="applied" if particulars.applied else "active",
            now=now,
        )
        note_step(person_id=person.id, was="", became=person.status, reason="", actor=actor, now=now)
        _move_in(person, particulars, actor=actor, now=now)
        audit.record("person_added", actor=actor, subject=f"person:{person.id}", now=now, votes=particulars.may_vote)
        idempotency.remember(
            actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome={"person_id": person.id}, now=now
        )
        return person.id


def edit_person(*, person_id: int, particulars: Particulars, actor: Actor, now: datetime) -> None:
    """Correct an entry. The audit line names the fields that changed, not what they said."""
    with transaction():
        roll_in_turn()
        person = get_person(person_id)
        ensure_office_may(person_id, actor)
        _ensure_not_erased(person)
        before = _facts_of(person)
        person.name = particulars.name
        person.pinyin = particulars.pinyin or pinyin_of(particulars.name)
        person.birth_year = particulars.birth_year
        person.is_volunteer = particulars.is_volunteer
        person.languages = particulars.languages
        for column, value in phone_columns(particulars.phone, community_id=current_community_id()).items():
            setattr(person, column, value)
        _move_in(person, particulars, actor=actor, now=now)
        changed = sorted(name for name, value in _facts_of(person).items() if before[name] != value)
        if may_be_child(person.birth_year, on=clock.local_date(now)):
            end_devices(person_id=person.id, now=now)  # from now on a guardian's account acts for them
        audit.record("person_edited", actor=actor, subject=f"person:{person.id}", now=now, fields=changed)


def _facts_of(person: Person) -> dict[str, object]:
    names = ("name", "pinyin", "birth_year", "is_volunteer", "languages", "phone_index", "unit_id")
    return {name: getattr(person, name) for name in names}


def _ensure_new(particulars: Particulars) -> None:
    if particulars.phone is None:
        return
    index = phone_index(particulars.phone, community_id=current_community_id())
    twin = db.session.scalar(
        select(Person).where(Person.phone_index == index, Person.name == particulars.name).limit(1)
    )
    if twin is not None:
        raise AlreadyThere(
            N_("%(name)s已经在册，编号%(number)s，手机也一样"),
            field="name",
            name=twin.name,
            number=f"{twin.member_no:04d}",
        )


def _move_in(person: Person, particulars: Particulars, *, actor: Actor, now: datetime) -> None:
    session = require_transaction()
    if not particulars.unit_label:
        person.unit_id = None
        return
    unit = places.find_unit_by_label(particulars.unit_label)
    if unit is None:
        if not particulars.new_unit:
            raise NoSuchHousehold(
                N_("没有“%(label)s”这一户。看看有没有写错；真是新的一户，就勾上下面那一格"),
                field="unit",
                label=particulars.unit_label,
            )
        unit = places.add_unit(label=particulars.unit_label, building_id=None, grid_id=person.grid_id)
    tie = session.scalar(select(Tenancy).where(Tenancy.person_id == person.id, Tenancy.unit_id == unit.id))
    if tie is None:
        tie = Tenancy(person_id=person.id, unit_id=unit.id, role=particulars.tie)
        session.add(tie)
    tie.role = particulars.tie
    if particulars.may_vote != (tie.verified_at is not None):
        tie.verified_at = now if particulars.may_vote else None
        tie.verified_by = actor.person_id if particulars.may_vote else None
    person.unit_id = unit.id
    person.grid_id = unit.grid_id or person.grid_id
    session.flush()


def _ensure_not_erased(person: Person) -> None:
    if is_erased(person):
        raise DomainError(N_("这个账户本人已经注销，改不了。人要是回来，请重新登记一个"))


def change_status(*, person_id: int, status: str, reason: str = "", actor: Actor, now: datetime) -> None:
    """Accept or decline who applied, pause somebody, take them back, or close the entry; the step is kept with its reason.

    Whoever is not active is signed out everywhere at once. Raises `WrongStep` for what does not follow, and `DomainError`
    for oneself: nobody locks themselves out by a slip of the finger.
    """
    if person_id == actor.person_id:
        raise DomainError(N_("自己的这一项，请另一位工作人员来办"))
    with transaction() as session:
        roll_in_turn()
        person = get_person(person_id)
        ensure_office_may(person_id, actor)
        if person.status == status:
            return
        _ensure_not_erased(person)
        _ensure_not_merged(person)
        ensure_step(was=person.status, became=status)
        note_step(person_id=person.id, was=person.status, became=status, reason=reason, actor=actor, now=now)
        person.status = status
        if status != "active":
            end_devices(person_id=person.id, now=now)
        if status == "closed":
            end_roles_of(person.id, now=now)
        session.flush()
        audit.record(f"person_{status}", actor=actor, subject=f"person:{person.id}", now=now)


def _ensure_not_merged(person: Person) -> None:
    if find_survivor(person.id) is not None:
        raise DomainError(N_("这一条已经并到另一条里了。弄错了，请到“合并”里撤销"))


def join_team(*, person_id: int, team_name: str, actor: Actor, now: datetime) -> None:
    """Put a person into a team, founding the team when nobody has used the name yet."""
    if not team_name:
        raise DomainError(N_("写一个队伍的名字"), field="team")
    with transaction() as session:
        roll_in_turn()
        person = get_person(person_id)
        team = session.scalar(select(Team).where(Team.name == team_name))
        if team is None:
            team = Team(name=team_name)
            session.add(team)
            session.flush()
        if team.closed_at is not None:
            raise DomainError(N_("“%(team)s”已经解散。要用，先到“队伍”里恢复它"), field="team", team=team.name)
        if team_roll.enter_team(person_id=person.id, team_id=team.id, now=now):
            audit.record("team_joined", actor=actor, subject=f"person:{person.id}", now=now, team=team.id)


def leave_team(*, person_id: int, team_id: int, actor: Actor, now: datetime) -> None:
    """Take a person out of a team; the time in it is kept. Leaving twice is leaving once."""
    with transaction():
        get_in_scope(Team, team_id)
        get_person(person_id)
        if team_roll.take_out(person_id=person_id, team_id=team_id, reason="", actor_id=actor.person_id, now=now):
            audit.record("team_left", actor=actor, subject=f"person:{person_id}", now=now, team=team_id)
