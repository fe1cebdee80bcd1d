"""W1 for this room: every route × anonymous, volunteer, grid officer, clerk, secretary, and the secretary next door."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from engage import people, places
from engage.core import clock, tenancy
from engage.core.access import Role
from engage.core.database import db, transaction
from engage.people import activations, changing, directory, media, planning, saved
from engage.people.bulk import Act
from engage.people.filters import Filters
from engage.people.models import Device
from engage.people.planning import Asked
from tests.conftest import World
from tests.make import NOW, make_person

ACTORS = ("anonymous", "volunteer", "outsider", "grid_officer", "clerk", "secretary")
#: what nobody outside 东湖社区 may read on a page of this room
CANARIES = ("周桂芳", "王建明", "0621", "7740", "桂园3栋")

OPEN = (200, 200, 200, 200, 200, 200)
OWN = (303, 200, 200, 200, 200, 200)
SEEN = (303, 403, 404, 200, 200, 200)
MANAGED = (303, 403, 404, 403, 200, 200)

#: (method, endpoint): statuses in the order of ACTORS; ids in the address belong to 东湖社区
EXPECTED: dict[tuple[str, str], tuple[int, ...]] = {
    ("GET", "people.sign_in"): OPEN,
    ("POST", "people.create_sign_in"): (422, 422, 422, 422, 422, 422),
    ("POST", "people.sign_out"): (303, 303, 303, 303, 303, 303),
    ("GET", "people.activation_form"): OPEN,
    ("POST", "people.find_activation"): (422, 422, 422, 422, 422, 422),
    ("GET", "people.activate"): OPEN,
    ("POST", "people.create_activation"): (422, 422, 422, 422, 422, 422),
    ("GET", "people.forgot"): OPEN,
    ("POST", "people.ask_reset"): (422, 422, 422, 422, 422, 422),
    ("POST", "people.create_reset"): (422, 422, 422, 422, 422, 422),
    ("GET", "people.card_page"): OPEN,
    ("GET", "people.me"): OWN,
    ("GET", "people.devices"): OWN,
    ("POST", "people.close_devices"): (303, 303, 303, 303, 303, 303),
    # Somebody else's device is not one of mine: it looks like one nobody has.
    ("POST", "people.close_device"): (303, 303, 404, 404, 404, 404),
    ("GET", "people.password"): OWN,
    ("POST", "people.change_password"): (303, 422, 422, 422, 422, 422),
    ("GET", "people.edit_own"): OWN,
    ("POST", "people.correct_own"): (303, 422, 422, 422, 422, 422),
    ("POST", "people.rename_device"): (303, 422, 404, 404, 404, 404),
    ("GET", "people.pin"): OWN,
    ("POST", "people.set_pin"): (303, 422, 422, 422, 422, 422),
    ("POST", "people.remove_pin"): (303, 303, 303, 303, 303, 303),
    ("GET", "people.list_passkeys"): OWN,
    ("POST", "people.create_passkey"): (303, 422, 422, 422, 422, 422),
    ("POST", "people.remove_passkey"): (303, 404, 404, 404, 404, 404),
    ("POST", "people.create_confirmation"): (303, 422, 422, 422, 422, 422),
    # Nothing is locked here: whoever comes is sent to the front door.
    ("GET", "people.unlock"): (303, 303, 303, 303, 303, 303),
    ("POST", "people.create_unlock"): (303, 303, 303, 303, 303, 303),
    ("POST", "people.create_passkey_sign_in"): (422, 422, 422, 422, 422, 422),
    ("GET", "people.help_desk"): (303, 403, 200, 200, 200, 200),
    ("POST", "people.create_help"): (303, 403, 422, 422, 422, 422),
    # Nobody is being helped here.
    ("GET", "people.help_now"): (303, 303, 303, 303, 303, 303),
    ("POST", "people.end_help"): (303, 303, 303, 303, 303, 303),
    ("POST", "people.correct_helped_phone"): (303, 404, 404, 404, 404, 404),
    # A consent is seen by the one who gave it; this one is nobody's here.
    ("GET", "people.show_consent"): (303, 404, 404, 404, 404, 404),
    ("POST", "people.withdraw_consent"): (303, 404, 404, 404, 404, 404),
    # Nobody here agreed to an older text: there is nothing to ask.
    ("GET", "people.new_consent"): (303, 303, 303, 303, 303, 303),
    ("POST", "people.create_consent"): (303, 303, 303, 303, 303, 303),
    # Lists show the asker's own community: the secretary next door sees theirs.
    ("GET", "people.index"): (303, 403, 200, 200, 200, 200),
    ("GET", "people.new"): (303, 403, 200, 403, 200, 200),
    ("POST", "people.create"): (303, 403, 422, 403, 422, 422),
    ("GET", "people.slips"): (303, 403, 200, 403, 200, 200),
    ("POST", "people.print_slips"): (303, 403, 422, 403, 422, 422),
    ("GET", "people.cards_to_print"): (303, 403, 200, 403, 200, 200),
    ("POST", "people.print_cards"): (303, 403, 422, 403, 422, 422),
    ("GET", "people.new_change"): (303, 403, 303, 403, 303, 303),
    ("POST", "people.create_change"): (303, 403, 404, 403, 404, 404),
    ("GET", "people.changes"): (303, 403, 200, 403, 200, 200),
    ("GET", "people.show_change"): MANAGED,
    ("POST", "people.undo_change"): (303, 403, 404, 403, 303, 303),
    # A view is its owner's, here the secretary's.
    ("GET", "people.list_views"): (303, 403, 200, 200, 200, 200),
    ("POST", "people.save_view"): (303, 403, 422, 422, 422, 422),
    ("POST", "people.change_view"): (303, 403, 404, 404, 404, 422),
    ("POST", "people.remove_view"): (303, 403, 404, 404, 404, 303),
    ("POST", "people.put_view_back"): (303, 403, 404, 404, 404, 303),
    ("GET", "people.show"): SEEN,
    ("GET", "people.edit"): MANAGED,
    ("POST", "people.update"): (303, 403, 404, 403, 422, 422),
    ("POST", "people.reveal_phone"): (303, 403, 404, 422, 422, 422),
    ("POST", "people.change_status"): (303, 403, 404, 403, 303, 303),
    ("POST", "people.give_role"): (303, 403, 404, 403, 403, 422),
    ("POST", "people.end_role"): (303, 403, 404, 403, 403, 303),
    ("POST", "people.join_team"): (303, 403, 404, 403, 422, 422),
    ("POST", "people.leave_team"): (303, 403, 404, 403, 404, 404),
    ("GET", "people.my_code"): OWN,
    ("GET", "people.code_now"): OWN,
    ("POST", "people.open_code"): (303, 303, 303, 303, 303, 303),
    # Somebody else's card is not one of mine: it looks like one nobody has.
    ("POST", "people.report_loss"): (303, 303, 404, 404, 404, 404),
    ("POST", "people.report_loss_of"): (303, 403, 404, 403, 303, 303),
    ("GET", "people.batches"): (303, 403, 200, 403, 200, 200),
    # Nothing was printed here: a batch nobody has.
    ("GET", "people.batch"): (303, 403, 404, 403, 404, 404),
    ("GET", "people.batch_sheet"): (303, 403, 404, 403, 404, 404),
    ("POST", "people.replace_card"): (303, 403, 404, 403, 303, 303),
    ("POST", "people.close_devices_of"): (303, 403, 404, 403, 303, 303),
}


def routes(app: Flask) -> set[tuple[str, str]]:
    """Every method and endpoint of this room."""
    return {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("people.")
        for method in (rule.methods or set()) & {"GET", "POST"}
    }


def make_change(world: World) -> int:
    """Something done to the volunteer, which names her on its page."""
    asked = Asked(act=Act.NO_VOLUNTEER, ticked=(world.volunteer.person_id,), filters=Filters())
    plan = planning.plan_change(asked, actor=world.secretary, now=NOW)
    return changing.change_many(asked, seal=plan.seal, actor=world.secretary, key="w1 change", now=clock.now())


def test_w1_every_route_of_the_room_stands_in_the_table(house: Flask) -> None:
    assert routes(house) == set(EXPECTED)


@pytest.mark.parametrize("route", sorted(EXPECTED), ids=lambda route: f"{route[0]} {route[1].partition('.')[2]}")
def test_w1_each_answers_each_actor_as_the_table_says(
    world: World, sign_in: Any, client: Any, app: Flask, route: tuple[str, str]
) -> None:
    method, endpoint = route
    [slip] = activations.issue_slip_codes(
        person_ids=[world.volunteer.person_id], actor=world.secretary, key="w1", now=NOW
    )
    officer = make_person(community=world.donghu, name="网格员", roles=(Role.GRID_OFFICER,))
    actors = [officer if name == "grid_officer" else getattr(world, name) for name in ACTORS[1:]]
    browsers = [client, *map(sign_in, actors)]
    device = db.session.query(Device).order_by(Device.id).first()
    values = {
        "person_id": world.volunteer.person_id,
        "device_id": device.id if device else 0,
        "grant_id": directory.roles_of([world.leader.person_id])[world.leader.person_id][0].id,
        "team_id": 1,
        "consent_id": 1,
        "change_id": make_change(world),
        "view_id": saved.save_view(
            name="志愿者", filters=Filters(volunteer="yes"), is_shared=False, actor=world.secretary, now=NOW
        ),
        "batch_id": 1,
        "medium_id": media.media_of(world.volunteer.person_id)[0].id,
        "passkey_id": 1,
        "step": "return",
        "code": slip.code,
        "token": people.card_token(world.volunteer.person_id),
    }
    if endpoint == "people.end_role":
        values["person_id"] = world.leader.person_id
    rule = next(
        rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint and method in (rule.methods or ())
    )
    with app.test_request_context():
        address = app.url_for(endpoint, **{name: values[name] for name in rule.arguments})
    form = {"version": "1"} if endpoint == "people.replace_card" else {}
    answers = [browser.open(address, method=method, data=form if method == "POST" else None) for browser in browsers]
    assert tuple(answer.status_code for answer in answers) == EXPECTED[route]
    for name, answer in zip(ACTORS, answers, strict=True):
        if name in {"anonymous", "outsider"}:
            assert not [canary for canary in CANARIES if canary in answer.text], (name, endpoint)


def test_w2_foreign_ids_in_forms_are_not_found_and_do_nothing(world: World, sign_in: Any) -> None:
    office, foreign = sign_in(world.outsider), world.volunteer.person_id
    for address in ("/members/slips", "/members/cards"):
        office.get(f"{address}?person={foreign}", expect=404)
        office.post(address, data={"person": [world.outsider.person_id, foreign]}, expect=404)
    assert office.get(f"/members?team={foreign}&grid=999999", expect=200).status_code == 200
    office.get("/members?grid=abc", expect=200)  # nonsense narrows nothing
    office.get(f"/members/changes/new?act=pause&person={foreign}", expect=404)
    wanted = {"act": "pause", "person": [foreign, world.outsider.person_id], "seal": "x", "key": "k"}
    office.post("/members/changes", data=wanted, expect=404)
    with tenancy.scoped(world.donghu.id), transaction():
        grid = places.add_grid(name="桂园").id
    office.get(f"/members/changes/new?act=grid&to={grid}&person={world.outsider.person_id}", expect=404)
