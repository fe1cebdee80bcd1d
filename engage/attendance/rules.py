"""Live codes that tell the time, grades of evidence, minutes. Pure (service-points §4.1, §4.3, §5.2, §5.6)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from engage.core.errors import N_, DomainError

SLOT_SECONDS = 30
#: how long before the start and after the end the codes of a shift live
CODES_EARLY = timedelta(minutes=60)
CODES_LATE = timedelta(minutes=60)
#: minutes outside the plan that still count (service-points §5.2)
EARLY_GRACE = timedelta(minutes=15)
LATE_GRACE = timedelta(minutes=30)
#: how late a code stored on a phone may arrive (service-points §5.6)
OFFLINE_LIMIT = timedelta(hours=72)
#: how long somebody who opened a live QR may take to press the button
TICKET_LIVES = timedelta(minutes=5)
MOST_TRIES = 5
NEEDS_CLOSING_AFTER = timedelta(hours=2)
TYPED_DIGITS = 6
QR_DIGITS = 10


class Kind(StrEnum):
    """Arriving or leaving."""

    IN = "in"
    OUT = "out"


class Grade(StrEnum):
    """How a minute is known (service-points §4.3); A is what somebody wrote by hand for another."""

    BY_HAND = "A"
    SELF_REPORT = "0"
    STATIC_CODE = "1"
    STATIC_AND_PLACE = "2"
    LIVE_CODE = "3"
    DESK_SCAN = "4"


class Flag(StrEnum):
    """What an approver should look at. Nothing is refused for a flag (service-points §5.6)."""

    OFFLINE = "offline"
    SLOW = "slow"
    NOT_SIGNED_UP = "not_signed_up"
    ENDED_BY_HAND = "ended_by_hand"
    NO_ARRIVAL = "no_arrival"
    OVERLAP = "overlap"
    HEAD_COUNT = "head_count"


class CodeRefused(DomainError):
    """The code typed or scanned does not check anybody in."""


class EndRefused(DomainError):
    """The end somebody proposed cannot be right."""


class ApprovalRefused(DomainError):
    """These minutes cannot be decided like this, or not by this person."""


class RollRefused(DomainError):
    """This step of leading a shift is not possible now."""


@dataclass(frozen=True, kw_only=True)
class CodeMatch:
    """Which code it was: the slot tells when it was shown, whatever the phone's clock says."""

    kind: Kind
    slot: int

    @property
    def slot_time(self) -> datetime:
        """Return when the slot began, UTC."""
        return start_of(self.slot)


@dataclass(frozen=True)
class CodeBook:
    """Every live code of one shift: ten digits per slot and kind, their first six distinct within the shift."""

    first_slot: int
    arriving: tuple[str, ...]
    leaving: tuple[str, ...]
    by_digits: dict[str, CodeMatch]

    def code(self, *, kind: Kind, slot: int) -> str | None:
        """Return the ten digits of a slot, or None outside the shift's window."""
        codes = self.arriving if kind is Kind.IN else self.leaving
        position = slot - self.first_slot
        return codes[position] if 0 <= position < len(codes) else None

    def find(self, digits: str) -> CodeMatch | None:
        """Return which slot and kind six or ten digits belong to, or None when they never were a code of this shift."""
        match = self.by_digits.get(digits[:TYPED_DIGITS])
        if match is None or len(digits) not in {TYPED_DIGITS, QR_DIGITS}:
            return None
        whole = self.code(kind=match.kind, slot=match.slot)
        return match if whole is not None and whole.startswith(digits) else None


def slot_of(moment: datetime) -> int:
    """Return the number of the 30-second slot a moment falls into."""
    return int(moment.timestamp()) // SLOT_SECONDS


def start_of(slot: int) -> datetime:
    """Return when a slot begins, UTC."""
    return datetime.fromtimestamp(slot * SLOT_SECONDS, tz=UTC)


def make_codes(seed: bytes, *, starts_at: datetime, ends_at: datetime) -> CodeBook:
    """Return the codes of a shift: HMAC-SHA256(seed, kind, slot, try) cut to ten digits (service-points §4.1).

    A code whose first six digits occurred already in this shift is drawn again, so that digits name one slot only.
    """
    first, last = slot_of(starts_at - CODES_EARLY), slot_of(ends_at + CODES_LATE)
    codes: dict[Kind, list[str]] = {Kind.IN: [], Kind.OUT: []}
    by_digits: dict[str, CodeMatch] = {}
    for slot in range(first, last + 1):
        for kind in Kind:
            code = _drawn(seed, kind=kind, slot=slot, taken=by_digits)
            by_digits[code[:TYPED_DIGITS]] = CodeMatch(kind=kind, slot=slot)
            codes[kind].append(code)
    return CodeBook(first, tuple(codes[Kind.IN]), tuple(codes[Kind.OUT]), by_digits)


