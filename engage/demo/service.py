"""Act two: two months of service. Shifts were planned, signed up for, led, approved and paid; tonight's patrol is under way."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from engage import activities, attendance, awards, ledger
from engage.activities import Kind, Nature, Plan
from engage.core import clock
from engage.core.access import Actor
from engage.demo import shop
from engage.demo.duties import AHEAD, PAST, TONIGHT, Duty
from engage.demo.roll import Stage

_INSURANCE = "区志愿者意外险，保到年底"


#: 周桂芳 fetches her umbrella before this day's shift
_FETCHED_BEFORE = -3
#: walks now: it began a little while ago, whatever the hour
_BEGAN = timedelta(minutes=10)
_LASTS = timedelta(hours=2)
#: before dusk nobody is on a night patrol
_MORNING, _DUSK = time(6), time(17, 30)
#: when 吴小婷 approves yesterday's time
_AT_THE_OFFICE = time(10, 30)


def play(stage: Stage) -> None:
    """Play two months of service in the community of the stage; points are spent in between, as they come."""
    agree_on_points(stage)
    for duty in PAST:
        if duty.day == _FETCHED_BEFORE:
            shop.fetch(stage)
        shift_id = plan(stage, duty)
        coming = come(stage, shift_id=shift_id, count=duty.joined, before=_start_of(stage, duty))
        serve(stage, shift_id=shift_id, people=coming)
        if duty is not PAST[-1]:  # the last one waits for 吴小婷, or whoever tries the demo
            approve(stage, shift_id=shift_id, now=_morning_after(stage, duty))
    for duty in AHEAD:
        # Left for the stranger who tries the demo as 周桂芳.
        come(stage, shift_id=plan(stage, duty), count=duty.joined, before=_start_of(stage, duty), with_known=False)
    walk_now(stage)
    doubt(stage)


def play_next_door(stage: Stage) -> None:
    """Give the community next door one shift of its own."""
    duty = Duty(
        title="梨园巡逻",
        place="梨园大门",
        kind=Kind.PATROL,
        day=1,
        starts=time(19, 0),
        ends=time(20, 30),
        capacity=4,
        joined=2,
    )
    come(stage, shift_id=plan(stage, duty), count=duty.joined, before=_start_of(stage, duty))


def doubt(stage: Stage) -> None:
    """Let 吴小婷 ask for an award to be taken back; 何敏, or whoever tries the demo as her, is the second person."""
    neighbours = [actor.person_id for key, actor in stage.actors.items() if key.startswith("neighbour ")]
    wrong = next(
        card for card in ledger.list_entries(limit=1000) if card.kind == "award" and card.person_id in neighbours
    )
    ledger.propose_correction(
        entry_id=wrong.id, reason="那晚提前走了，签退是别人代按的", actor=stage["clerk"], now=stage.ago(hours=3)
    )


def agree_on_points(stage: Stage) -> None:
    """Let the secretary draft the rule that turns minutes into points, and the clerk approve it."""
    began = clock.from_local(clock.local_date(stage.ago(days=90)), time(10, 0))
    rule_id = awards.draft_rule(
        terms=awards.DEFAULT_TERMS,
        valid_from=clock.local_date(began),
        source="社区居委会会议定",
        actor=stage["secretary"],
        now=began,
    )
    awards.approve_rule(rule_id=rule_id, actor=stage["clerk"], now=began + timedelta(minutes=40))


def approve(stage: Stage, *, shift_id: int, now: datetime) -> None:
    """Let the clerk approve everybody's time at a shift; the points are on the ledger at once."""
    for number, session in enumerate(attendance.sessions_of_shift(shift_id)):
        awards.approve_and_award(
            session_id=session.id,
            actor=stage["clerk"],
            now=now + timedelta(seconds=15 * number),
            reason="核对过名单" if session.flags else "",
        )


def plan(stage: Stage, duty: Duty) -> int:
    """Let the secretary plan a shift four days ahead, one of next week yesterday; returns its id."""
    day = _day(stage, duty)
    now = min(_start_of(stage, duty) - timedelta(days=4), stage.ago(days=1))
    return _planned(stage, duty, day=day, starts=duty.starts, ends=duty.ends, now=now)


