"""C5 (trust §4): every form any page offers, filled in and delivered twice: the second delivery changes nothing."""

from __future__ import annotations

import contextvars
from dataclasses import dataclass
from urllib.parse import urlsplit

from bs4.element import Tag
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from engage import people
from tests import make, markup
from tests.house import walking
from tests.house.story import walk as walk
from tests.house.walkers import Walk

#: the second delivery is an act of its own; reviewed one by one
ACTS_OF_THEIR_OWN = {
    "people.reveal_phone": "each look at a number is counted and shown to its owner",
    "people.create_session": "each sign-in is a device of its own; the form is filled in wrongly here",
}
#: would end the walk: everything of this person is gone afterwards
LAST = ("home.create_closing",)
_WHO = ("secretary", "leader", "desk", "volunteer", "resident")
_PER_ROUTE, _MOST_PAGES = 2, 90


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form as a page offers it, with what its fields are filled in with."""

    who: str
    action: str
    endpoint: str
    fields: tuple[tuple[str, str], ...]


def test_c5_every_form_delivered_twice_has_the_effect_of_one(walk: Walk) -> None:
    adapter = walk.app.url_map.bind("localhost")
    forms = {form.endpoint + form.who: form for who in _WHO for form in forms_for(walk, adapter, who)}
    wrong: list[str] = []
    effective: set[str] = set()
    for form in sorted(forms.values(), key=lambda form: form.endpoint in LAST):
        cookie = make.open_device(walk.actors[form.who])  # the last form may have ended it
        before = walking.books()
        first = deliver(walk, form, cookie)
        between = walking.books()
        second = deliver(walk, form, cookie)
        after = walking.books()
        effective |= {form.endpoint} if before != between else set()
        if max(first, second) >= 500:
            wrong.append(f"{form.who} {form.action}: {first}, then {second}")
        if between != after and form.endpoint not in ACTS_OF_THEIR_OWN:
            changed = [table for table in after if between[table] != after[table]]
            wrong.append(f"{form.who} {form.action} ({first}, then {second}) changed {changed} again")
    assert wrong == [], "\n".join(wrong)
    assert len(effective) >= 20, f"only {sorted(effective)} did anything the first time"


def deliver(walk: Walk, form: Form, cookie: str) -> int:
    """Send the form as a browser without JavaScript would; return the status."""
    browser = walk.app.test_client()
    browser.set_cookie(people.COOKIE, cookie)
    data: dict[str, list[str]] = {}
    for name, value in form.fields:
        data.setdefault(name, []).append(value)
    # A context of its own, as on a server: nobody signed in before is remembered.
    return contextvars.Context().run(browser.post, form.action, data=data).status_code


def forms_for(walk: Walk, adapter: MapAdapter, who: str) -> list[Form]:
    """Return one form per route, from the pages that links lead this actor to."""
    waiting, seen, visits, found = ["/"], set(), {}, {}
    while waiting and len(seen) < _MOST_PAGES:
        path = waiting.pop(0)
        endpoint = _endpoint(adapter, path, "GET")
        if endpoint is None or path in seen or visits.get(endpoint, 0) >= _PER_ROUTE:
            continue
        seen.add(path)
        visits[endpoint] = visits.get(endpoint, 0) + 1
        status, body, _location = walk.ask(who, path, "GET")
        if status != 200 or not markup.is_page(body):
            continue
        page = markup.parse(body)
        waiting += [str(link["href"]) for link in page.select('a[href^="/"]')]
        for form in page.select('form[method="post"]'):
            action = str(form["action"])
            target = _endpoint(adapter, action, "POST")
            if target and form.find("input", type="file") is None:
                found.setdefault(target, Form(who=who, action=action, endpoint=target, fields=tuple(filled_in(form))))
    return list(found.values())


def _endpoint(adapter: MapAdapter, path: str, method: str) -> str | None:
    try:
        return str(adapter.match(urlsplit(path).path, method=method)[0])
    except HTTPException:
        return None


def filled_in(form: Tag) -> list[tuple[str, str]]:
    """Return names and values: what the page says, the first choice where there is one, something short elsewhere."""
    values: list[tuple[str, str]] = []
    for field in form.find_all(["input", "select", "textarea", "button"]):
        name, kind = field.get("name"), field.get("type", "text")
        if not name or kind in {"submit", "button", "reset"} or field.get("disabled") is not None:
            continue
        if field.name == "select":
            options = [str(option.get("value", "")) for option in field.find_all("option")]
            values.append((name, next((option for option in reversed(options) if option), "")))
        elif kind == "radio":
            if name not in dict(values):
                values.append((name, str(field.get("value", "on"))))
        elif kind == "checkbox":
            values.append((name, str(field.get("value", "on"))))
        else:
            given = field.get("value") or field.get_text() if field.name == "textarea" else field.get("value")
            values.append((name, str(given or _plausible(kind))))
    first = form.find("button", attrs={"name": True})
    return [*values, *([(str(first["name"]), str(first.get("value", "")))] if first else [])]


def _plausible(kind: str) -> str:
    later = make.NOW.date().replace(day=28)
    return {
        "number": "3",
        "date": later.isoformat(),
        "datetime-local": f"{later.isoformat()}T19:30",
        "time": "19:30",
        "tel": "13912345678",
        "password": "four quiet lanterns",
    }.get(kind, "请把三栋门口的路灯修一修")
