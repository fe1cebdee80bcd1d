"""What the cast does in every journey: sign in by the page, press a form's button, ask the books what they say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from engage import create_app, people, places
from engage.core import clock, tenancy
from engage.core.access import Actor
from engage.core.database import db
from engage.demo import cast
from tests.databases import settings_for
from tests.live import Installation


def sign_in(page: Page, key: str, *, community: str = "donghu") -> None:
    """Sign one of the cast in as they would: number, password, button."""
    members = cast.DONGHU if community == "donghu" else cast.LIYUAN
    member = next(member for member in members if member.key == key)
    page.goto(f"/sign-in?community={community}")
    page.fill("#f-account", member.phone or "")
    page.fill("#f-password", cast.PASSWORD)
    page.click("#sign-in button[type=submit]")
    page.wait_for_url(lambda address: "/sign-in" not in address)


def press(page: Page, action: str) -> None:
    """Press the first button of the form that posts to an address ending so, and wait for the answer; unfold it first."""
    folded = page.locator(f'details:not([open]):has(form[action$="{action}"])')
    if folded.count():
        folded.first.locator("summary").click()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator(f'form[action$="{action}"] button').first.click()
    page.wait_for_load_state()


def activate(page: Page, *, code: str, password: str) -> None:
    """Type the code of a paper slip, choose a password, agree and come in."""
    page.goto("/activate")
    page.get_by_label("激活码").fill(code)
    page.get_by_role("button", name="下一步").click()
    choose_password(page, password=password)


def choose_password(page: Page, *, password: str) -> None:
    """On the page an activation address opens: password twice, agree, come in."""
    page.get_by_label("您的密码").fill(password)
    page.get_by_label("再写一遍").fill(password)
    page.get_by_label("我看过了，同意这样保管").check()
    page.get_by_role("button", name="设好了，登录").click()
    page.wait_for_url(lambda address: "/activate" not in address)


def evening_of(running: Installation, *, days: int, at: time) -> datetime:
    """Return the UTC moment of a Shanghai wall time so many days after the installation's today."""
    return clock.from_local(clock.local_date(running.now) + timedelta(days=days), at)


def app_of(running: Installation) -> Flask:
    """Return the application on the same books as the server, with the server's key."""
    settings = settings_for(database_url=running.database_url, data_dir=running.data_dir)
    return create_app(replace(settings, secret_key=(running.data_dir / "secret.key").read_bytes()))


@contextmanager
def books_of(running: Installation, *, community: str = "东湖社区") -> Iterator[None]:
    """Look into the books of a community from beside the server, through the doors of the rooms."""
    with app_of(running).app_context():
        home = places.find_community_by_name(community)
        assert home is not None
        with tenancy.scoped(home.id):
            yield
        db.session.remove()
        db.engine.dispose()


MOST_PAGES = 60


def reachable(page: Page, running: Installation) -> Iterator[str]:
    """Open one page per route that links lead to, starting at the front page; yield its address while it is open."""
    routes = _routes(running)
    waiting, seen = ["/"], set()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        endpoint = _endpoint(routes, address)
        if endpoint is None or endpoint in seen:
            continue
        seen.add(endpoint)
        # Asked for first without opening it: a workbook to download is no page, and a browser's driver may die of it.
        answer = page.request.get(address)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.goto(address)
        links = page.locator("a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        waiting += [link for link in links if link.startswith("/") and not link.startswith("/static")]
        yield address


def _routes(running: Installation) -> MapAdapter:
    app = create_app(settings_for(database_url=running.database_url, data_dir=running.data_dir))
    return app.url_map.bind("127.0.0.1")


def _endpoint(routes: MapAdapter, address: str) -> str | None:
    try:
        endpoint, _values = routes.match(urlsplit(address).path, method="GET")
    except HTTPException:
        return None
    return str(endpoint)


def others() -> list[Actor]:
    """Return one person for each household that holds none of the three phones."""
    speaking: dict[int, Actor] = {}
    for person in db.session.scalars(select(people.Person).order_by(people.Person.id)):
        actor = people.actor_of(person)
        if actor.unit_id in people.units_with_voters():
            speaking.setdefault(actor.unit_id, actor)
    phones = {people.household_of(actor.person_id) for actor in speaking.values() if actor.name in {"周桂芳", "孙玉梅"}}
    return [actor for unit, actor in speaking.items() if unit not in phones]