def walk_now(stage: Stage) -> int:
    """Plan the patrol that is under way at this moment, with people who said they would come; returns its id.

    Told by daylight it is a round of the staircases, and the night patrol of the evening stands in the list besides.
    """
    start = clock.local(stage.now - _BEGAN).replace(second=0, microsecond=0)
    by_daylight = _MORNING <= start.time() < _DUSK
    duty = Duty(
        title="桂园片区巡楼" if by_daylight else "桂园片区夜巡",
        place="桂园东门岗亭",
        kind=Kind.PATROL,
        day=0,
        starts=time(0),
        ends=time(0),
        capacity=8,
        joined=5,
        task="从东门走到3栋、5栋、7栋，看楼道和充电棚，再回岗亭。",
    )
    if by_daylight:
        come(stage, shift_id=plan(stage, TONIGHT), count=TONIGHT.joined, before=stage.ago(hours=1), with_known=False)
    shift_id = _planned(
        stage,
        duty,
        day=start.date(),
        starts=start.timetz().replace(tzinfo=None),
        ends=(start + _LASTS).timetz().replace(tzinfo=None),
        now=stage.ago(days=4),
    )
    come(stage, shift_id=shift_id, count=duty.joined, before=stage.now)
    return shift_id


def come(stage: Stage, *, shift_id: int, count: int, before: datetime, with_known: bool = True) -> list[Actor]:
    """Let some volunteers sign up for a shift, 周桂芳 and 孙玉梅 first unless they stay at home; returns who did."""
    known = [stage["volunteer"], stage["neighbour"]]
    first = known if with_known else []
    names = [actor for actor in stage.volunteers() if actor not in (stage["leader"], *known)]
    others = stage.chance.sample(names, min(count - len(first), len(names)))
    latest = min(before - timedelta(days=2), stage.ago(hours=10))  # nothing of the story lies ahead of now
    for number, actor in enumerate([*first, *others]):
        moment = latest - timedelta(minutes=7 * number)
        activities.sign_up(shift_id=shift_id, person_id=actor.person_id, actor=actor, now=moment)
    return [*first, *others]


def serve(stage: Stage, *, shift_id: int, people: list[Actor]) -> None:
    """Let a shift happen: codes typed at both ends, the last person's card scanned, heads counted, roll closed."""
    shift, leader = activities.get_shift(shift_id), stage["leader"]
    *typing, with_card = people
    for kind, moment in ((attendance.Kind.IN, shift.starts_at), (attendance.Kind.OUT, shift.ends_at)):
        for number, actor in enumerate([*typing, leader]):
            check(stage, shift_id=shift_id, kind=kind, actor=actor, now=moment + timedelta(seconds=20 * number))
        attendance.check_in_person(
            shift_id=shift_id,
            person_id=with_card.person_id,
            kind=kind,
            medium="card",
            client_event_id=stage.key(),
            actor=leader,
            now=moment + timedelta(minutes=4),
        )
        if kind is attendance.Kind.IN:
            attendance.count_heads(
                shift_id=shift_id, counted=len(people) + 1, actor=leader, now=moment + timedelta(minutes=6)
            )
    attendance.close_roll(shift_id=shift_id, actor=leader, now=shift.ends_at + timedelta(minutes=8))


def check(stage: Stage, *, shift_id: int, kind: attendance.Kind, actor: Actor, now: datetime) -> None:
    """Let somebody type the digits the leader's screen shows at this moment."""
    digits = attendance.live_code(shift_id=shift_id, kind=kind, now=now)
    handed = attendance.Handed(digits=str(digits)[:6], client_event_id=stage.key())
    attendance.check_in_with_code(shift_id=shift_id, handed=handed, actor=actor, now=now)


def _planned(stage: Stage, duty: Duty, *, day: date, starts: time, ends: time, now: datetime) -> int:
    plan_ = Plan(
        title=duty.title,
        kind=duty.kind,
        nature=Nature.VOLUNTEER,
        place=duty.place,
        task=duty.task,
        insurance=_INSURANCE if duty.kind is Kind.PATROL else "",
        leader_no=stage["leader"].member_no,
        day=day,
        starts=starts,
        ends=ends,
        capacity=duty.capacity,
    )
    [shift_id] = activities.plan_activity(plan=plan_, actor=stage["secretary"], key=stage.key(), now=now)
    return shift_id


def _day(stage: Stage, duty: Duty) -> date:
    return clock.local_date(stage.now) + timedelta(days=duty.day)


def _morning_after(stage: Stage, duty: Duty) -> datetime:
    return clock.from_local(_day(stage, duty) + timedelta(days=1), _AT_THE_OFFICE)


def _start_of(stage: Stage, duty: Duty) -> datetime:
    return clock.from_local(_day(stage, duty), duty.starts)
