"""Passkeys: signing in by the phone's own lock, where the browser has it; never required (ADR 35)."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from sqlalchemy import select

from engage.core import audit, sealed, tenancy
from engage.core.access import Actor
from engage.core.database import db, require_transaction, transaction
from engage.core.errors import N_, DomainError, NotFound
from engage.core.fence import get_in_scope
from engage.people import challenges
from engage.people.models import Person
from engage.people.models_sign_in import Passkey

PER_PERSON = 10
#: ES256 and RS256 (COSE): what phones and computers make
_ALGORITHMS = (-7, -257)
_PATIENCE_MS = 120_000
NOT_HERE = N_("这台是公用的，不能存通行密钥。在您自己的手机上存")


class PasskeyRefused(DomainError):
    """The key does not fit, is not known here, or was not unlocked."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where this installation lives, as a browser binds passkeys to it: the origin, and a name to show."""

    origin: str
    name: str

    @property
    def host(self) -> str:
        """Return the host without a port: the relying party's id."""
        return urlsplit(self.origin).hostname or ""

    @property
    def offers_passkeys(self) -> bool:
        """Tell whether browsers offer passkeys here: over https to a named host, or on this very machine."""
        named = not self.host.replace(".", "").isdigit() and ":" not in self.host
        return named and (urlsplit(self.origin).scheme == "https" or self.host == "localhost")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _handle(actor: Actor) -> str:
    # What the phone files the key under: says nothing about the person, and is the same for all their keys.
    message = f"{actor.community_id}|{actor.person_id}".encode()
    return _text(hmac.new(sealed.derived_key("passkey"), message, sha256).digest())


def _named(keys: Sequence[Passkey]) -> list[dict[str, str]]:
    return [{"type": "public-key", "id": key.credential_id} for key in keys]


def ask_to_register(*, site: Site, actor: Actor, now: datetime) -> str:
    """Return what the browser needs to make a key on this device, as JSON."""
    challenge = challenges.new_challenge(purpose=f"register|{actor.device_id}", now=now)
    return json.dumps(
        {
            "rp": {"id": site.host, "name": site.name},
            "user": {"id": _handle(actor), "name": f"{actor.member_no:04d}", "displayName": actor.name},
            "challenge": _text(challenge),
            "pubKeyCredParams": [{"type": "public-key", "alg": one} for one in _ALGORITHMS],
            "excludeCredentials": _named(list_passkeys(actor.person_id)),
            "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
            "attestation": "none",
            "timeout": _PATIENCE_MS,
        }
    )


def ask_to_sign(*, site: Site, purpose: str, keys: Sequence[Passkey] = (), now: datetime) -> str:
    """Return what the browser needs to use a key, as JSON; without `keys` the person chooses among their own."""
    return json.dumps(
        {
            "rpId": site.host,
            "challenge": _text(challenges.new_challenge(purpose=purpose, now=now)),
            "allowCredentials": _named(keys),
            "userVerification": "required",
            "timeout": _PATIENCE_MS,
        }
    )


def register(*, site: Site, credential: str, name: str, actor: Actor, now: datetime) -> None:
    """Keep the public half of a key the browser just made. Own transaction; ask for a confirmation first.

    Raises `PasskeyRefused`, `StaleChallenge`.
    """
    import webauthn  # noqa: PLC0415 - a tenth of a second that only those pay who use it
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    challenge = challenges.challenge_of(credential)
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as odd:
        raise PasskeyRefused(N_("通行密钥没有存下。请再点一次")) from odd
    with transaction() as session:
        challenges.spend(challenge, purpose=f"register|{actor.device_id}", community_id=actor.community_id, now=now)
        if len(list_passkeys(actor.person_id)) >= PER_PERSON:
            raise PasskeyRefused(N_("已经有%(most)s把了，先删一把不用的"), most=PER_PERSON)
        row = Passkey(
            person_id=actor.person_id,
            credential_id=_text(made.credential_id),
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name[:60],
            made_at=now,
        )
        session.add(row)
        session.flush()
        audit.record("passkey_added", actor=actor, subject=f"person:{actor.person_id}", now=now, passkey=row.id)


def find_passkey(credential: str) -> Passkey | None:
    """Return the key a browser says it used, of an active person of whatever community, or None.

    Nothing is proved by it: `verify` does that.
    """
    challenges.challenge_of(credential)
    named = json.loads(credential).get("id")
    with tenancy.everywhere(reason="a passkey says which community its owner belongs to"):
        return db.session.scalar(
            select(Passkey)
            .join(Person, (Person.id == Passkey.person_id) & (Person.community_id == Passkey.community_id))
            .where(Passkey.credential_id == str(named), Person.status == "active")
        )


def verify(*, site: Site, credential: str, key: Passkey) -> tuple[bytes, int]:
    """Check the signature; returns the challenge to `settle` and the key's counter. Raises `PasskeyRefused`."""
    import webauthn  # noqa: PLC0415
    from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

    challenge = challenges.challenge_of(credential)
    try:
        used = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as odd:
        raise PasskeyRefused(N_("这把通行密钥对不上。请用密码")) from odd
    return challenge, used.new_sign_count


def settle(*, passkey_id: int, challenge: bytes, count: int, purpose: str, now: datetime) -> None:
    """Use the challenge up and note that the key was used, inside the caller's transaction.

    Raises `StaleChallenge`, and `NotFound` when the key was removed meanwhile.
    """
    require_transaction()
    row = get_in_scope(Passkey, passkey_id, lock=True)
    challenges.spend(challenge, purpose=purpose, community_id=row.community_id, now=now)
    row.sign_count, row.used_at = count, now


def list_passkeys(person_id: int) -> Sequence[Passkey]:
    """Return a person's keys, the newest first."""
    return db.session.scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id.desc())).all()


def remove_passkey(*, passkey_id: int, actor: Actor, now: datetime) -> None:
    """Forget one of the actor's keys; it opens nothing from now on. Raises `NotFound` for anybody else's."""
    with transaction() as session:
        row = get_in_scope(Passkey, passkey_id)
        if row.person_id != actor.person_id:
            raise NotFound
        session.delete(row)
        audit.record("passkey_removed", actor=actor, subject=f"person:{actor.person_id}", now=now, passkey=passkey_id)
