"""An account that is closed for good: a pseudonym stays, so that the books still add up (service-points §5.8, L8)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from engage.core.access import Role
from engage.core.database import db, require_transaction
from engage.core.tenancy import current_community_id
from engage.people import media, rules
from engage.people.devices import end_devices
from engage.people.grants import in_force
from engage.people.history import forget_reasons, note_step
from engage.people.models import (
    Activation,
    Credential,
    Device,
    Membership,
    Person,
    PhoneReveal,
    RoleGrant,
    Tenancy,
)
from engage.people.models_lists import SavedView
from engage.people.models_sign_in import Assistance, Passkey, ResetRequest
from engage.people.models_teams import FormerMembership
from engage.people.offices import end_roles_of
from engage.people.phones import phone_columns
from engage.people.queries import get_person

#: what only served the person while they were here
_GONE = (Tenancy, Membership, FormerMembership, Credential, Activation, SavedView, Passkey)


def is_last_secretary(person_id: int) -> bool:
    """Tell whether nobody would be left to run the community's office."""
    holders = (
        select(RoleGrant.person_id)
        .join(Person, (Person.id == RoleGrant.person_id) & (Person.community_id == RoleGrant.community_id))
        .where(
            RoleGrant.role == Role.SECRETARY.value,
            RoleGrant.place_id.is_(None),
            in_force(),
            Person.status == "active",
        )
    )
    return set(db.session.scalars(holders)) == {person_id}


def erase(*, person_id: int, now: datetime) -> str:
    """Replace a person by a pseudonym inside the caller's transaction, and return it.

    Name, reading, phone, birth year, grid and household go; cards and devices are dead; team, household ties, saved
    views, password, passkeys and codes are deleted; the reasons others gave for looking at the phone or for helping are
    emptied, who and when stays. Ids stay everywhere: ledger and log say the same as before. Erasing twice is erasing once.
    """
    session = require_transaction()
    person = get_person(person_id)
    session.execute(delete(ResetRequest).where(ResetRequest.phone_index == person.phone_index))
    person.name = rules.pseudonym(person.member_no)
    person.pinyin = ""
    for column, value in phone_columns(None, community_id=current_community_id()).items():
        setattr(person, column, value)
    person.birth_year = person.grid_id = person.unit_id = None
    person.languages = ""
    forget_reasons(person_id)
    if person.status != "closed":
        note_step(person_id=person_id, was=person.status, became="closed", reason="", actor=None, now=now)
    person.is_volunteer = False
    person.status = "closed"
    end_devices(person_id=person_id, now=now)
    end_roles_of(person_id, now=now)
    for table in _GONE:
        session.execute(delete(table).where(table.person_id == person_id))
    session.execute(update(Device).where(Device.person_id == person_id).values(label="", pin_hash=None))
    session.execute(update(Assistance).where(Assistance.person_id == person_id).values(reason=""))
    media.revoke_all(person_id=person_id, now=now)
    session.execute(update(PhoneReveal).where(PhoneReveal.person_id == person_id).values(reason=""))
    session.flush()
    return person.name


def is_erased(person: Person) -> bool:
    """Tell whether this entry is only a pseudonym: there is nobody to take back."""
    return person.status == "closed" and person.name == rules.pseudonym(person.member_no)
