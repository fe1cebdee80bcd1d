"""Who walks the routes: two communities of one street, a third in another, and everybody who may ask."""

from __future__ import annotations

import contextvars
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from engage import attendance, people, places, talks
from engage.core import tenancy
from engage.core.access import Actor, Role
from engage.core.clock import local_date
from engage.core.database import db, transaction
from engage.core.matrix import REGIONAL
from tests import make

#: planted in the first community; the walk next door must never meet one
CANARIES = {
    "person": ("name",),
    "place": ("name",),
    "unit": ("label",),
    "team": ("name",),
    "activity": ("title", "place", "task"),
    "item": ("name",),
    "topic": ("title", "body"),
    "talk": ("title", "place"),
    "agenda_item": ("title",),
    "motion": ("text", "owner_text"),
    "vote": ("question",),
    "resolution": ("title", "text", "owner_text"),
    "agenda_round": ("title",),
    "team_profile": ("about",),
    "team_application": ("words",),
    "qualification": ("note",),
    "card_batch": ("chosen",),
}
CANARY = "金丝雀"

#: who asks from outside 东湖: everything there is next door and in another street, and the street's own person
OUTSIDE = ("next door", "other street", "street")


@dataclass(kw_only=True)
class Walk:
    """The two communities of the story and a way to ask as any of the actors."""

    app: Flask
    donghu: tenancy.CommunityCard
    liyuan: tenancy.CommunityCard
    #: lies in another street
    yuanshan: tenancy.CommunityCard
    #: somebody of 东湖 who lives in a grid whose officer is not the walk's
    far: int
    actors: dict[str, Actor | None]
    cookies: dict[str, str] = field(default_factory=dict)

    def home_of(self, who: str) -> tenancy.CommunityCard:
        """Return the community somebody outside is on the roll of."""
        return self.yuanshan if who == "other street" else self.liyuan

    def ask(self, who: str, path: str, method: str, /, **data: str) -> tuple[int, str, str]:
        """Return status, body and Location, asked by a browser that carries nothing over from before."""
        browser = self.app.test_client()
        if who in self.cookies:
            browser.set_cookie(people.COOKIE, self.cookies[who])
        # A context of its own, as on a server: nobody signed in before is remembered.
        answer = contextvars.Context().run(browser.open, path, method=method, data=data or None)
        return answer.status_code, answer.data.decode("utf-8", "replace"), answer.headers.get("Location", "")


def cast(app: Flask) -> Walk:
    """Plant the canaries into the story told before, and let everybody sign in."""
    donghu, liyuan = places.community_by_slug("donghu"), places.community_by_slug("liyuan")
    _plant(donghu)
    with tenancy.scoped(liyuan.id):
        boss = _actor("秦岚", every_role=True)
        talks.plan_talk(
            title="梨园夜话",
            place="梨园凉亭",
            starts_at=make.NOW,
            booked_minutes=60,
            notice_days=0,
            staff=(None, None, None, None),
            actor=boss,
            key="walk",
            now=make.NOW,
        )
        street = _region_actor()
    yuanshan, afar = _another_street()
    with tenancy.scoped(donghu.id):
        names = {
            "resident": "刘长河",
            "volunteer": "孙玉梅",
            "leader": "王建明",
            "desk": "唐美珍",
            "clerk": "吴小婷",
            "secretary": "何敏",
        }
        actors: dict[str, Actor | None] = {role: _actor(name) for role, name in names.items()}
        far, near = _far_and_near()
        actors["grid officer"] = _actor("蒋文", role=Role.GRID_OFFICER)
        actors["placed officer"] = _actor("赵德林", role=Role.GRID_OFFICER, place_id=near)
        actors["stand-in"] = _stand_in(_actor("何敏"))
    walk = Walk(
        app=app,
        donghu=donghu,
        liyuan=liyuan,
        yuanshan=yuanshan,
        far=far,
        actors={"anonymous": None, **actors, "next door": boss, "other street": afar, "street": street},
    )
    walk.cookies = {name: make.open_device(actor) for name, actor in walk.actors.items() if actor}
    return walk


def _another_street() -> tuple[tenancy.CommunityCard, Actor]:
    """Two communities under one street, a third under another; its secretary holds every role there."""
    for slug in ("donghu", "liyuan"):
        places.put_community(community_id=places.community_by_slug(slug).id, street="高坪街道", district="武侯区")
    home = make.make_community(name="远山社区", slug="yuanshan")
    places.put_community(community_id=home.id, street="西岭街道", district="武侯区")
    make.make_person(community=home, name="山里人", roles=(Role.SECRETARY,))
    with tenancy.scoped(home.id):
        return home, _actor("山里人", every_role=True)


def _region_actor() -> Actor:
    """Somebody of 梨园 who works for the street of both."""
    with transaction() as session:
        person = people.enrol(name="街道来的", now=make.NOW)
        session.flush()
    here = places.community_by_slug("liyuan")
    places.put_community(community_id=here.id, street="高坪街道", district="武侯区")
    region = places.find_region(kind="street", name="高坪街道")
    people.give_region_role(person_id=person.id, role=Role.STREET, region_id=region, now=make.NOW)
    return people.actor_of(people.get_person(person.id))


def _far_and_near() -> tuple[int, int]:
    """Return somebody of one grid who joined a shift and waits for approval, and the id of another grid."""
    first, second = places.list_grids()[:2]
    card = attendance.list_to_approve(1, 0)[0]
    with transaction():
        person = people.get_person(card.person_id)
        person.grid_id, person.unit_id = second.id, None
        person.name = f"{CANARY}邻格"
    return person.id, first.id


def _stand_in(holder: Actor) -> Actor:
    """Somebody who stands in for the secretary today."""
    deputy = _actor("冯玲")
    days = (local_date(make.NOW), local_date(make.NOW) + timedelta(days=3))
    people.hand_over(
        grant_id=people.own_roles(holder.person_id)[0].id,
        member_no=deputy.member_no,
        days=days,
        actor=holder,
        now=make.NOW,
    )
    return people.actor_of(people.get_person(deputy.person_id))


def _actor(name: str, *, role: Role | None = None, every_role: bool = False, place_id: int | None = None) -> Actor:
    person = people.get_person(next(one.id for one in people.roll() if one.name == name))
    wanted = (
        [one for one in Role if one not in {Role.RESIDENT, Role.VOLUNTEER, *REGIONAL}]
        if every_role
        else [role]
        if role
        else []
    )
    with transaction():
        for one in wanted:
            people.grant_role(person=person, role=one, now=make.NOW, place_id=place_id)
    return people.actor_of(person)


def _plant(community: tenancy.CommunityCard) -> None:
    """Write the canaries into the newest row of each table, by hand: these are no acts of anybody."""
    with tenancy.scoped(community.id), transaction() as session:
        for table, columns in CANARIES.items():
            rows = db.metadata.tables[table]
            newest = max(session.scalars(db.select(rows.c.id).where(rows.c.community_id == community.id)))
            values = {column: f"{CANARY}{table}·{column}" for column in columns}
            session.execute(update(rows).where(rows.c.id == newest).values(values))
