"""A whole street: fifteen invented communities with a thousand people each, put on the roll as an import would."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from engage import people, places
from engage.core import tenancy
from engage.core.access import Role
from engage.core.database import transaction
from engage.core.tenancy import CommunityCard
from engage.demo import cast

COMMUNITIES: Final = (
    "柳堤社区", "望湖社区", "石桥社区", "青枫社区", "南塘社区", "东篱社区", "春晓社区", "听雨社区",
    "晒谷社区", "渡口社区", "竹园社区", "云栖社区", "古井社区", "桑林社区", "白鹭社区",
)  # fmt: skip
PERSONS: Final = 1000
_GRIDS: Final = ("河东", "河西", "桥南", "桥北", "花园", "新村")
_TEAMS: Final = ("巡逻队", "护学队", "调解队", "助老队")
_LADDER: Final = (1, 2, 2, 3, 3, 3, 4)  # how many live behind a door, as often as they stand here
STREET: Final = "清河街道"
DISTRICT: Final = "临江区"
#: who signs in, and as what; the grid officer has the first grid, somebody of the first community sees the street
_OFFICE: Final = ((Role.SECRETARY, "书记"), (Role.CLERK, "社工"), (Role.GRID_OFFICER, "网格员"), (Role.STREET, "街道"))


@dataclass(frozen=True, kw_only=True)
class _Home:
    """One doorplate and who lives behind it."""

    door: places.Door
    surname: str
    size: int


@dataclass(frozen=True, kw_only=True)
class StreetGuest:
    """Somebody to sign in as."""

    community: str
    phone: str
    name: str
    office: str


def settle_street(*, now: datetime, communities: int = len(COMMUNITIES), persons: int = PERSONS) -> list[StreetGuest]:
    """Found the communities of the street that are missing, each with so many people; returns whom to sign in as.

    The same moment gives the same books.
    """
    present = {card.name for card in places.list_communities()}
    guests = []
    for number, name in enumerate(COMMUNITIES[:communities], 1):
        if name not in present:
            guests += settle(name=name, number=number, persons=persons, now=now)
    return guests


def settle(*, name: str, number: int, persons: int, now: datetime) -> list[StreetGuest]:
    """Found one community with its grids, doors, people, teams and office, in one transaction but for the founding."""
    began = now - timedelta(days=200)
    chance = random.Random(cast.SEED + number)  # noqa: S311 - a story, not a secret
    home = places.found_community(
        name=name, slug=f"street-{number:02d}", now=began, desk_address=f"清河街{number}号", desk_phone="027-87000000"
    )
    places.put_community(community_id=home.id, street=STREET, district=DISTRICT)
    posts = _OFFICE if number == 1 else _OFFICE[:-1]
    homes = _homes(persons - len(posts), chance=chance)
    with tenancy.scoped(home.id):
        with transaction():
            made = places.survey(
                grids={grid: f"{place:02d}" for place, grid in enumerate(_GRIDS, 1)}, doors=[one.door for one in homes]
            )
            office = [_officer(number, place, chance=chance) for place in range(len(posts))]
            newcomers = [*office, *_neighbours(homes, made, number=number, chance=chance)]
            ids = people.enrol_many(newcomers, now=began)[: len(posts)]
            first_grid = made.grid_ids[_GRIDS[0]]
            for (role, _word), person_id in zip(posts[:3], ids, strict=False):
                place_id = first_grid if role is Role.GRID_OFFICER else None
                people.appoint_many([(person_id, place_id)], role=role, now=began)
        for person_id in ids[3:]:
            region_id = places.find_region(kind="street", name=STREET)
            people.give_region_role(person_id=person_id, role=Role.STREET, region_id=region_id, now=began)
        _open_office(home, ids, now=began + timedelta(days=1))
    return [
        StreetGuest(community=name, phone=one.phone or "", name=one.name, office=word)
        for one, (_role, word) in zip(office, posts, strict=True)
    ]


def settle_into(*, community_id: int, persons: int, now: datetime) -> None:
    """Put so many more people onto the roll of a community there is already, in grids and behind doors of their own."""
    chance = random.Random(cast.SEED)  # noqa: S311 - a story, not a secret
    homes = _homes(persons, chance=chance)
    with tenancy.scoped(community_id), transaction():
        made = places.survey(
            grids={grid: f"{place:02d}" for place, grid in enumerate(_GRIDS, 1)}, doors=[one.door for one in homes]
        )
        people.enrol_many(_neighbours(homes, made, number=99, chance=chance), now=now - timedelta(days=200))


def _homes(persons: int, *, chance: random.Random) -> list[_Home]:
    homes: list[_Home] = []
    left = persons
    while left:
        number = len(homes)
        grid, place = _GRIDS[number % len(_GRIDS)], number // len(_GRIDS)
        building, stair, floor = place // 24 + 1, place // 12 % 2 + 1, place // 2 % 6 + 1
        label = f"{grid}{building}栋{stair}单元{floor}0{place % 2 + 1}"
        size = min(chance.choice(_LADDER), left)
        door = places.Door(
            label=label, grid=grid, building=f"{building}栋", area_centi=chance.randrange(5000, 14000, 50)
        )
        homes.append(_Home(door=door, surname=chance.choice(cast.SURNAMES), size=size))
        left -= size
    return homes


def _officer(number: int, place: int, *, chance: random.Random) -> people.Newcomer:
    return people.Newcomer(
        name=chance.choice(cast.SURNAMES) + chance.choice(cast.GIVEN),
        phone=_phone(number, place),
        grid_id=None,
        birth_year=1975 + place * 8,
        is_volunteer=False,
        ties=(),
        teams=(),
    )


def _phone(community: int, number: int) -> str:
    return f"1390{community:02d}{number:05d}"


def _neighbours(
    homes: list[_Home], made: places.Surveyed, *, number: int, chance: random.Random
) -> list[people.Newcomer]:
    found: list[people.Newcomer] = []
    for home in homes:
        unit_id = made.unit_ids[home.door.label]
        for place in range(home.size):
            age = chance.randrange(4, 18) if place > 1 else chance.randrange(24, 88)
            surname = home.surname if place != 1 else chance.choice(cast.SURNAMES)
            volunteers = age >= 18 and chance.random() < 0.25
            found.append(
                people.Newcomer(
                    name=surname + chance.choice(cast.GIVEN),
                    phone=_phone(number, len(found) + 100) if age >= 18 and chance.random() < 0.8 else None,
                    grid_id=made.grid_ids[home.door.grid or ""],
                    birth_year=2026 - age if chance.random() < 0.95 else None,
                    is_volunteer=volunteers,
                    ties=((unit_id, "member" if place else "owner"),),
                    teams=(chance.choice(_TEAMS),) if volunteers and chance.random() < 0.6 else (),
                )
            )
    return found


def _open_office(home: CommunityCard, ids: list[int], *, now: datetime) -> None:
    """Let the office choose its passwords from slips, like everybody."""
    found = people.persons_of(ids)
    actors = [people.actor_of(found[person_id]) for person_id in ids]
    slips = people.issue_slip_codes(person_ids=ids, actor=actors[0], key=f"street-{home.slug}", now=now)
    for slip in slips:
        network = f"street-{home.id}-{slip.person_id}"
        invitation = people.find_invitation(text=slip.code, network=network, now=now)
        arrival = people.Arrival(
            account="", password=cast.PASSWORD, network=network, label="开通时的电脑", old_cookie=None
        )
        people.activate(invitation=invitation, arrival=arrival, agreed=True, now=now)


def guide(guests: list[StreetGuest]) -> list[str]:
    """Return whom to sign in as, line by line."""
    head = f"Sign in 登录 (password 密码: {cast.PASSWORD}; choose the community 先选社区)"
    return [head, *(f"  {one.phone}  {one.community}  {one.name}  {one.office}" for one in guests)]
