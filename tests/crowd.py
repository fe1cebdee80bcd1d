"""Many people at once: a community made in one go, in which everybody is signed in. For faults and for load."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flask import Flask

from engage import activities, attendance, create_app, ledger, people, places, rewards, votes
from engage.activities import Nature, Plan
from engage.attendance import Kind
from engage.core import clock, idempotency, tenancy
from engage.core.access import Actor, Role
from engage.core.database import db, transaction
from tests.databases import settings_for
from tests.live import Installation

SLOT = timedelta(seconds=30)
#: how long codes are made for in advance: longer than any run lasts
_AHEAD = timedelta(minutes=12)
_DESKS = 6


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody with a signed-in phone."""

    person_id: int
    unit_id: int | None
    cookie: str


@dataclass(kw_only=True)
class Crowd:
    """A community in which everybody is signed in, shifts are under way and the shelf is full."""

    community_id: int
    members: list[Member]
    desks: list[Member]
    shifts: list[int]
    items: list[int]
    points: int
    price: int
    stock: int
    codes: dict[tuple[int, Kind], list[str]] = field(default_factory=dict)
    #: vote -> the form token of each member's household
    ballots: dict[int, list[str]] = field(default_factory=dict)
    codes_from: datetime

    def code(self, shift_id: int, kind: Kind) -> str:
        """Return the six digits a leader's screen shows now."""
        slot = (clock.now() - self.codes_from) // SLOT
        return self.codes[shift_id, kind][slot]


@contextmanager
def inside(installation: Installation) -> Iterator[Flask]:
    """Work on an installation's database with the application's own code."""
    key = installation.data_dir / "secret.key"
    if not key.exists():
        key.write_bytes(secrets.token_hex(32).encode())
    settings = settings_for(database_url=installation.database_url, data_dir=installation.data_dir)
    app = create_app(replace(settings, secret_key=key.read_bytes()))
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def gather(
    installation: Installation, *, persons: int, shifts: int = 0, points: int = 0, stock: int = 9_999, ballots: int = 0
) -> Crowd:
    """Found a community of `persons` volunteers, each a household with `points`.

    `shifts` are under way for an hour, and `ballots` are open to everybody.
    """
    with inside(installation):
        home = places.found_community(name="人多的社区", slug="crowd", now=clock.now())
        with tenancy.scoped(home.id):
            members, desks, leader = _enrol(persons, now=clock.now())
            running = _plan(shifts, leader=leader)
            if points:
                _award([member.person_id for member in members], points=points, leader=leader)
            crowd = Crowd(
                community_id=home.id,
                members=members,
                desks=desks,
                shifts=running,
                items=_fill_shelf(stock, actor=leader) if points else [],
                points=points,
                price=1,
                stock=stock,
                codes_from=datetime.fromtimestamp(int(clock.now().timestamp()) // 30 * 30, tz=clock.now().tzinfo),
            )
            _make_codes(crowd)
            _open_votes(crowd, ballots, actor=leader)
    return crowd


def _enrol(persons: int, *, now: datetime) -> tuple[list[Member], list[Member], Actor]:
    with transaction():
        units = [
            places.add_unit(label=f"1栋{number}", building_id=None, grid_id=None, area_centi=9000).id
            for number in range(persons)
        ]
        newcomers = [
            people.Newcomer(
                name=f"志愿者{number}",
                phone=None,
                grid_id=None,
                birth_year=1960,
                is_volunteer=True,
                ties=((unit_id, "owner"),),
                teams=(),
            )
            for number, unit_id in enumerate(units)
        ]
        staff = [replace(newcomers[0], name=f"工作人员{number}", ties=()) for number in range(_DESKS + 1)]
        ids = people.enrol_many([*newcomers, *staff], now=now)
        found = people.persons_of(ids)
        for person_id in ids[persons:]:
            people.grant_role(person=found[person_id], role=Role.DESK, now=now)
        people.grant_role(person=found[ids[-1]], role=Role.SECRETARY, now=now)
        phones = [
            Member(
                person_id=person_id,
                unit_id=found[person_id].unit_id,
                cookie=people.remember_device(person=found[person_id], label="crowd", now=now),
            )
            for person_id in ids
        ]
    return phones[:persons], phones[persons:-1], people.actor_of(people.get_person(ids[-1]))


def _plan(shifts: int, *, leader: Actor) -> list[int]:
    start = clock.local(clock.now() - timedelta(minutes=5)).replace(second=0, microsecond=0)
    ids = []
    for number in range(shifts):
        plan = Plan(
            title=f"巡逻{number}",
            kind=activities.Kind.SERVICE,
            nature=Nature.VOLUNTEER,
            place="东门",
            task="",
            insurance="",
            leader_no=leader.member_no,
            day=start.date(),
            starts=start.time(),
            ends=(start + timedelta(hours=1)).time(),
            capacity=100,
        )
        ids += activities.plan_activity(plan=plan, actor=leader, key=idempotency.new_key(), now=clock.now())
    return ids


def _award(person_ids: list[int], *, points: int, leader: Actor) -> None:
    now = clock.now()
    with transaction():
        for person_id in person_ids:
            ledger.post_award(
                person_id=person_id,
                points=points,
                source=f"crowd:{person_id}",
                memo="巡逻",
                earned_on=clock.local_date(now),
                actor_id=None,
                approver_id=leader.person_id,
                now=now,
            )


def _fill_shelf(stock: int, *, actor: Actor) -> list[int]:
    return [
        rewards.add_item(
            name=name,
            counter="瓶",
            picture="soap",
            price=1,
            quantity=stock,
            per_person=None,
            actor=actor,
            key=idempotency.new_key(),
            now=clock.now(),
        )
        for name in ("洗衣液", "毛巾")
    ]


def _make_codes(crowd: Crowd) -> None:
    for shift_id in crowd.shifts:
        for kind in Kind:
            moments = [crowd.codes_from + number * SLOT for number in range(_AHEAD // SLOT)]
            codes = [attendance.live_code(shift_id=shift_id, kind=kind, now=moment) for moment in moments]
            crowd.codes[shift_id, kind] = [str(code)[:6] for code in codes]


def _open_votes(crowd: Crowd, ballots: int, *, actor: Actor) -> None:
    units = [member.unit_id or 0 for member in crowd.members]
    for number in range(ballots):
        with transaction():
            vote_id = votes.prepare(
                kind="household",
                subject=f"crowd:{number}",
                question="楼道杂物每月清一次？",
                options=votes.YES_NO,
                choices_max=1,
                unit_ids=units,
                rule={},
                changeable=False,
                actor=actor,
                now=clock.now(),
            )
        votes.open_vote(vote_id=vote_id, actor=actor, now=clock.now())
        crowd.ballots[vote_id] = [votes.form_token(vote_id=vote_id, unit_id=unit) for unit in units]
