"""Leading a shift: the blind head-count, ends by hand, closing (service-points §4.15, §5.2)."""

from __future__ import annotations

from datetime import datetime

from engage import activities, people
from engage.attendance import queries, rules
from engage.attendance.models import HeadCount, Presence, RollClosure
from engage.attendance.queries import Roll
from engage.attendance.rules import Flag, Grade, RollRefused
from engage.core import audit
from engage.core.access import Actor
from engage.core.database import in_turn, transaction
from engage.core.errors import N_, NotFound
from engage.core.fence import get_in_scope

MOST_HEADS = 2000


def count_heads(*, shift_id: int, counted: int, actor: Actor, now: datetime) -> Roll:
    """Keep how many people stand there; only then does anybody learn how many checked in. The first count stands.

    Raises `RollRefused`, `Forbidden`.
    """
    shift = activities.get_shift(shift_id)
    actor = activities.ensure_leads(shift, actor=actor)
    if now < shift.starts_at:
        raise RollRefused(N_("还没开始，开始以后再点人头"), field="counted")
    if not 0 <= counted <= MOST_HEADS:
        raise RollRefused(N_("写0到%(most)s之间的数字"), field="counted", most=MOST_HEADS)
    with transaction() as session:
        in_turn(f"shift:{shift_id}", community_id=actor.community_id)
        roll = queries.roll_of(shift_id)
        if roll.counted is not None:
            return roll
        present = queries.count_checked_in(shift_id)
        session.add(
            HeadCount(
                shift_id=shift_id, counted=counted, checked_in=present, counted_by=actor.person_id, counted_at=now
            )
        )
        audit.record(
            "counted heads", actor=actor, subject=f"shift:{shift_id}", now=now, counted=counted, checked_in=present
        )
        session.flush()
        return queries.roll_of(shift_id)


def close_roll(*, shift_id: int, actor: Actor, now: datetime) -> Roll:
    """Close a shift after the head-count. Closing twice changes nothing. Raises `RollRefused`, `Forbidden`."""
    shift = activities.get_shift(shift_id)
    actor = activities.ensure_leads(shift, actor=actor)
    with transaction() as session:
        in_turn(f"shift:{shift_id}", community_id=actor.community_id)
        roll = queries.roll_of(shift_id)
        if roll.closed_at is not None:
            return roll
        if roll.counted is None:
            raise RollRefused(N_("先点人头，再收队"), field="counted")
        session.add(RollClosure(shift_id=shift_id, closed_by=actor.person_id, closed_at=now))
        audit.record("closed", actor=actor, subject=f"shift:{shift_id}", now=now)
        session.flush()
        return queries.roll_of(shift_id)


def end_by_hand(*, session_id: int, ended_at: datetime, actor: Actor, now: datetime) -> None:
    """Say when somebody left who never checked out: never after the planned end, and never the full plan by itself.

    Raises `RollRefused`, `EndRefused`, `Forbidden`, `NotFound`.
    """
    with transaction():
        row = get_in_scope(Presence, session_id, lock=True)
        shift = activities.get_shift(row.shift_id)
        actor = activities.ensure_leads(shift, actor=actor)
        if not people.ids_within([row.person_id], reach=activities.reach_over(shift, actor=actor)):
            raise NotFound
        if row.state != "open":
            raise RollRefused(N_("这条已经有走的时间了"))
        if row.started_at is None:
            raise RollRefused(N_("这个人只有签退，没有签到。请他本人说明，再到社区补"))
        rules.ensure_end(ended_at, started_at=row.started_at, planned_end=min(shift.ends_at, now))
        signed_up = activities.is_joined(shift.id, row.person_id) or row.person_id == shift.leader_id
        row.ended_at = ended_at
        interval = rules.credited(row.started_at, ended_at, starts_at=shift.starts_at, ends_at=shift.ends_at)
        row.minutes = rules.minutes_between(*interval)
        row.grade = Grade.BY_HAND.value
        row.flags = rules.joined_flags(
            rules.split_flags(row.flags), [Flag.ENDED_BY_HAND], () if signed_up else (Flag.NOT_SIGNED_UP,)
        )
        row.state, row.closed_by = "proposed", actor.person_id
        audit.record("ended by hand", actor=actor, subject=f"session:{session_id}", now=now, on_behalf_of=row.person_id)
