"""How long the secretary's list takes with 1,000, 10,000 and 50,000 people: `python -m bench.lists [sqlite] [postgresql]`."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import event

from bench.load import DATABASES, Running, busy, running
from engage import people, places
from engage.core import clock, tenancy
from engage.core.access import Role
from engage.core.database import as_owner, db, transaction
from engage.demo import street
from tests.crowd import inside
from tests.phone import Phone

#: beside the street of 15 × 1,000: name, number, people
BIG = (("中河社区", 42, 10_000), ("大河社区", 41, 50_000))
ROUNDS = 12
#: more are refused within an hour
TURNED = 30
_NEXT = re.compile(rb'rel="next" href="([^"]+)"')

#: kind of page -> what narrows it; grid, team and building are filled in for each community
PAGES: dict[str, list[dict[str, str]]] = {
    "first page": [{}, {"sort": "number"}, {"sort": "newest"}],
    "word: a name": [{"q": q} for q in ("周", "桂英", "李建国", "王志", "陈秀英")],
    "word: a sound": [{"q": q} for q in ("z", "zg", "lgy", "wangjianguo", "chen")],
    "word: digits": [{"q": q} for q in ("0621", "387", "1207", "0042", "9")],
    "word: a door": [{"q": q} for q in ("3栋", "河东1栋1单元", "501", "花园", "桥南2栋 301")],
    "several words": [{"q": q} for q in ("李 河东", "zgy 3栋", "王 女 501", "陈 1栋 2单元", "li gui 花园")],
    "one filter": [
        {"grid": ""}, {"team": ""}, {"building": ""}, {"team": "none"}, {"volunteer": "yes"}, {"phone": "no"},
        {"age": "elder"}, {"entry": "never"}, {"entry": "month"}, {"consent": "no"}, {"status": "paused"},
    ],
    "filters together": [
        {"grid": "", "volunteer": "yes"}, {"phone": "no", "age": "elder", "team": "none"},
        {"q": "王", "grid": "", "entry": "never"}, {"volunteer": "yes", "age": "youth"}, {"consent": "yes", "sort": "newest"},
    ],
}  # fmt: skip


@dataclass(kw_only=True)
class Office:
    """One community's secretary with a signed-in browser."""

    name: str
    persons: int
    cookie: str
    ids: dict[str, str]


def prepare(run: Running) -> list[Office]:
    """Settle the street and the two large communities; says how long that took."""
    with inside(run.installation):
        began = time.monotonic()
        street.settle_street(now=clock.now())
        print(
            f"{run.kind}: a street of {len(street.COMMUNITIES)} × {street.PERSONS} in {time.monotonic() - began:.0f} s"
        )
        for name, number, persons in BIG:
            street.settle(name=name, number=number, persons=persons, now=clock.now())
        if run.kind == "postgresql":
            with as_owner(autocommit=True) as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        offices = [(street.COMMUNITIES[7], street.PERSONS), *((name, persons) for name, _, persons in BIG)]
        return [open_office(name, persons) for name, persons in offices]


def open_office(name: str, persons: int) -> Office:
    """Sign the secretary of a community in."""
    home = places.find_community_by_name(name)
    assert home is not None  # noqa: S101 - settled a moment ago
    with tenancy.scoped(home.id):
        grid = places.list_grids()[2].id
        ids = {
            "grid": str(grid),
            "team": str(people.list_teams()[0].id),
            "building": str(places.buildings_in(grid)[0].id),
        }
        with transaction():
            boss = people.get_person(people.holders_of(Role.SECRETARY)[0])
            cookie = people.remember_device(person=boss, label="bench", now=clock.now())
    return Office(name=name, persons=persons, cookie=cookie, ids=ids)


def addresses(office: Office) -> Iterator[tuple[str, str]]:
    """Yield each kind of page with its addresses."""
    for kind, asked in PAGES.items():
        for filters in asked:
            wanted = {name: value or office.ids.get(name, "") for name, value in filters.items()}
            yield kind, f"/members?{urlencode(wanted)}"


def timed(phone: Phone, office: Office) -> dict[str, list[float]]:
    """Return the ms of every request by kind of page; the deep pages are reached by turning."""
    waits: dict[str, list[float]] = {kind: [] for kind in [*PAGES, "turned pages"]}
    for number in range(ROUNDS + 1):
        for kind, path in addresses(office):
            began = time.perf_counter()
            answer = phone.get(path, cookie=office.cookie)
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
            if number:  # the first round warms
                waits[kind].append((time.perf_counter() - began) * 1000)
    path = "/members"
    for _page in range(TURNED):
        began = time.perf_counter()
        answer = phone.get(path, cookie=office.cookie)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        waits["turned pages"].append((time.perf_counter() - began) * 1000)
        following = _NEXT.search(answer.body)
        path = following.group(1).decode().replace("&amp;", "&") if following else "/members"
    return waits


def statements(run: Running, office: Office) -> dict[str, int]:
    """Return how many statements the dearest page of each kind sends."""
    counts: dict[str, int] = {}
    logging.getLogger("engage.requests").setLevel(logging.WARNING)  # a line a request is the server's business
    with inside(run.installation) as app, ThreadPoolExecutor(1) as desk:
        sent: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *args: sent.append(args[2]))
        browser = app.test_client()
        browser.set_cookie(people.COOKIE, office.cookie, domain="localhost")
        for kind, path in addresses(office):
            sent.clear()
            # In a thread of its own: a request inside this context would find somebody signed in already, or nobody.
            if desk.submit(browser.get, path).result().status_code != 200:
                raise RuntimeError(path)
            counts[kind] = max(counts.get(kind, 0), sum(not one.startswith("PRAGMA") for one in sent))
    return counts


def main() -> None:
    """Measure each database; print a line for each kind of page and size."""
    print(busy())
    for kind in sys.argv[1:] or DATABASES:
        with running(kind) as run:
            offices = prepare(run)
            counted = statements(run, offices[-1])
            run.start()
            phone = Phone(run.installation.port)
            print(
                f"{kind:<20} {'people':>8} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'requests':>9} {'statements':>11}"
            )
            for office in offices:
                everything = []
                for page, waits in timed(phone, office).items():
                    everything += waits
                    print(line(page, office, waits, counted.get(page)))
                print(line("all", office, everything, max(counted.values())))
            phone.hang_up()


def line(page: str, office: Office, waits: list[float], sent: int | None) -> str:
    """Return one line of the table."""
    ordered = sorted(waits)
    p50, p95 = (ordered[min(int(len(ordered) * part), len(ordered) - 1)] for part in (0.5, 0.95))
    return f"{page:<20} {office.persons:8} {p50:8.0f} {p95:8.0f} {ordered[-1]:8.0f} {len(ordered):9} {sent or '':>11}"


if __name__ == "__main__":
    main()
