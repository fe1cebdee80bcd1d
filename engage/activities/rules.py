"""Who may join what, and what a plan must say. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from engage.core.ages import SHANGHAI, may_be_minor, touches_night
from engage.core.errors import N_, DomainError

LONGEST_SHIFT = timedelta(hours=12)
MOST_WEEKS = 26
MOST_PLACES = 300


class Kind(StrEnum):
    """What sort of activity it is."""

    PATROL = "patrol"
    SERVICE = "service"
    TRAINING = "training"


class Nature(StrEnum):
    """Whether the hours are given freely: paid duty and drills never count as volunteer time (service-points §5.2)."""

    VOLUNTEER = "volunteer"
    DUTY = "duty"
    DRILL = "drill"


class SignUpState(StrEnum):
    """What a person said about a shift."""

    JOINED = "joined"
    WAITLISTED = "waitlisted"
    CANNOT_COME = "cannot_come"
    WITHDRAWN = "withdrawn"


class JoinRefused(DomainError):
    """This person cannot be put down for this shift."""


class PlanRefused(DomainError):
    """The plan lacks something, or contradicts itself."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What the planner wrote, parsed: times are Shanghai wall time of the first date."""

    title: str
    kind: Kind
    nature: Nature
    place: str
    task: str
    insurance: str
    leader_no: int
    day: date
    starts: time
    ends: time
    capacity: int
    weeks: int = 1
    #: the training that signing up asks for; empty: none
    training: str = ""


def dates_of(plan: Plan) -> list[tuple[datetime, datetime]]:
    """Return [start, end) of every week's shift, aware, in Shanghai time; an end before the start is the next morning.

    Raises `PlanRefused` naming the field that is wrong.
    """
    if not 1 <= plan.weeks <= MOST_WEEKS:
        raise PlanRefused(N_("每周一班，最多排%(most)s周"), field="weeks", most=MOST_WEEKS)
    pairs = []
    for week in range(plan.weeks):
        day = plan.day + timedelta(weeks=week)
        start = datetime.combine(day, plan.starts, tzinfo=SHANGHAI)
        end = datetime.combine(day, plan.ends, tzinfo=SHANGHAI)
        pairs.append((start, end if end > start else end + timedelta(days=1)))
    return pairs


def ensure_plan(plan: Plan, *, now: datetime) -> None:
    """Refuse a plan that nobody could carry out. Raises `PlanRefused`; a patrol needs insurance (Art. 17)."""
    if not plan.title:
        raise PlanRefused(N_("给活动起个名字，比如“桂园片区夜巡”"), field="title")
    if not plan.place:
        raise PlanRefused(N_("写上在哪里集合"), field="place")
    if not 1 <= plan.capacity <= MOST_PLACES:
        raise PlanRefused(N_("人数写1到%(most)s之间"), field="capacity", most=MOST_PLACES)
    if plan.kind is Kind.PATROL and not plan.insurance:
        raise PlanRefused(N_("巡逻要先有保险。写上保单或哪家保的，再发布"), field="insurance")
    start, end = dates_of(plan)[0]
    if end - start > LONGEST_SHIFT:
        raise PlanRefused(N_("一班最长12小时，请拆成两班"), field="ends")
    if end <= now:
        raise PlanRefused(N_("这个时间已经过去了，改成今天或以后"), field="day")


def is_night_patrol(*, kind: str, starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether a shift is a patrol of which any part lies after 21:00 (or before 06:00) Shanghai time."""
    return kind == Kind.PATROL and touches_night(starts_at=starts_at, ends_at=ends_at)


def ensure_old_enough(*, kind: str, starts_at: datetime, ends_at: datetime, birth_year: int | None) -> None:
    """Refuse night patrols to minors, whoever signs them up or in (service-points §5.7). Raises `JoinRefused`."""
    if is_night_patrol(kind=kind, starts_at=starts_at, ends_at=ends_at) and may_be_minor(
        birth_year, on=starts_at.astimezone(SHANGHAI).date()
    ):
        raise JoinRefused(N_("夜里九点以后的巡逻要满18岁。白天的活动欢迎您来"))


def ensure_can_join(
    *, kind: str, starts_at: datetime, ends_at: datetime, cancelled: bool, birth_year: int | None, now: datetime
) -> None:
    """Refuse a shift that is off or over, and late patrols to minors (service-points §5.7). Raises `JoinRefused`."""
    if cancelled:
        raise JoinRefused(N_("这一班取消了，看看别的班"))
    if now >= ends_at:
        raise JoinRefused(N_("这一班已经结束，看看下一班"))
    ensure_old_enough(kind=kind, starts_at=starts_at, ends_at=ends_at, birth_year=birth_year)


def next_in_line(waiting: list[tuple[int, int]], *, free: int) -> list[int]:
    """Return who moves up: the first `free` persons by queue number. `waiting` holds (queue_no, person_id)."""
    return [person_id for _number, person_id in sorted(waiting)[: max(free, 0)]]
