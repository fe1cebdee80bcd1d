"""Every route, walked by everybody, with their own ids and with those of the community next door (trust W1, W2, W4, W17)."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from werkzeug.routing import Rule

from engage import attendance, demo, people, places, talks
from engage.core import tenancy
from engage.core.access import Actor, Permission, Role
from engage.core.clock import local_date
from engage.core.database import db, transaction
from engage.core.matrix import NARROWED, REGIONAL
from tests import make
from tests.conftest import KINDS
from tests.databases import Databases, make_app
from tests.house import walking

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
}
CANARY = "金丝雀"

#: who has the right mark and is still refused: the command looks at whose thing it is. Reviewed one by one.
OWNERS_ONLY = {
    "attendance.lead": "the leader of the shift, and the office",
    "attendance.present": "as the roll it belongs to",
    "attendance.venue": "as the roll it belongs to",
    "attendance.latest": "as the roll it belongs to",
    "attendance.create_scan": "as the roll it belongs to",
    "attendance.create_head_count": "as the roll it belongs to",
    "attendance.create_closure": "as the roll it belongs to",
    "attendance.create_end": "as the roll it belongs to",
    "topics.withdraw": "who filed the topic",
    "people.update": "an entry with a secretary's role is the secretary's",
    "people.edit": "an entry with a secretary's role is the secretary's",
    "people.change_status": "an entry with a secretary's role is the secretary's",
    "people.close_devices_of": "an entry with a secretary's role is the secretary's",
    "people.replace_card": "an entry with a secretary's role is the secretary's",
    "people.reveal_phone": "an entry with a secretary's role is the secretary's",
}

#: pages of the story that belong to somebody else, or need a code that is printed on paper
NOT_THE_SECRETARYS = [
    "422 /activate/<code>",
    "404 /grid-changes/<int:change_id>",  # the story cuts no grids
    "404 /me/consents/<int:consent_id>",
    "404 /redemptions/<int:redemption_id>",
    "404 /roster/batches/<int:batch_id>",  # the story imports no workbook
    "404 /roster/batches/<int:batch_id>/rows-to-fix.xlsx",
    "404 /roster/batches/<int:batch_id>/undo",
    "404 /s/<token>/<code>",
    "403 /street",  # sums over communities are the street's
]

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


@pytest.fixture(scope="module", params=KINDS)
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The whole story in one database, told once for all the walks."""
    databases: Databases = request.getfixturevalue(f"_{request.param}")
    url = databases.fresh()
    app = make_app(database_url=url, data_dir=tmp_path_factory.mktemp("walk"))
    app.config["WTF_CSRF_ENABLED"] = False  # the token has a test of its own, for every route
    walking.listen_to_forms(app)
    with ExitStack() as stack:
        stack.enter_context(app.app_context())
        stack.enter_context(time_machine.travel(make.NOW, tick=False))
        demo.tell(now=make.NOW)
        yield _cast(app)
        db.session.remove()
        db.engine.dispose()
    databases.discard(url)


def _cast(app: Flask) -> Walk:
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
        actors["stand-in"] = _stand_in(actors["secretary"])
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


def test_w1_every_route_answers_each_actor_as_its_mark_says(walk: Walk) -> None:
    """The reviewed table is the access mark and the short list of owners' things above."""
    own = walking.ids_of(walk.donghu)
    wrong = []
    with walking.nothing_lasts():
        for rule in walking.rules_of(walk.app):
            path = walking.address(walk.app, rule, walking.values_for(walk.app, rule, own))
            for who, actor in walk.actors.items():
                if who in OUTSIDE:
                    continue
                status, body, location = walk.ask(who, path, walking.method_of(rule))
                expected = _expected(walk.app, rule, actor)
                if not expected(status, location) or "Traceback" in body:
                    wrong.append(f"{who}: {walking.method_of(rule)} {path} answered {status} {location}")
    assert wrong == []


def _expected(app: Flask, rule: Rule, actor: Actor | None) -> Callable[[int, str], bool]:
    access: str = getattr(app.view_functions[rule.endpoint], "engage_access", "none")
    if actor is None and access != "public":
        return lambda status, location: status == 303 and location.startswith("/sign-in")
    if actor is not None and _lacks(app, rule, actor):
        return lambda status, _location: status == 403
    allowed = {200, 204, 286, 303, 304, 404, 409, 422, 429} | ({403} if rule.endpoint in OWNERS_ONLY else set())
    return lambda status, location: status in allowed and not location.startswith("/sign-in?")


