"""Phone numbers: normalised, sealed, found by a keyed index, shown masked."""

from __future__ import annotations

import re

from flask_babel import gettext

from engage.core import sealed
from engage.core.errors import N_, DomainError
from engage.people.models import Person


class BadPhone(DomainError):
    """Not a mainland mobile number."""


def normalised_phone(text: str) -> str:
    """Return 11 digits. Accepts blanks, dashes and +86. Raises `BadPhone`."""
    digits = re.sub(r"\D", "", text.translate({0xFF10 + i: 48 + i for i in range(10)}))
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    if not re.fullmatch(r"1\d{10}", digits):
        raise BadPhone(N_("手机号要11位，您写了%(count)s位"), field="phone", count=len(digits))
    return digits


def phone_index(phone: str, *, community_id: int) -> str:
    """Return the key a phone is found by within one community."""
    return sealed.blind_index(phone, community_id=community_id)


def phone_columns(phone: str | None, *, community_id: int) -> dict[str, bytes | str | None]:
    """Return the three columns that keep a normalised phone (all None without one)."""
    if not phone:
        return {"phone_sealed": None, "phone_index": None, "phone_last4": None}
    index = phone_index(phone, community_id=community_id)
    return {
        "phone_sealed": sealed.seal(phone, place=f"person.phone|{community_id}|{index}"),
        "phone_index": index,
        "phone_last4": phone[-4:],
    }


def unsealed_phone(person: Person) -> str | None:
    """Return the whole number. Whoever shows it writes an audit line."""
    if person.phone_sealed is None:
        return None
    return sealed.unseal(person.phone_sealed, place=f"person.phone|{person.community_id}|{person.phone_index}")


def masked_phone(last4: str | None) -> str:
    """Return what lists show, "尾号0621": only the last four digits are known to them."""
    return gettext("尾号%(last4)s", last4=last4) if last4 else ""
