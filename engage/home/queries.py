"""Gathering what the front pages show, one batch door per region (ADR 1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engage import activities, attendance, guardians, ledger, people, resolutions, rewards, talks, teams, topics
from engage.core import clock
from engage.core.access import Actor, Permission, Role
from engage.core.counting import count_together
from engage.home import rules

_LIST_AT_MOST = 5
_NEWS_AT_MOST = 2


@dataclass(frozen=True, kw_only=True)
class ShiftRow:
    """A shift with what the reader has to do with it."""

    shift: activities.ShiftCard
    left: int
    mine: bool


@dataclass(frozen=True, kw_only=True)
class FrontPage:
    """Everything on the phone's front page. `reach` can be had now; `goal` is the next thing, `missing` points away."""

    part_of_day: rules.PartOfDay
    volunteers: bool
    duty: activities.ShiftCard | None
    duty_today: bool
    #: whether its codes are shown already
    duty_open: bool
    #: since when the reader is there, UTC; None before checking in
    on_duty_since: datetime | None
    balance: ledger.Balance
    reach: rewards.ItemCard | None
    goal: rewards.ItemCard | None
    missing: int
    talk: talks.TalkCard | None
    talk_today: bool
    wanted: list[ShiftRow]
    news: list[resolutions.ResolutionCard]
    #: who waits for the reader's answer to come into a team
    to_answer: int
    #: corrections in the ledger that wait for the reader's yes
    to_correct: int
    #: children the office wrote down as the reader's, who wait for a yes
    to_confirm: list[guardians.Bond]


def front_page(actor: Actor, *, now: datetime) -> FrontPage:
    """Return the front page of one person."""
    week_ends = clock.day_bounds(clock.local_date(now))[0] + timedelta(days=8)
    mine = activities.shifts_of(person_id=actor.person_id, start=now - timedelta(hours=12), end=week_ends)
    duty, since = _duty_of(actor.person_id, shifts=mine, now=now)
    balance = ledger.balance_of(person_id=actor.person_id, now=now)
    shelf = rewards.shelf()
    goal = rules.next_goal(shelf, available=balance.available)
    talk = talks.find_next(now=now)
    waiting = count_together(teams=teams.counting_waiting_for(actor), corrections=ledger.counting_waiting(judge=actor))
    return FrontPage(
        part_of_day=rules.part_of_day(clock.local(now)),
        volunteers=Role.VOLUNTEER in actor.roles,
        duty=duty,
        duty_today=since is not None or (duty is not None and _is_today(duty.starts_at, now=now)),
        duty_open=duty is not None and duty.starts_at - attendance.CODES_EARLY <= now,
        on_duty_since=since,
        balance=balance,
        reach=rules.within_reach(shelf, available=balance.available),
        goal=goal,
        missing=goal.price - balance.available if goal else 0,
        talk=talk,
        talk_today=talk is not None and _is_today(talk.starts_at, now=now),
        wanted=_wanted(mine_ids={shift.id for shift in mine}, now=now, until=week_ends),
        news=resolutions.list_public(limit=_NEWS_AT_MOST, offset=0),
        to_answer=waiting["teams"],
        to_correct=waiting["corrections"],
        to_confirm=[
            bond
            for bond in guardians.children_of(actor.person_id, on=clock.local_date(now))
            if bond.confirmed_at is None
        ],
    )


def _duty_of(
    person_id: int, *, shifts: list[activities.ShiftCard], now: datetime
) -> tuple[activities.ShiftCard | None, datetime | None]:
    """Return the shift to show first, and since when the person is there.

    One that is over stays as long as its codes do for who has not checked out; one they left gives way to the next.
    """
    began = [shift.id for shift in shifts if shift.starts_at - attendance.CODES_EARLY <= now]
    times = attendance.times_of(person_id, shift_ids=began)
    for shift in shifts:
        if shift.cancelled or shift.ends_at + attendance.CODES_LATE <= now:
            continue
        if shift.id not in times:
            if shift.ends_at > now:
                return shift, None
            continue
        since, until = times[shift.id]
        if since is not None and until is None:
            return shift, since
    return None, None


def _is_today(moment: datetime, *, now: datetime) -> bool:
    return clock.local_date(moment) == clock.local_date(now)


def _wanted(*, mine_ids: set[int], now: datetime, until: datetime) -> list[ShiftRow]:
    rows = [
        ShiftRow(
            shift=shift,
            left=rules.places_left(capacity=shift.capacity, joined=shift.joined),
            mine=shift.id in mine_ids,
        )
        for shift in activities.list_shifts(start=now, end=until)
        if not shift.cancelled
    ]
    return [row for row in rows if row.left or row.mine][:_LIST_AT_MOST]


@dataclass(frozen=True, kw_only=True)
class Day:
    """The secretary's day: every number opens the page it counts."""

    shifts: list[activities.ShiftCard]
    leaders: dict[int, str]
    approvals: int
    to_approve: list[attendance.SessionCard]
    names: dict[int, str]
    to_moderate: int
    talk: talks.TalkCard | None
    talk_today: bool
    totals: ledger.LedgerTotals | None
    resolutions_open: int
    #: who waits for an answer to come into a team
    to_answer: int
    #: corrections in the ledger that wait for the reader's yes
    to_correct: int
    now: datetime


def day_of(actor: Actor, *, now: datetime) -> Day:
    """Return what is due today, as far as the person may see it."""
    start, end = clock.day_bounds(clock.local_date(now))
    shifts = activities.list_shifts(start=start, end=end)
    waiting = attendance.list_to_approve(limit=_LIST_AT_MOST, offset=0, judge=actor)
    names = people.names_of([*(shift.leader_id for shift in shifts), *(card.person_id for card in waiting)])
    talk = talks.find_next(now=now)
    asked = {
        "approvals": attendance.counting_to_approve(judge=actor),
        "resolutions": resolutions.counting_open(),
        "to_answer": teams.counting_waiting_for(actor),
        "to_correct": ledger.counting_waiting(judge=actor),
    }
    if actor.can(Permission.MODERATE_TOPICS):
        asked["to_moderate"] = topics.counting_to_moderate(now=now)
    counts = count_together(**asked)
    return Day(
        shifts=shifts,
        leaders=names,
        approvals=counts["approvals"],
        to_approve=waiting,
        names=names,
        to_moderate=counts.get("to_moderate", 0),
        talk=talk,
        talk_today=talk is not None and _is_today(talk.starts_at, now=now),
        totals=ledger.totals() if actor.can(Permission.SEE_LEDGER) else None,
        resolutions_open=counts["resolutions"],
        to_answer=counts["to_answer"],
        to_correct=counts["to_correct"],
        now=now,
    )
