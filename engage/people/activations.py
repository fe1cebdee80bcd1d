"""One-time codes on paper: made by the office, handed over in person, good for one password (issue 2, trust W14)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from engage.core import audit, epochs, idempotency, sealed, tenancy
from engage.core.access import MATRIX, Actor, Role
from engage.core.database import db, require_transaction, transaction
from engage.core.errors import N_, DomainError
from engage.core.limits import count_attempt
from engage.core.tenancy import current_community_id
from engage.people import media, passwords, rules
from engage.people.cards import issue_cards
from engage.people.consents import keep_consent
from engage.people.devices import end_devices
from engage.people.grants import not_over
from engage.people.models import Activation, Person, RoleGrant
from engage.people.phones import unsealed_phone
from engage.people.queries import get_person, ids_in_scope
from engage.people.rules import BadCode
from engage.people.signing_in import Arrival, Entry, open_door, set_password

LIFE = timedelta(days=30)
SHEET_AT_MOST = 200

_HOUR = timedelta(hours=1)


class NotYours(DomainError):
    """A code for somebody who may do more than the asker would be a way to borrow their office."""


@dataclass(frozen=True, kw_only=True)
class Slip:
    """One code as it goes on paper. It exists here and on the paper, nowhere else."""

    person_id: int
    code: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """Whom a live code belongs to."""

    activation_id: int
    person_id: int
    community_id: int
    name: str


def code_hash(code: str) -> str:
    """Return what is kept of a code: keyed, because forty bits are too few for a bare hash in a stolen backup."""
    return hmac.new(sealed.derived_key("activation"), code.encode(), hashlib.sha256).hexdigest()


def _code(*, person_id: int, actor_id: int, key: str, epoch: str) -> str:
    # Derived from the form's key: the same form sent twice prints the same paper (trust C5), another form another code.
    parts = (current_community_id(), person_id, actor_id, key, *epochs.parts(epoch))
    message = "|".join(map(str, parts)).encode()
    digest = hmac.new(sealed.derived_key("slip"), message, hashlib.sha256).digest()
    return rules.code_from(int.from_bytes(digest))


def issue_slip_codes(*, person_ids: Collection[int], actor: Actor, key: str, now: datetime) -> list[Slip]:
    """Make a code for each active person, in order of ids; their older codes die. Own transaction.

    The same form key gives the same codes again and changes nothing. At most `SHEET_AT_MOST` persons at once.
    Raises `NotYours` when somebody on the list holds an office the actor does not, `NotFound` for foreign ids.
    """
    wanted = sorted(set(person_ids))[:SHEET_AT_MOST]
    fingerprint = idempotency.fingerprint_of(slips=wanted)
    epoch = epochs.current_epoch()
    slips = [
        Slip(
            person_id=one,
            code=_code(person_id=one, actor_id=actor.person_id, key=key, epoch=epoch),
            expires_at=now + LIFE,
        )
        for one in wanted
    ]
    with transaction():
        if idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint) is None:
            ids_in_scope(wanted)
            _ensure_within_reach(wanted, actor)
            write_activations(slips=slips, printed_by=actor.person_id, now=now)
            audit.record("slips_printed", actor=actor, subject="person", now=now, persons=wanted)
            idempotency.remember(
                actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome={"slips": len(slips)}, now=now
            )
    return slips


def write_activations(*, slips: Sequence[Slip], printed_by: int | None, now: datetime) -> None:
    """Keep the hashes of new codes and end the older ones of the same persons, inside the caller's transaction."""
    session = require_transaction()
    session.execute(
        update(Activation)
        .where(
            Activation.person_id.in_([slip.person_id for slip in slips]),
            Activation.used_at.is_(None),
            Activation.expires_at > now,
        )
        .values(expires_at=now)
    )
    for slip in slips:
        session.add(
            Activation(
                community_id=current_community_id(),
                person_id=slip.person_id,
                code_hash=code_hash(slip.code),
                printed_at=now,
                printed_by=printed_by,
                expires_at=slip.expires_at,
            )
        )
    session.flush()


def _ensure_within_reach(person_ids: Sequence[int], actor: Actor) -> None:
    if Role.SECRETARY in actor.roles:
        return
    own = frozenset[object]().union(*(MATRIX[role] for role in actor.roles))
    rows = db.session.execute(
        select(Person.name, RoleGrant.role)
        .join(Person, (Person.id == RoleGrant.person_id) & (Person.community_id == RoleGrant.community_id))
        .where(RoleGrant.person_id.in_(person_ids), not_over())
        .order_by(Person.id)
    )
    for name, role in rows:
        if not MATRIX[Role(role)] <= own:
            raise NotYours(N_("%(name)s的激活条要请书记来打，因为他管的事比您多"), name=name)


def find_invitation(*, text: str, network: str, now: datetime) -> Invitation:
    """Return whom a code belongs to, after counting the look-up (30 a minute per network, 3,000 an hour in all).

    With 3,000 guesses an hour and 1,000 live codes of 40 bits a hit takes decades (trust W14).
    Raises `BadCode`, `TooManyAttempts`.
    """
    count_attempt(f"activation|{network}", at_most=30, per=timedelta(minutes=1), now=now)
    count_attempt("activation|all", at_most=3000, per=_HOUR, now=now)
    code = rules.normalised_code(text)
    with tenancy.everywhere(reason="the code says which community its owner belongs to"):
        row = db.session.execute(
            select(Activation.id, Activation.community_id, Person.id, Person.name)
            .join(Person, (Person.id == Activation.person_id) & (Person.community_id == Activation.community_id))
            .where(
                Activation.code_hash == code_hash(code),
                Activation.used_at.is_(None),
                Activation.expires_at > now,
                Person.status == "active",
            )
        ).first()
    if row is None:
        raise BadCode(N_("这个激活码用过了、过期了，或者换了新的。请社区工作人员再打一张纸条"), field="code")
    return Invitation(activation_id=row[0], community_id=row[1], person_id=row[2], name=row[3])


def activate(*, invitation: Invitation, arrival: Arrival, agreed: bool, now: datetime) -> Entry:
    """Set the password, keep the consent, use up the code, end every old device and open this one. Own transaction.

    Runs in the scope of the invitation's community. Raises `WeakPassword`, `BadCode` when the code was used meanwhile.
    """
    if not agreed:
        raise DomainError(N_("勾上同意才能往下走"), field="agreed")
    rules.ensure_password(arrival.password, phone=unsealed_phone(get_person(invitation.person_id)))
    fresh = passwords.hash_of(arrival.password)
    with transaction() as session:
        used = session.execute(
            update(Activation)
            .where(Activation.id == invitation.activation_id, Activation.used_at.is_(None), Activation.expires_at > now)
            .values(used_at=now)
            .returning(Activation.id)
        ).first()
        if used is None:
            raise BadCode(N_("这个激活码刚刚用过。直接去登录就好"), field="code")
        person = get_person(invitation.person_id)
        set_password(person_id=person.id, password_hash=fresh, now=now)
        end_devices(person_id=person.id, now=now)
        issue_cards(person_ids=[person.id], now=now)
        media.issue_phone_code(person_id=person.id, now=now)
        text = keep_consent(person_id=person.id, now=now)
        entry = open_door(person=person, arrival=arrival, now=now)
        audit.record("activated", actor=entry.actor, subject=f"person:{person.id}", now=now, consent=text.version)
        return entry
