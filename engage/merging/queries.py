"""Reading merges and suggestions; looking at two entries side by side through the doors of all rooms."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, or_, select

from engage import activities, attendance, ledger, people, places, resolutions, rewards, talks
from engage.core import idempotency
from engage.core.counting import count_together
from engage.core.database import db
from engage.core.errors import NotFound
from engage.core.fence import get_in_scope
from engage.core.i18n import _
from engage.merging import rules
from engage.merging.models import NotSame, PersonMerge

PAGE = 30


@dataclass(frozen=True, kw_only=True)
class MergeCard:
    """One merge as pages and other rooms may know it. Times UTC."""

    id: int
    merged_id: int
    survivor_id: int
    reason: str
    points: int
    merged_at: datetime
    merged_by: int
    undone_at: datetime | None

    def can_be_undone(self, *, now: datetime) -> bool:
        """Tell whether the time for taking it back is not over; whether something blocks it is asked when it is tried."""
        return self.undone_at is None and now < self.merged_at + rules.UNDO_WITHIN


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of two entries, with what hangs on it."""

    person: people.Person
    home: str
    phone: str
    points: int
    minutes: int
    sessions: int
    teams: int
    ties: int
    ahead: int
    #: what must be handed over before this entry can go, as sentences
    in_the_way: list[str]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two entries side by side; `differ` names the facts one can choose."""

    stays: Side
    goes: Side
    differ: list[str]
    overlaps: int
    #: changes when any of it does
    seen: str = field(default="")


def compare(*, survivor_id: int, merged_id: int, now: datetime) -> Comparison:
    """Return the two side by side. Raises `NotFound`. The number of queries does not grow with what hangs on them."""
    pair = (survivor_id, merged_id)
    persons = people.persons_of(pair)
    if set(pair) - persons.keys():
        raise NotFound
    labels = places.unit_labels([person.unit_id for person in persons.values()])
    balances = ledger.balances_of(person_ids=pair, now=now)
    hangs, stand_ins = _hanging_on(pair, now=now), people.standing_in(pair, now=now)
    sides = {
        one: _side(
            persons[one],
            home=labels.get(persons[one].unit_id or 0, ""),
            points=balances[one].available,
            hangs=hangs[one],
            in_the_way=_ways(one, hangs=hangs[one], stand_ins=stand_ins, other_id=sum(pair) - one),
        )
        for one in pair
    }
    stays, goes = sides[survivor_id], sides[merged_id]
    overlaps = attendance.count_overlaps(from_id=merged_id, to_id=survivor_id)
    return Comparison(
        stays=stays,
        goes=goes,
        differ=[
            fact
            for fact, columns in people.FACTS.items()
            if any(getattr(stays.person, one) != getattr(goes.person, one) for one in columns)
        ],
        overlaps=overlaps,
        seen=idempotency.fingerprint_of(
            pair=pair,
            sides=[
                (
                    side.person.status,
                    side.points,
                    side.minutes,
                    side.sessions,
                    side.teams,
                    side.ties,
                    side.ahead,
                    [(one, str(getattr(side.person, one))) for columns in people.FACTS.values() for one in columns],
                )
                for side in (stays, goes)
            ],
            overlaps=overlaps,
        ),
    )


def _side(person: people.Person, *, home: str, points: int, hangs: Mapping[str, int], in_the_way: list[str]) -> Side:
    return Side(
        person=person,
        home=home,
        phone=people.masked_phone(person.phone_last4),
        points=points,
        minutes=hangs["minutes"],
        sessions=hangs["sessions"],
        teams=hangs["teams"],
        ties=hangs["ties"],
        ahead=hangs["ahead"],
        in_the_way=in_the_way,
    )


def _hanging_on(person_ids: Collection[int], *, now: datetime) -> dict[int, dict[str, int]]:
    """Return how much of each kind hangs on each entry; one statement for all of it."""
    asked: dict[str, Select[int]] = {}
    for one in person_ids:
        of_one = {
            **attendance.counting_own(one),
            **people.counting_bonds(one),
            "ahead": activities.counting_ahead(one, now=now),
            "led": activities.counting_led(one, now=now),
            "talks": talks.counting_duties(one),
            "resolutions": resolutions.counting_owned(one),
            "redemptions": rewards.counting_open(person_id=one, now=now),
        }
        asked |= {f"{one} {kind}": statement for kind, statement in of_one.items()}
    counts = count_together(**asked)
    return {
        one: {key.partition(" ")[2]: counts[key] for key in asked if key.startswith(f"{one} ")} for one in person_ids
    }


def duties_of(person_id: int, *, other_id: int, now: datetime) -> list[str]:
    """Return what hangs on an entry that does not move by itself, as sentences: it stays, or somebody takes it over.

    `other_id` is the entry it would be merged into.
    """
    hangs = _hanging_on([person_id], now=now)[person_id]
    return _ways(person_id, hangs=hangs, stand_ins=people.standing_in([person_id], now=now), other_id=other_id)


def _ways(
    person_id: int, *, hangs: Mapping[str, int], stand_ins: Collection[people.StandIn], other_id: int
) -> list[str]:
    ways: list[str] = []
    if hangs["offices"]:
        ways.append(_("有职务：职务不跟着走。留下有职务的这一条，或者先让职务结束"))
    ways += _stands_in([one for one in stand_ins if one.person_id == person_id], other_id=other_id)
    if hangs["led"]:
        ways.append(_("还要带队：先给那几班换人"))
    if hangs["talks"]:
        ways.append(_("夜话里有分工：先换人"))
    if hangs["resolutions"]:
        ways.append(_("在办决议：先派给别人"))
    if hangs["redemptions"]:
        ways.append(_("有换好没领的东西：先领走或者退掉"))
    return ways


def _stands_in(held_for: Collection[people.StandIn], *, other_id: int) -> list[str]:
    # A role handed over is no more theirs than one of their own: it does not move, and nobody stands in for themselves.
    return [
        _("替留下的这一条代班，同一个人不能替自己：先请书记在登记页上收回代班，再来合并")
        if one.holder_id == other_id
        else _("在替%(name)s代班：先请书记在登记页上收回代班，合并以后再请留下的这一条来代", name=one.holder)
        for one in held_for
    ]


def suggestions(*, reach: frozenset[int] | None) -> list[people.Twins]:
    """Return pairs within reach that look like one person and of whom nobody said they are two, the likeliest first."""
    known = {(row.first_id, row.second_id) for row in db.session.scalars(select(NotSame))}
    found = [twins for twins in people.find_twins() if (twins.first_id, twins.second_id) not in known]
    near = people.ids_within({one for twins in found for one in (twins.first_id, twins.second_id)}, reach=reach)
    return [twins for twins in found if {twins.first_id, twins.second_id} <= near]


def list_merges(*, reach: frozenset[int] | None, limit: int = PAGE) -> list[MergeCard]:
    """Return the latest merges into entries within reach, the newest first."""
    rows = db.session.scalars(select(PersonMerge).order_by(PersonMerge.id.desc()).limit(limit)).all()
    near = people.ids_within([row.survivor_id for row in rows], reach=reach)
    return [card_of(row) for row in rows if row.survivor_id in near]


def merges_of(person_ids: Collection[int]) -> list[MergeCard]:
    """Return the merges that touch these entries, the newest first."""
    ids = set(person_ids)
    mine = or_(PersonMerge.merged_id.in_(ids), PersonMerge.survivor_id.in_(ids))
    return [card_of(row) for row in db.session.scalars(select(PersonMerge).where(mine).order_by(PersonMerge.id.desc()))]


def get_merge(merge_id: int) -> MergeCard:
    """Return one merge. Raises `NotFound`."""
    return card_of(get_in_scope(PersonMerge, merge_id))


def card_of(row: PersonMerge) -> MergeCard:
    """Return the card of a loaded row."""
    return MergeCard(
        id=row.id,
        merged_id=row.merged_id,
        survivor_id=row.survivor_id,
        reason=row.reason,
        points=row.points,
        merged_at=row.merged_at,
        merged_by=row.merged_by,
        undone_at=row.undone_at,
    )
