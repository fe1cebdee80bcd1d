"""Who belongs to whom: grandchildren and their grandparents' word, and neighbours who came onto the roll twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from engage import activities, guardians, merging, people
from engage.core import clock
from engage.core.access import Actor
from engage.core.database import transaction
from engage.demo.roll import Stage

#: whose entry was written a second time, and made one again yesterday
_TWICE = "neighbour 7"
#: what a girl of sixteen helps with
_HELPS = "独居老人上门量血压"
_SECOND_PHONE = "15971002604"


def gather(stage: Stage) -> None:
    """Put three minors on the roll, one with a signed sheet, one waiting for a grandmother's yes, one with nobody yet."""
    this_year, clerk = clock.local(stage.now).year, stage["clerk"]
    told = stage.ago(days=20)
    girl = _enrol("孙晓雨", like=stage["neighbour"], born=this_year - 17, now=told)
    boy = _enrol("赵一鸣", like=stage["volunteer"], born=this_year - 11, now=told)
    _enrol("徐子涵", like=stage["recorder"], born=this_year - 16, now=told)
    for child, elder, signed in ((girl, stage["neighbour"], True), (boy, stage["volunteer"], False)):
        guardians.link(
            minor_id=child,
            guardian_no=elder.member_no,
            kind="grandparent",
            signed=signed,
            actor=clerk,
            now=told + timedelta(hours=1),
        )
    ahead = activities.list_shifts(start=stage.now, end=stage.now + timedelta(days=4))
    visit = next(shift for shift in ahead if shift.title == _HELPS)
    activities.sign_up(shift_id=visit.id, person_id=girl, actor=stage["neighbour"], now=stage.ago(hours=9))


def write_twice(stage: Stage) -> None:
    """Put two people on the roll a second time: one pair still waits to be compared, the other was made one yesterday."""
    told = stage.ago(days=8)
    _enrol(stage["resident"].name, like=stage["resident"], born=None, now=told, phone=_SECOND_PHONE, is_volunteer=True)
    first = stage[_TWICE]
    second = _enrol(first.name, like=first, born=None, now=told, is_volunteer=True)
    yesterday = stage.ago(days=1)
    page = merging.compare(survivor_id=first.person_id, merged_id=second, now=yesterday)
    merging.merge(
        survivor_id=first.person_id,
        merged_id=second,
        facts=(),
        reason="本人带着两张证来了",
        seen=page.seen,
        actor=stage["clerk"],
        now=yesterday,
    )


def _enrol(
    name: str,
    *,
    like: Actor,
    born: int | None,
    now: datetime,
    phone: str | None = None,
    is_volunteer: bool = False,
) -> int:
    """Put somebody on the roll at somebody else's door; returns the id."""
    home = people.get_person(like.person_id)
    newcomer = people.Newcomer(
        name=name,
        phone=phone,
        grid_id=home.grid_id,
        birth_year=born,
        is_volunteer=is_volunteer,
        ties=((home.unit_id, "member"),) if home.unit_id else (),
        teams=(),
    )
    with transaction():
        [person_id] = people.enrol_many([newcomer], now=now)
    return person_id
