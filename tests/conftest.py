"""Fixtures every room's tests stand on: a real database per test, a two-tenant world, a browser that is signed in."""

from __future__ import annotations

import contextvars
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import event

from engage import create_app, people
from engage.config import Settings
from engage.core import tenancy
from engage.core.access import Actor, Role
from engage.core.database import db
from engage.core.tenancy import CommunityCard
from tests import make


def settings_for(folder: Path, database_url: str) -> Settings:
    """Return settings that keep everything inside a test's folder."""
    return Settings(
        data_dir=folder,
        database_url=database_url,
        secret_key=b"a key for tests only, 32 bytes long",
        base_url=None,
        trusted_hosts=(),
        proxies=0,
        secure_cookies=False,
        upload_limit=12 * 1024 * 1024,
    )


class FreshClient(FlaskClient):
    """A browser whose requests share nothing with the test around them but the database.

    Flask reuses an application context that is already there, and with it `g`: the signed-in person and the
    language of one request would leak into the next.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send the request in a context of its own, then let the test see what it wrote."""
        response = contextvars.Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.session.rollback()
        return response


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the schema once; every test copies the file."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "engage.sqlite"
    app = create_app(settings_for(folder, f"sqlite:///{path}"))
    with app.app_context():
        db.create_all()
        db.session.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.session.remove()
        db.engine.dispose()
    return path


@pytest.fixture
def app(tmp_path: Path, template_database: Path) -> Iterator[Flask]:
    """The application on a fresh database, inside an application context."""
    path = tmp_path / "engage.sqlite"
    shutil.copy(template_database, path)
    app = create_app(settings_for(tmp_path, f"sqlite:///{path}"))
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = FreshClient
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def at_seven() -> Iterator[None]:
    """Stop the clock at `make.NOW`."""
    with time_machine.travel(make.NOW, tick=False):
        yield


@dataclass(kw_only=True)
class World:
    """The named cast: each has a purpose. `outsider` lives in the community next door and must see nothing."""

    donghu: CommunityCard
    liyuan: CommunityCard
    #: runs the community's desk
    secretary: Actor
    #: a second person of the office: approves what the secretary drafted
    clerk: Actor
    #: leads patrols
    leader: Actor
    #: volunteers, lives at 桂园3栋2单元501
    volunteer: Actor
    #: the volunteer's neighbour, same household
    spouse: Actor
    #: volunteers, lives at 桂园5栋1单元302
    neighbour: Actor
    #: hands out goods
    desk: Actor
    #: lives here, does not volunteer, has no phone
    resident: Actor
    #: secretary of the other community
    outsider: Actor
    extra: dict[str, Actor] = field(default_factory=dict)


@pytest.fixture
def world(app: Flask, at_seven: None) -> Iterator[World]:
    """Two communities with their people; the scope is set to the first one."""
    donghu = make.make_community()
    liyuan = make.make_community(name="梨园社区", slug="liyuan")
    world = World(
        donghu=donghu,
        liyuan=liyuan,
        secretary=make.make_person(
            community=donghu, name="何敏", phone="13800000001", roles=(Role.SECRETARY,), is_volunteer=False
        ),
        clerk=make.make_person(
            community=donghu, name="吴小婷", phone="13800000002", roles=(Role.CLERK,), is_volunteer=False
        ),
        leader=make.make_person(
            community=donghu, name="王建明", phone="13900007740", roles=(Role.TEAM_LEADER,), unit="桂园5栋2单元401"
        ),
        volunteer=make.make_person(community=donghu, name="周桂芳", phone="13800000621", unit="桂园3栋2单元501"),
        spouse=make.make_person(
            community=donghu, name="赵德林", phone="13800000622", unit="桂园3栋2单元501", is_volunteer=False
        ),
        neighbour=make.make_person(community=donghu, name="孙玉梅", phone="13600002285", unit="桂园5栋1单元302"),
        desk=make.make_person(community=donghu, name="唐美珍", phone="15200006178", roles=(Role.DESK,)),
        resident=make.make_person(community=donghu, name="刘长河", is_volunteer=False, unit="桂园7栋1单元604"),
        outsider=make.make_person(community=liyuan, name="外社区书记", phone="13700000001", roles=(Role.SECRETARY,)),
    )
    with tenancy.scoped(donghu.id):
        yield world


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Actor], FlaskClient]:
    """Return a function that gives a browser signed in as somebody."""

    def browser_of(actor: Actor) -> FlaskClient:
        client = app.test_client()
        client.set_cookie(people.COOKIE, make.open_device(actor))
        return client

    return browser_of


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser nobody is signed in on."""
    return app.test_client()


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Collect the SQL statements sent to the database."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def count_queries() -> Callable[[], object]:
    """Return the context manager that counts queries: `with count_queries() as statements: …`."""
    return counted_queries
