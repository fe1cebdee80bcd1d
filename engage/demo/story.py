"""The story as a whole, and what a stranger is told to try."""

from __future__ import annotations

import random
from datetime import datetime

from engage import people, places
from engage.core import tenancy
from engage.core.access import Role
from engage.demo import cast, evening, kin, roll, service, shop, squads

DONGHU = "东湖社区"
LIYUAN = "梨园社区"
STREET, DISTRICT = "文昌街道", "青山区"
_NEIGHBOURS = 49


def tell(*, now: datetime, name: str = DONGHU) -> None:
    """Tell the story of two communities up to this moment: a patrol is under way, a talk is about to begin.

    Every step is a command with the time it happened at, so the same moment gives the same books.
    Raises `NameTaken` when a community of that name is there already.
    """
    chance = random.Random(cast.SEED)  # noqa: S311 - a story, not a secret
    members = [*cast.DONGHU, *cast.neighbours(_NEIGHBOURS, chance=chance)]
    stage = roll.found(name=name, slug="donghu", members=members, now=now)
    with tenancy.scoped(stage.community.id):
        squads.form(stage)
        shop.stock_the_shelf(stage)
        service.play(stage)
        shop.reserve(stage)
        evening.play(stage)
        kin.gather(stage)
        kin.write_twice(stage)
    next_door = roll.found(name=LIYUAN, slug="liyuan", members=cast.LIYUAN, now=now)
    with tenancy.scoped(next_door.community.id):
        squads.form_next_door(next_door)
        service.play_next_door(next_door)
    for community in (stage.community, next_door.community):
        places.put_community(community_id=community.id, street=STREET, district=DISTRICT)
    with tenancy.scoped(stage.community.id):
        _appoint_above(stage)


def _appoint_above(stage: roll.Stage) -> None:
    """Give the roles at the street and the district, which the platform's operator gives at the command line."""
    regions = {
        Role.STREET: places.find_region(kind="street", name=STREET),
        Role.DISTRICT: places.find_region(kind="district", name=DISTRICT),
    }
    for member in cast.DONGHU:
        if member.above is not None:
            people.give_region_role(
                person_id=stage[member.key].person_id,
                role=member.above,
                region_id=regions[member.above],
                now=stage.ago(days=90),
            )


def guide() -> list[str]:
    """Return whom to sign in as and what to try, line by line; nothing when the demo is not in these books."""
    if places.find_community_by_name(LIYUAN) is None:
        return []
    lines = [f"Sign in 登录 (password 密码: {cast.PASSWORD})"]
    for member in (*cast.DONGHU, *cast.LIYUAN):
        chinese, english = member.tries
        if chinese:
            lines += [f"  {member.phone}  {member.name}  {chinese}", f"               {english}"]
    return [*lines, "Without signing in 不用登录: /c/donghu"]
