"""Every route, walked by everybody, with their own ids and with those of the community next door (trust W1, W2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.routing import Rule

from engage import attendance, people
from engage.core import tenancy
from engage.core.access import Actor, Permission
from engage.core.matrix import NARROWED
from tests.house import walkers, walking
from tests.house.story import walk as walk
from tests.house.walkers import CANARIES, CANARY, OUTSIDE, Walk
from tests.house.walking import backwards, newest_values

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
    "teams.approve": "who leads this team, and the office",
    "teams.decline": "as its approval",
    "teams.add_member": "as its applications",
    "teams.remove_member": "as its applications",
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
    "404 /me/children/<int:bond_id>",  # the guardian's
    "404 /me/consents/<int:consent_id>",
    "404 /members/changes/<int:change_id>",  # the story changes nobody in bulk
    "404 /places/<int:place_id>/merger",  # the newest place is a building: grids are cut, buildings are not
    "404 /places/<int:place_id>/split",
    "404 /redemptions/<int:redemption_id>",
    "404 /roster/batches/<int:batch_id>",  # the story imports no workbook
    "404 /roster/batches/<int:batch_id>/progress",
    "404 /roster/batches/<int:batch_id>/rows-to-fix.xlsx",
    "404 /roster/batches/<int:batch_id>/undo",
    "404 /roster/exports/<int:export_id>",  # nor takes the roll out
    "404 /roster/exports/<int:export_id>/roster.xlsx",
    "404 /s/<token>/<code>",
    "403 /street",  # sums over communities are the street's
    "403 /street/communities/<int:community_id>/audit",
]

#: what the street reaches in the communities below it; tests/street/test_office.py says how far (ADR 0025)
BELOW_THE_STREET = {"street.office", "street.create_reading"}


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
    assert wrong == [], wrong


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
    assert wrong == [], wrong


def test_w1_the_secretary_can_open_every_page_of_the_story(walk: Walk) -> None:
    """So that the walk above walks through pages, not through refusals; and that the canaries are where people look."""
    own = walking.ids_of(walk.donghu)
    seen: set[str] = set()
    closed = []
    with walking.nothing_lasts():
        for rule in walking.rules_of(walk.app):
            if walking.method_of(rule) == "POST":
                continue
            path = walking.address(walk.app, rule, newest_values(walk.app, rule, own))
            status, body, _location = walk.ask("secretary", path, "GET")
            seen |= {name for name in _all_canaries() if name in body}
            if status not in {200, 303, 286}:
                closed.append(f"{status} {rule.rule}")
    assert closed == NOT_THE_SECRETARYS, sorted(set(closed) ^ set(NOT_THE_SECRETARYS))
    assert len(seen) >= 12, f"only {sorted(seen)} of the canaries are on any page"


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
        if who == "street" and rule.endpoint in BELOW_THE_STREET:
            continue
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
    assert wrong == [], wrong
    assert walking.books() == before


def _foreign_values(app: Flask, rule: Rule, foreign: walking.Ids, own: walking.Ids) -> list[dict[str, object]]:
    mine = {name: value for name, value in walking.values_for(app, rule, own).items() if not name.endswith("_id")}
    everything = [{**walking.values_for(app, rule, foreign), **mine}, {**newest_values(app, rule, foreign), **mine}]
    if sum(name.endswith("_id") for name in rule._converters) > 1:
        everything.append(walking.values_for(app, rule, foreign, outer=backwards(own)))
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
    assert wrong == [], wrong
    assert theirs == {table: set(rows) for table, rows in walking.ids_of(walk.donghu).numbers.items()}


def test_w1_a_new_route_the_walker_has_no_ids_for_fails_with_a_message(walk: walkers.Walk) -> None:
    """The planted fault of the walker itself."""
    for path in ("/boats/<int:boat_id>", "/boats/<name>"):
        rule = Rule(path, endpoint="harbour.show", methods=["GET"])
        walk.app.url_map.bind("localhost")
        rule.bind(walk.app.url_map, rebind=True)
        with pytest.raises(pytest.fail.Exception, match="tell walking"):
            walking.values_for(walk.app, rule, walking.ids_of(walk.donghu))