def _lacks(app: Flask, rule: Rule, actor: Actor) -> bool:
    access: str = getattr(app.view_functions[rule.endpoint], "engage_access", "none")
    return access.startswith("needs: ") and not actor.can(Permission(access.removeprefix("needs: ")))


def test_w1_an_officer_meets_nobody_of_another_grid(walk: Walk) -> None:
    """Every route with the ids of somebody outside the own grid, and every page and search of one's own."""
    actor = walk.actors["placed officer"]
    assert actor is not None
    own = walking.ids_of(walk.donghu)
    with tenancy.scoped(walk.donghu.id):
        home = people.get_person(walk.far).grid_id or 0
        sessions = [card.id for card in attendance.sessions_of_person(walk.far)]
    outside = replace(own, numbers={**own.numbers, "person": [walk.far], "place": [home], "service_session": sessions})
    wrong = []
    with walking.nothing_lasts():
        for rule in walking.rules_of(walk.app):
            access: str = getattr(walk.app.view_functions[rule.endpoint], "engage_access", "none")
            narrowed = access.removeprefix("needs: ") in NARROWED
            for ids in (own, outside):
                path = walking.address(walk.app, rule, walking.values_for(walk.app, rule, ids))
                for query in ("", f"?q={CANARY}"):
                    fields = dict.fromkeys(walking.AskedForm.asked[rule.endpoint], "1")
                    asked = fields if walking.method_of(rule) == "POST" else {}
                    status, body, _location = walk.ask("placed officer", path + query, walking.method_of(rule), **asked)
                    named = {"person_id", "place_id", "session_id"} & set(rule._converters)
                    if f"{CANARY}邻格" in body or (narrowed and ids is outside and named and status != 404):
                        wrong.append(f"{status} {walking.method_of(rule)} {path}{query}")
    assert wrong == []


def test_w1_the_secretary_can_open_every_page_of_the_story(walk: Walk) -> None:
    """So that the walk above walks through pages, not through refusals; and that the canaries are where people look."""
    own = walking.ids_of(walk.donghu)
    seen: set[str] = set()
    closed = []
    with walking.nothing_lasts():
        for rule in walking.rules_of(walk.app):
            if walking.method_of(rule) == "POST":
                continue
            path = walking.address(walk.app, rule, _newest(walk.app, rule, own))
            status, body, _location = walk.ask("secretary", path, "GET")
            seen |= {name for name in _all_canaries() if name in body}
            if status not in {200, 303, 286}:
                closed.append(f"{status} {rule.rule}")
    assert closed == NOT_THE_SECRETARYS
    assert len(seen) >= 12, f"only {sorted(seen)} of the canaries are on any page"


def _newest(app: Flask, rule: Rule, ids: walking.Ids) -> dict[str, object]:
    return walking.values_for(app, rule, _backwards(ids))


def _backwards(ids: walking.Ids) -> walking.Ids:
    return replace(ids, numbers={table: rows[::-1] for table, rows in ids.numbers.items()})


def _all_canaries() -> list[str]:
    return [f"{CANARY}{table}·{column}" for table, columns in CANARIES.items() for column in columns]


@pytest.mark.parametrize("who", OUTSIDE)
def test_w2_the_ids_of_another_community_are_not_found_and_do_nothing(walk: Walk, who: str) -> None:
    """Asked by people outside, two of whom hold every role there is; nothing is taken back, so any effect would show."""
    foreign, own = walking.ids_of(walk.donghu), walking.ids_of(walk.home_of(who))
    asker = walk.actors[who]
    assert asker is not None
    before = walking.books()
    wrong = []
    for rule in walking.rules_of(walk.app):
        numbers = [name for name in rule._converters if name.endswith("_id")]
        for values in _foreign_values(walk.app, rule, foreign, own) if numbers else []:
            path = walking.address(walk.app, rule, values)
            fields = dict.fromkeys(walking.AskedForm.asked[rule.endpoint], "1")
            status, body, _location = walk.ask(who, path, walking.method_of(rule), **fields)
            if status == 403 and _lacks(walk.app, rule, asker) and CANARY not in body:
                continue
            if status == 422:  # what was typed is judged first: then a foreign id is answered as one nobody has
                nobody = {**values, numbers[-1]: 987654321}
                path_of_nobody = walking.address(walk.app, rule, nobody)
                alike = walk.ask(who, path_of_nobody, walking.method_of(rule), **fields)[0] == status
                status = 404 if alike else status
            if status != 404 or CANARY in body:
                wrong.append(f"{status} {walking.method_of(rule)} {path} {rule.endpoint}")
    assert wrong == []
    assert walking.books() == before


