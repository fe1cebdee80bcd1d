"""Every route once more: looking changes nothing, an unattended device gets no numbers, absurd values get a sentence (W4, W17, row 54)."""

from __future__ import annotations

import contextvars
from datetime import timedelta

import pytest
import time_machine
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engage import people
from engage.core import tenancy
from tests import make
from tests.house import walkers, walking
from tests.house.story import walk as walk
from tests.house.walkers import Walk
from tests.house.walking import newest_values


def test_w4_looking_at_every_page_changes_no_row(walk: Walk) -> None:
    own = walking.ids_of(walk.donghu)
    before = walking.books()
    for rule in walking.rules_of(walk.app):
        if walking.method_of(rule) == "GET":
            path = walking.address(walk.app, rule, newest_values(walk.app, rule, own))
            for who in ("anonymous", "volunteer", "secretary"):
                assert walk.ask(who, path, "GET")[0] < 500, path
    assert walking.books() == before


#: files anybody may have without proving again who they are
HARMLESS_FILES = {"roster.blank": "an empty workbook"}


def test_row54_a_device_not_confirmed_lately_gets_no_whole_phone_number_and_no_file(walk: walkers.Walk) -> None:
    """Whatever a new route is called: what it hands out to a secretary's unattended browser is looked at."""
    own = walking.ids_of(walk.donghu)
    with tenancy.scoped(walk.donghu.id):
        phones = {people.unsealed_phone(people.get_person(one.id)) for one in people.roll()} - {None}
    assert len(phones) > 10
    leaks = set()
    with walking.nothing_lasts(), time_machine.travel(make.NOW + timedelta(minutes=11), tick=False):
        for rule in walking.rules_of(walk.app):
            for values in (walking.values_for(walk.app, rule, own), newest_values(walk.app, rule, own)):
                answer = _asked_unconfirmed(walk, rule, values)
                body = answer.data.decode("utf-8", "replace")
                file = "attachment" in answer.headers.get("Content-Disposition", "")
                if any(phone in body for phone in phones if phone) or (file and rule.endpoint not in HARMLESS_FILES):
                    leaks.add(rule.endpoint)
    assert leaks == set()


def _asked_unconfirmed(walk: walkers.Walk, rule: Rule, values: dict[str, object]) -> TestResponse:
    browser, method = walk.app.test_client(), walking.method_of(rule)
    browser.set_cookie(people.COOKIE, walk.cookies["secretary"])
    fields = dict.fromkeys(walking.AskedForm.asked[rule.endpoint], "1") if method == "POST" else None
    path = walking.address(walk.app, rule, values)
    return contextvars.Context().run(browser.open, path, method=method, data=fields)


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
    assert wrong == [], wrong
