"""What the cast does in every journey: sign in by the page, press a form's button, ask the books what they say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta

from flask import Flask
from playwright.sync_api import Page

from engage import create_app, places
from engage.core import clock, tenancy
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
    """Press the first button of the form that posts to an address ending so, and wait for the answer."""
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
