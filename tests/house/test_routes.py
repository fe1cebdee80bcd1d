"""Every route is known, marked with exactly one access rule, and closed to forged requests (trust.md W1, W4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from werkzeug.routing import AnyConverter, IntegerConverter, Map, Rule, UUIDConverter

from tests.house import sources

if TYPE_CHECKING:
    from flask import Flask

    from tests.client import CheckingClient

GOLDEN = sources.PROJECT / "tests" / "house" / "routes.txt"
AS_A_FORM = {"GET", "POST", "HEAD", "OPTIONS"}


def rules(app: Flask) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return sorted(found, key=lambda rule: (rule.rule, sorted(rule.methods or ())))


def described(app: Flask, rule: Rule) -> str:
    methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    access = getattr(app.view_functions[rule.endpoint], "engage_access", "NO ACCESS MARK")
    return f"{methods:<5} {rule.rule:<56} {rule.endpoint:<36} {access}"


def address(app: Flask, rule: Rule) -> str:
    """Return a path for the rule with ids that nothing has."""
    urls: Map = app.url_map
    values = {
        name: 987654321 if isinstance(converter, IntegerConverter) else _text(converter)
        for name, converter in rule._converters.items()
    }
    return urls.bind("localhost").build(rule.endpoint, values, method=next(iter(rule.methods or {"GET"})))


def _text(converter: object) -> str:
    if isinstance(converter, AnyConverter):
        return next(iter(converter.items))
    return "00000000-0000-0000-0000-000000000000" if isinstance(converter, UUIDConverter) else "nothing-has-this"


def test_the_routes_are_the_reviewed_ones(house: Flask, request: pytest.FixtureRequest) -> None:
    """Run with --update-golden after adding a route, and read the difference as a reviewer would."""
    now = "\n".join(described(house, rule) for rule in rules(house)) + "\n"
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(now, "utf-8")
    assert GOLDEN.read_text("utf-8") == now


def test_every_route_has_exactly_one_access_mark(house: Flask) -> None:
    assert [
        described(house, rule)
        for rule in rules(house)
        if not hasattr(house.view_functions[rule.endpoint], "engage_access")
    ] == []


def test_every_route_can_be_used_by_a_form(house: Flask) -> None:
    assert [described(house, rule) for rule in rules(house) if (rule.methods or set()) - AS_A_FORM] == []


def test_every_route_reads_or_writes_but_not_both(house: Flask) -> None:
    """So that a state change is always a POST to a noun, and a GET can be repeated."""
    assert [described(house, rule) for rule in rules(house) if {"GET", "POST"} <= (rule.methods or set())] == []


def test_a_post_without_a_token_is_refused_on_every_route(app: Flask, client: CheckingClient) -> None:
    for rule in rules(app):
        if "POST" in (rule.methods or ()):
            client.post(address(app, rule), csrf=False, expect=400)


def test_nobody_gets_behind_the_door_without_signing_in(app: Flask, client: CheckingClient) -> None:
    open_doors = []
    for rule in rules(app):
        access = getattr(app.view_functions[rule.endpoint], "engage_access", "")
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        answer = client.open(address(app, rule), method=method)
        if access != "public" and answer.status_code not in {302, 303, 401}:
            open_doors.append(f"{answer.status_code} {described(app, rule)}")
        assert answer.status_code < 500, described(app, rule)
    assert open_doors == []
