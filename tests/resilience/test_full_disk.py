"""D5 (trust §4): the disk is full while people check in and fetch goods: a plain 503, no half bookings, and no repair."""

from __future__ import annotations

import resource
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.crowd import Crowd, gather
from tests.databases import SqliteDatabases
from tests.live import Installation, serving
from tests.phone import Phone, open_browser
from tests.resilience.book import complaints
from tests.resilience.rush import Rush

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux lets one process limit the files of another (prlimit(2))"
)


@pytest.fixture
def installation(_sqlite: SqliteDatabases, tmp_path: Path) -> Iterator[Installation]:
    """SQLite only: what PostgreSQL does with a full disk is PostgreSQL's."""
    url = _sqlite.fresh()
    yield Installation(database_url=url, data_dir=tmp_path)
    _sqlite.discard(url)


def let_write(installation: Installation, *, at_most: int) -> None:
    """Let no file of the server grow beyond so many bytes, its log included: the system refuses the rest."""
    assert installation.process is not None
    main = installation.process.pid
    for pid in map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split()):
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (at_most, hard))


@contextmanager
def rushing(installation: Installation, crowd: Crowd) -> Iterator[Rush]:
    """Let people act, and stop them whatever happens: they would try for ever."""
    rush = Rush(installation, crowd)
    rush.begin()
    try:
        yield rush
    finally:
        rush.end()


def test_d5_a_full_disk_refuses_and_halves_nothing_and_the_server_goes_on_when_there_is_room(
    installation: Installation,
) -> None:
    crowd = gather(installation, persons=60, shifts=3, points=5_000)
    with serving(installation), rushing(installation, crowd) as rush:
        rush.wait_for(40, until=time.monotonic() + 1)
        let_write(installation, at_most=0)
        refused = refusal(rush, installation)
        page = Phone(installation.port)
        assert page.get("/points", cookie=crowd.members[0].cookie).status == 200
        page.hang_up()
        let_write(installation, at_most=resource.RLIM_INFINITY)
        rush.wait_for(40, until=time.monotonic() + 1)
        done = rush.end()
    assert "账本正忙" in refused
    assert done.retries > 0
    assert complaints(installation, crowd, done) == []


def refusal(rush: Rush, installation: Installation) -> str:
    """Wait until the rush meets refusals, and return what such a page says."""
    tried = rush.done.retries
    until = time.monotonic() + 20
    while rush.done.retries < tried + 5:
        assert time.monotonic() < until, "nobody noticed"
        time.sleep(0.05)
    phone = Phone(installation.port, open_browser(installation.port))
    path = f"/rewards/{rush.crowd.items[0]}/redemptions"
    answer = phone.post(path, {"key": secrets.token_hex(16)}, cookie=rush.crowd.members[0].cookie)
    phone.hang_up()
    assert answer.status == 503
    return answer.body.decode()
