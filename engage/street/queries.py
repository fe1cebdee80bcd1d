"""Gathering the street's figures: one statement per kind of figure, however many communities there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from engage import awards, ledger, oversight, people, places, resolutions, talks
from engage.core import clock, tenancy
from engage.core.access import Actor, Permission
from engage.core.errors import NotFound
from engage.core.tenancy import CommunityCard
from engage.street import rules


@dataclass(frozen=True, kw_only=True)
class Line:
    """One community in figures; None where so few persons stand behind it that it would speak of them."""

    community: CommunityCard
    members: int | None
    volunteers: int | None
    #: approved volunteer minutes of this month
    minutes: int | None
    points: int | None
    talks: int
    resolutions: int
    overdue: int
    #: persons who saw many phones or pages of the roll in the last seven days; only for who may read what offices did
    alarms: int


@dataclass(frozen=True, kw_only=True)
class Street:
    """The page: where it looks from, the month, a line per community and the sums."""

    names: tuple[str, ...]
    first: date
    lines: list[Line]
    members: int | None
    volunteers: int | None
    minutes: int | None
    points: int | None
    talks: int
    resolutions: int
    overdue: int


def regions_of(actor: Actor, permission: Permission = Permission.SEE_STREET) -> frozenset[int] | None:
    """Return the streets and districts for which the actor has a permission; None is every community (the operator)."""
    grants = [grant for grant in actor.grants if grant.carries(permission)]
    if any(grant.region_id is None for grant in grants):
        return None
    return frozenset(grant.region_id for grant in grants if grant.region_id is not None)


def community_below(community_id: int, *, actor: Actor) -> CommunityCard:
    """Return a community whose office the actor may look at. Raises `NotFound` for any other, there or not."""
    reached = places.communities_under(regions_of(actor, Permission.SEE_OFFICE_ACTS))
    card = next((card for card in reached if card.id == community_id), None)
    if card is None:
        raise NotFound
    return card


def street_of(actor: Actor, *, q: str, now: datetime) -> Street:
    """Return the figures the actor may see, by name of community; `q` narrows to names that hold it."""
    regions = regions_of(actor)
    communities = [card for card in places.communities_under(regions) if q in card.name]
    ids = [card.id for card in communities]
    today = clock.local_date(now)
    first, until = rules.month_of(today)
    begins, ends = clock.day_bounds(first)[0], clock.day_bounds(until)[0]
    with tenancy.everywhere(reason="the street sees sums over its communities, never a row of one"):
        members = people.members_by_community(ids)
        service = awards.service_by_community(ids, first=first, until=until)
        issued = ledger.issued_by_community(ids)
        held = talks.held_by_community(ids, since=begins, until=ends)
        reads_offices = actor.can(Permission.SEE_OFFICE_ACTS)
        alarms = oversight.alarms_by_community(ids, now=now) if reads_offices else {}
        unfinished = resolutions.open_by_community(ids, today=today)
    lines = []
    for card in communities:
        (active, volunteers), (minutes, served) = members.get(card.id, (0, 0)), service.get(card.id, (0, 0))
        (points, holders), (undone, overdue) = issued.get(card.id, (0, 0)), unfinished.get(card.id, (0, 0))
        lines.append(
            Line(
                community=card,
                members=rules.publishable(active, persons=active),
                volunteers=rules.publishable(volunteers, persons=volunteers),
                minutes=rules.publishable(minutes, persons=served),
                points=rules.publishable(points, persons=holders),
                talks=held.get(card.id, 0),
                resolutions=undone,
                overdue=overdue,
                alarms=alarms.get(card.id, 0),
            )
        )
    return Street(
        names=tuple(places.region_names(regions).values()) if regions else (),
        first=first,
        lines=lines,
        members=rules.total([line.members for line in lines]),
        volunteers=rules.total([line.volunteers for line in lines]),
        minutes=rules.total([line.minutes for line in lines]),
        points=rules.total([line.points for line in lines]),
        talks=sum(line.talks for line in lines),
        resolutions=sum(line.resolutions for line in lines),
        overdue=sum(line.overdue for line in lines),
    )
