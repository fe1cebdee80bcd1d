"""Fixtures every room's tests stand on: a real database per test, a two-tenant world, a browser that is signed in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from time import monotonic

import pytest
import time_machine
from flask import Flask, current_app
from hypothesis import HealthCheck, settings
from sqlalchemy import event

from engage import people, places
from engage.core import tenancy
from engage.core.access import Actor, Role
from engage.core.database import db
from engage.core.tenancy import CommunityCard
from tests import make, postgres
from tests.client import CheckingClient
from tests.databases import Databases, PostgresDatabases, SqliteDatabases, make_app
from tests.hashing import cheap_passwords as cheap_passwords
from tests.hashing import real_passwords as real_passwords
from tests.told import story_told as story_told
from tests.told import told

# A busy machine draws slowly; that says nothing about the property.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

KINDS = tuple(filter(None, os.environ.get("ENGAGE_TEST_DATABASES", "sqlite").split(",")))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` writes the golden files again; read the difference before you commit it."""
    parser.addoption("--update-golden", action="store_true", help="write the golden files again")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by place: `rules` are the pure tests, `browser` the journeys."""
    for item in items:
        if item.path.name.startswith("test_rules"):
            item.add_marker(pytest.mark.rules)
        if item.path.parent.name == "journeys":
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def _sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def _postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresDatabases]:
    with postgres.server() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(server.binaries), prepend=os.pathsep)  # backups use the pg_dump of the same version
        databases = PostgresDatabases(server=server, folder=tmp_path_factory.mktemp("postgresql"))
        yield databases
        databases.close()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest) -> Databases:
    """Where databases of this kind come from; the test runs once for each of `ENGAGE_TEST_DATABASES`."""
    databases: Databases = request.getfixturevalue(f"_{request.param}")
    return databases


@dataclass(frozen=True, kw_only=True)
class Settled:
    """A database in which the world lives already: settled once a run, copied per test."""

    url: str
    world: World


_SETTLED: dict[str, Settled] = {}


def _settled(database: Databases, folder: Path) -> Settled:
    if database.name not in _SETTLED:
        url = database.fresh()
        app = make_app(database_url=url, data_dir=folder)
        with app.app_context(), time_machine.travel(make.NOW, tick=False):
            _SETTLED[database.name] = Settled(url=url, world=_settle())
            db.session.remove()
            db.engine.dispose()
    return _SETTLED[database.name]


@pytest.fixture
def app(request: pytest.FixtureRequest, database: Databases, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh database, inside an application context; with the `world` or the `story_told` in it for whom asks for that."""
    settled = _settled(database, tmp_path) if "world" in request.fixturenames else None
    url = (
        told(database, folder=tmp_path)
        if "story_told" in request.fixturenames
        else database.fresh(like=settled.url if settled else None)
    )
    app = make_app(database_url=url, data_dir=tmp_path)
    app.extensions["engage_world"] = settled.world if settled else None
    app.test_client_class = CheckingClient
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    database.discard(url)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application as it is wired, for tests that touch no row: its database is empty and is not asked."""
    folder = tmp_path_factory.mktemp("house")
    return make_app(database_url=f"sqlite:///{folder / 'nothing.sqlite'}", data_dir=folder)


@pytest.fixture
def at_seven() -> Iterator[None]:
    """Stop the clock at `make.NOW`."""
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def now(at_seven: None) -> datetime:
    """The instant at which the clock was stopped."""
    return make.NOW


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


def _settle() -> World:
    donghu = make.make_community()
    liyuan = make.make_community(name="梨园社区", slug="liyuan")
    return World(
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


@pytest.fixture
def world(app: Flask, at_seven: None) -> Iterator[World]:
    """Two communities with their people; the scope is set to the first one."""
    world = replace(app.extensions["engage_world"], extra={})
    with tenancy.scoped(world.donghu.id):
        places.community_of(world.donghu.id)  # kept in the process, as after founding it
        yield world


@pytest.fixture
def browsers(app: Flask) -> Iterator[Callable[[], CheckingClient]]:
    """A function that opens one more browser; at the end every form that was sent must have been judged."""
    opened: list[CheckingClient] = []

    def open_browser() -> CheckingClient:
        opened.append(CheckingClient(app, app.response_class, use_cookies=True))
        return opened[-1]

    yield open_browser
    for browser in opened:
        browser.ensure_judged()


@pytest.fixture
def sign_in(browsers: Callable[[], CheckingClient]) -> Callable[[Actor], CheckingClient]:
    """A function that gives a browser signed in as somebody."""

    def browser_of(actor: Actor) -> CheckingClient:
        client = browsers()
        client.set_cookie(people.COOKIE, make.open_device(actor))
        return client

    return browser_of


@pytest.fixture
def client(browsers: Callable[[], CheckingClient]) -> CheckingClient:
    """A browser nobody is signed in on."""
    return browsers()


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Collect the SQL statements sent to the database."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "SAVEPOINT", "RELEASE")):
            statements.append(statement)

    cards = current_app.extensions.get("engage_community_cards", {})  # kept for seconds: none runs out in between
    cards |= {community: (monotonic(), card) for community, (_at, card) in cards.items()}
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def count_queries() -> Callable[[], object]:
    """Return the context manager that counts queries: `with count_queries() as statements: …`."""
    return counted_queries
