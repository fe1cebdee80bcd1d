"""Pure rules of the book: when points expire, which lots are used first, how an entry is hashed."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from engage.core.chain import canonical
from engage.core.errors import N_, DomainError

#: points stay good for two years (service-points §5.4)
LIFETIME_MONTHS = 24
#: points that expired while they were held come back with this long to use them, once
GRACE_DAYS = 14
#: what a correction can mirror; everything else ends in a way of its own
REVERSIBLE: Final = frozenset({"award", "spend"})
LONGEST_REASON: Final = 120


class NotEnoughPoints(DomainError):
    """The person has fewer free points than the act needs."""


class WrongApprover(DomainError):
    """The second person is missing, is the first one, or is the one who gains (service-points §6, invariant 8)."""


class AlreadyReversed(DomainError):
    """This entry was corrected before."""


class NotReversible(DomainError):
    """Entries of this kind are ended in another way."""


class NoReason(DomainError):
    """Nobody can judge a correction that does not say why."""


class AlreadyProposed(DomainError):
    """Somebody else asked for the same correction, and it waits."""


class CorrectionOver(DomainError):
    """This request was decided before."""


class HoldsOpen(DomainError):
    """Points are kept for goods that wait at the desk: the account cannot be emptied into another one."""


class HoldEnded(DomainError):
    """The points kept for this thing were spent or given back already."""


@dataclass(frozen=True, kw_only=True)
class LotView:
    """A lot as the rules see it."""

    id: int
    expires_on: date
    remaining: int


def expiry_of(earned_on: date) -> date:
    """Return the last Shanghai day on which points earned on a day can be used."""
    months = earned_on.year * 12 + earned_on.month - 1 + LIFETIME_MONTHS
    year, month = divmod(months, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(earned_on.day, last_day))


def returned_expiry(*, expires_on: date, today: date, had_grace: bool) -> date:
    """Return until when points are good that come back from a hold (once per lot, or reserving would extend for ever)."""
    if had_grace:
        return expires_on
    return max(expires_on, today + timedelta(days=GRACE_DAYS)) if expires_on < today else expires_on


def take_from(lots: Iterable[LotView], *, points: int, first: int | None = None) -> list[tuple[int, int]]:
    """Return (lot id, points) in the order of use: lot `first` if named, then the earliest expiry, then the oldest.

    Raises `NotEnoughPoints` when the lots together hold less.
    """
    order = sorted(lots, key=lambda lot: (lot.id != first, lot.expires_on, lot.id))
    missing = points
    taken: list[tuple[int, int]] = []
    for lot in order:
        part = min(lot.remaining, missing)
        if part > 0:
            taken.append((lot.id, part))
            missing -= part
    if missing:
        raise lacking(points=points, available=points - missing)
    return taken


def lacking(*, points: int, available: int) -> NotEnoughPoints:
    """Return the refusal that says how many points are missing."""
    return NotEnoughPoints(N_("还差%(missing)s分，攒够了再来换。"), missing=points - available)


def ensure_positive(points: int) -> None:
    """Refuse entries about nothing. Raises `DomainError`."""
    if points <= 0:
        raise DomainError(N_("分数要大于0。请改一改再交。"))


def ensure_approver(*, actor_id: int | None, approver_id: int | None, person_id: int, second: bool) -> None:
    """Check who stands behind an entry: never the one who gains; with `second`, somebody else than the actor.

    Raises `WrongApprover`.
    """
    if approver_id is None or approver_id == person_id:
        raise WrongApprover(N_("自己的分要别人来批。请换一位审核人。"))
    if second and approver_id == actor_id:
        raise WrongApprover(N_("更正要两个人：一位提，另一位批。请换一位审核人。"))


def ensure_reason(text: str) -> str:
    """Return why an entry is wrong, on one line. Raises `NoReason` for the field "reason"."""
    why = " ".join(text.split())[:LONGEST_REASON]
    if not why:
        raise NoReason(N_("写一句哪里记错了，本人也看得到"), field="reason")
    return why


def ensure_waiting(outcome: str) -> None:
    """Refuse to decide twice. Raises `CorrectionOver`."""
    if outcome:
        raise CorrectionOver(N_("这次更正刚才已经有结果了。回列表看一眼。"))


def number_of(seq: int) -> str:
    """Return an entry's number as people say it, e.g. "001284"."""
    return f"{seq:06d}"


def note_hash(*, salt: str, memo: str, basis: Mapping[str, object]) -> str:
    """Return the commitment to an entry's words."""
    return hashlib.sha256(b"\x02" + canonical([salt, memo, basis])).hexdigest()


def leaf_of(*, fields: Mapping[str, object], transfers: Sequence[Mapping[str, object]]) -> bytes:
    """Return the content of an entry as it enters the chain."""
    return canonical({**fields, "transfers": list(transfers)})