def _foreign_values(app: Flask, rule: Rule, foreign: walking.Ids, own: walking.Ids) -> list[dict[str, object]]:
    mine = {name: value for name, value in walking.values_for(app, rule, own).items() if not name.endswith("_id")}
    everything = [{**walking.values_for(app, rule, foreign), **mine}, {**_newest(app, rule, foreign), **mine}]
    if sum(name.endswith("_id") for name in rule._converters) > 1:
        everything.append(walking.values_for(app, rule, foreign, outer=_backwards(own)))
    return everything


@pytest.mark.parametrize("who", OUTSIDE)
def test_w1_no_page_outside_shows_a_canary(walk: Walk, who: str) -> None:
    own = walking.ids_of(walk.home_of(who))
    leaks = []
    with walking.nothing_lasts():
        for rule in walking.rules_of(walk.app):
            path = walking.address(walk.app, rule, walking.values_for(walk.app, rule, own))
            for query in ("", f"?q={CANARY}"):
                status, body, _location = walk.ask(who, path + query, walking.method_of(rule))
                # A page may repeat what was searched for, not what goes on after it.
                if any(name in body for name in _all_canaries()) or status >= 500:
                    leaks.append(f"{status} {path}{query}")
    assert leaks == []


def test_w2_foreign_ids_in_forms_are_refused_or_mean_nothing(walk: Walk) -> None:
    """Every field of every form, in turn, says a number that means something next door only."""
    foreign, own = walking.ids_of(walk.donghu), walking.ids_of(walk.liyuan)
    numbers = sorted({str(rows[-1]) for rows in foreign.numbers.values() if rows})
    theirs = {table: set(rows) for table, rows in foreign.numbers.items()}
    wrong = []
    with walking.nothing_lasts():
        for rule in walking.rules_of(walk.app):
            for name in sorted(walking.AskedForm.asked[rule.endpoint]) if walking.method_of(rule) == "POST" else []:
                if not (name.endswith("_id") or name in {"topic", "person", "session", "who", "leader_no", "card"}):
                    continue
                path = walking.address(walk.app, rule, walking.values_for(walk.app, rule, own))
                for number in numbers:
                    fields = {**dict.fromkeys(walking.AskedForm.asked[rule.endpoint], "1"), name: number}
                    status, body, _location = walk.ask("next door", path, "POST", **fields)
                    if status >= 500 or CANARY in body:
                        wrong.append(f"{status} {path} {name}={number}")
    assert wrong == []
    assert theirs == {table: set(rows) for table, rows in walking.ids_of(walk.donghu).numbers.items()}


def test_w4_looking_at_every_page_changes_no_row(walk: Walk) -> None:
    own = walking.ids_of(walk.donghu)
    before = walking.books()
    for rule in walking.rules_of(walk.app):
        if walking.method_of(rule) == "GET":
            path = walking.address(walk.app, rule, _newest(walk.app, rule, own))
            for who in ("anonymous", "volunteer", "secretary"):
                assert walk.ask(who, path, "GET")[0] < 500, path
    assert walking.books() == before


def test_w1_a_new_route_the_walker_has_no_ids_for_fails_with_a_message(walk: Walk) -> None:
    """The planted fault of the walker itself."""
    for path in ("/boats/<int:boat_id>", "/boats/<name>"):
        rule = Rule(path, endpoint="harbour.show", methods=["GET"])
        walk.app.url_map.bind("localhost")
        rule.bind(walk.app.url_map, rebind=True)
        with pytest.raises(pytest.fail.Exception, match="tell walking"):
            walking.values_for(walk.app, rule, walking.ids_of(walk.donghu))


HOSTILE = ("9" * 5000, "²", "9999-12-31", "0001-01-01T00:00", "x" * 100_000, "2147483648")


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: value[:8].encode("unicode_escape").decode())
def test_w17_absurd_values_in_any_field_get_a_sentence_not_an_error(walk: Walk, value: str) -> None:
    own = walking.ids_of(walk.donghu)
    wrong = []
    with walking.nothing_lasts():
        for rule in walking.rules_of(walk.app):
            asked = walking.AskedForm.asked[rule.endpoint]
            if walking.method_of(rule) == "GET" or not asked:
                continue
            path = walking.address(walk.app, rule, walking.values_for(walk.app, rule, own))
            for name in (None, *sorted(asked)):
                fields = {one: value if name in {None, one} else "1" for one in asked}
                status, body, _location = walk.ask("secretary", path, "POST", **fields)
                if status >= 500 or not (body or status in {204, 303}):
                    wrong.append(f"{status} {path} {name}")
    assert wrong == []
