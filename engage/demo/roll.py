"""Act one: the community, its households and its people; the cast sets its passwords from slips, like everybody."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engage import people, places
from engage.core import tenancy
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.tenancy import CommunityCard
from engage.demo import cast
from engage.demo.cast import Member


@dataclass(kw_only=True)
class Stage:
    """Where the story plays: the community, the people by key, the present moment, and the seeded chance."""

    community: CommunityCard
    now: datetime
    chance: random.Random
    actors: dict[str, Actor] = field(default_factory=dict)
    _keys: int = 0

    def key(self) -> str:
        """Return the next form key; the same story gives the same keys."""
        self._keys += 1
        return f"demo-{self.community.slug}-{self._keys}"

    def __getitem__(self, key: str) -> Actor:
        """Return somebody of the cast as an actor."""
        return self.actors[key]

    def volunteers(self) -> list[Actor]:
        """Return everybody who volunteers, in the order of the roll."""
        return [actor for actor in self.actors.values() if "volunteer" in actor.roles]

    def ago(self, **span: float) -> datetime:
        """Return a moment before now."""
        return self.now - timedelta(**span)


def found(*, name: str, slug: str, members: Sequence[Member], now: datetime) -> Stage:
    """Found the community a hundred days ago and put everybody on the roll."""
    began = now - timedelta(days=100)
    community = places.found_community(
        name=name, slug=slug, now=began, desk_address="文昌巷8号一楼", desk_phone="027-87000000"
    )
    stage = Stage(community=community, now=now, chance=random.Random(cast.SEED))  # noqa: S311 - a story, not a secret
    with tenancy.scoped(community.id):
        ids = _enrol(members, now=began)
        stage.actors = {
            member.key: people.actor_of(person) for member, person in zip(members, _in_order(ids), strict=True)
        }
        _set_passwords(stage, members, now=began + timedelta(days=1))
    return stage


def _enrol(members: Sequence[Member], *, now: datetime) -> list[int]:
    """Put the roll of the community into the books in one transaction, as an import does."""
    with transaction():
        grids = {
            name: places.add_grid(name=name, code=f"{number:02d}") for number, name in enumerate(_blocks(members), 1)
        }
        units, buildings = {}, {}
        for label in dict.fromkeys(member.unit for member in members if member.unit):
            grid, name = grids[_block(label)].id, _building(label)
            if (grid, name) not in buildings:
                buildings[grid, name] = places.add_building(name=name, grid_id=grid)
            units[label] = places.add_unit(
                label=label, building_id=buildings[grid, name].id, grid_id=grid, area_centi=8950
            )
        ids = people.enrol_many(
            [
                people.Newcomer(
                    name=member.name,
                    phone=member.phone,
                    grid_id=units[member.unit].grid_id if member.unit else None,
                    birth_year=member.birth_year,
                    is_volunteer=member.is_volunteer,
                    ties=((units[member.unit].id, "owner"),) if member.unit else (),
                    teams=member.teams,
                )
                for member in members
            ],
            now=now,
        )
        for person_id, member in zip(ids, members, strict=True):
            place_id = grids[member.grid].id if member.grid else None
            for role in member.roles:
                people.appoint_many([(person_id, place_id)], role=role, now=now)
        people.issue_cards(person_ids=ids, now=now)
    return ids


def _blocks(members: Sequence[Member]) -> list[str]:
    return list(dict.fromkeys(_block(member.unit) for member in members if member.unit))


def _block(label: str) -> str:
    return label.rstrip("0123456789栋单元")


def _building(label: str) -> str:
    return label.removeprefix(_block(label)).partition("栋")[0] + "栋"


def _in_order(ids: Sequence[int]) -> list[people.Person]:
    found = people.persons_of(ids)
    return [found[person_id] for person_id in ids]


def _set_passwords(stage: Stage, members: Sequence[Member], *, now: datetime) -> None:
    """Print slips for those of the cast who have a phone; each types the code and chooses the password."""
    named = [member for member in members if member.phone and not member.key.startswith("neighbour ")]
    wanted = [stage[member.key].person_id for member in named]
    slips = people.issue_slip_codes(person_ids=wanted, actor=stage["secretary"], key=stage.key(), now=now)
    for slip in slips:
        network = f"demo-{slip.person_id}"
        invitation = people.find_invitation(text=slip.code, network=network, now=now)
        arrival = people.Arrival(
            account="", password=cast.PASSWORD, network=network, label="开通时的手机", old_cookie=None
        )
        people.activate(invitation=invitation, arrival=arrival, agreed=True, now=now)
