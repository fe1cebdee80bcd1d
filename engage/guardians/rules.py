"""Who may stand for whom, and what a minor needs before anything else. Pure; ages are `core.ages`."""

from __future__ import annotations

from datetime import date
from typing import Final

from engage.core.ages import may_be_child, may_be_minor
from engage.core.errors import N_, DomainError

KINDS: Final = ("parent", "grandparent", "relative", "other")
#: more children than this on one guardian is a slip of the pen
MOST_CHILDREN: Final = 12


class GuardianRefused(DomainError):
    """These two cannot be tied together like this, or not by this person."""


class NeedsGuardian(DomainError):
    """A minor whose guardian has not said yes."""


def ensure_pair(*, guardian_born: int | None, minor_born: int | None, on: date) -> None:
    """Refuse a guardian who may be a minor, and a "minor" who is of age or whose year nobody wrote down.

    Raises `GuardianRefused` for the field "guardian_no" or "birth_year".
    """
    if minor_born is None:
        raise GuardianRefused(N_("先写上孩子的出生年份，再登记监护人"), field="birth_year")
    if not may_be_minor(minor_born, on=on):
        raise GuardianRefused(N_("已经满18岁，不用监护人了"), field="birth_year")
    if may_be_minor(guardian_born, on=on):
        raise GuardianRefused(N_("监护人自己也没满18岁。换一位大人"), field="guardian_no")


def ensure_consented(*, name: str, born: int | None, confirmed: bool, on: date) -> None:
    """Refuse whatever a minor does before a guardian's consent is on record; adults need none.

    Under 14 the law asks for the guardian's consent to everything that is recorded (PIPL Art. 31); from 14 to 17 the
    confirmation must stand before the first sign-up (service-points §5.7). Raises `NeedsGuardian`.
    """
    if confirmed or not may_be_minor(born, on=on):
        return
    if may_be_child(born, on=on):
        raise NeedsGuardian(N_("%(name)s不满14岁，要监护人先同意。请家长到社区登记一次"), name=name)
    raise NeedsGuardian(N_("%(name)s不满18岁，要监护人先确认。请家长到社区登记一次"), name=name)


def ensure_no_hazard(*, name: str, born: int | None, on: date) -> None:
    """Refuse what no minor does, consent or not: call-outs, and going where there is a hazard. Raises `NeedsGuardian`."""
    if may_be_minor(born, on=on):
        raise NeedsGuardian(N_("%(name)s不满18岁，这件事要大人去"), name=name)