def _drawn(seed: bytes, *, kind: Kind, slot: int, taken: dict[str, CodeMatch]) -> str:
    draw = 0
    while True:
        digest = hmac.digest(seed, f"{kind.value}|{slot}|{draw}".encode(), "sha256")
        code = f"{int.from_bytes(digest[:8]) % 10**QR_DIGITS:0{QR_DIGITS}d}"
        if code[:TYPED_DIGITS] not in taken:
            return code
        draw += 1


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a code is worth at the moment it is handed in. `at` is the time that counts, UTC."""

    at: datetime
    grade: Grade
    flags: tuple[Flag, ...]


def judge_code(match: CodeMatch, *, now: datetime, seen_at: datetime | None, stored: bool) -> Verdict:
    """Judge a code by its slot: this or the previous one is live; a stored one counts a grade lower for 72 hours.

    `seen_at` is when our own server last saw it live for the same person; `stored` says it waited in a phone.
    Raises `CodeRefused` for one that has run out.
    """
    age = slot_of(now) - match.slot
    if age < 0:
        raise CodeRefused(N_("这个码还没到时候，看着屏幕再输一遍"), field="code")
    if age <= 1 or (seen_at is not None and slot_of(seen_at) - match.slot in {0, 1} and now - seen_at <= TICKET_LIVES):
        return Verdict(at=now if age <= 1 and not stored else match.slot_time, grade=Grade.LIVE_CODE, flags=())
    if not stored:
        raise CodeRefused(N_("这个码过期了，看着屏幕再输一遍。30秒换一次"), field="code")
    if now - match.slot_time > OFFLINE_LIMIT:
        raise CodeRefused(N_("这个码是三天前的了，请组长替您补"), field="code")
    return Verdict(at=match.slot_time, grade=Grade.STATIC_AND_PLACE, flags=(Flag.OFFLINE,))


def weaker(one: Grade, other: Grade) -> Grade:
    """Return the grade a session deserves whose two ends are known differently; by hand is the weakest."""
    order = list(Grade)
    return min(one, other, key=order.index)


def credited(
    started_at: datetime, ended_at: datetime, *, starts_at: datetime, ends_at: datetime
) -> tuple[datetime, datetime]:
    """Return the part of [started_at, ended_at) within the plan and its grace; empty ones have equal ends."""
    start = max(started_at, starts_at - EARLY_GRACE)
    end = min(ended_at, ends_at + LATE_GRACE)
    return start, max(start, end)


def minutes_between(start: datetime, end: datetime) -> int:
    """Return whole minutes, rounded down, never below 0."""
    return max(int((end - start).total_seconds()) // 60, 0)


def uncovered_minutes(interval: tuple[datetime, datetime], taken: Iterable[tuple[datetime, datetime]]) -> int:
    """Return the whole minutes of an interval that none of the others cover: a minute counts once (§5.2 Overlap)."""
    start, end = interval
    left = timedelta()
    cursor = start
    for other_start, other_end in sorted(taken):
        if other_end <= cursor or other_start >= end:
            continue
        left += max(other_start - cursor, timedelta())
        cursor = max(cursor, other_end)
    left += max(end - cursor, timedelta())
    return int(left.total_seconds()) // 60


def ensure_end(ended_at: datetime, *, started_at: datetime, planned_end: datetime) -> None:
    """Refuse an end by hand that is before the arrival or after the planned end (§5.2). Raises `EndRefused`."""
    if ended_at <= started_at:
        raise EndRefused(N_("走的时间要晚于来的时间"), field="ended")
    if ended_at > planned_end:
        raise EndRefused(N_("补写的时间不能晚于计划结束的时间"), field="ended")


def needs_closing(*, ended: bool, planned_end: datetime, now: datetime) -> bool:
    """Tell whether somebody never checked out and the leader must say when they left (§5.2)."""
    return not ended and now >= planned_end + NEEDS_CLOSING_AFTER


def too_many(*, checked_in: int, counted: int | None) -> bool:
    """Tell whether more checked in than the leader counted with open eyes (service-points §4.15)."""
    return counted is not None and checked_in > counted


def split_flags(text: str) -> tuple[str, ...]:
    """Return the flags kept in one column."""
    return tuple(filter(None, text.split(",")))


def joined_flags(*groups: Iterable[str]) -> str:
    """Return flags for one column: each once, in order of the list of flags."""
    wanted = {str(flag) for group in groups for flag in group}
    return ",".join(flag.value for flag in Flag if flag.value in wanted) if wanted else ""
