"""How long every page takes where 10,000 people live, the slowest first: `python -m bench.everyday [sqlite] [postgresql]`.

The demo story with 10,000 more people on its roll. Each actor follows the links from the front page, like somebody who looks
at everything once; the pages found are then opened again and again.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from bench.load import DATABASES, Running, busy, running
from engage import people, places
from engage.core import clock
from engage.core.access import Role
from engage.core.database import as_owner, db
from engage.demo import street
from tests.crowd import inside
from tests.phone import Phone

PERSONS = 10_000
ROUNDS = 12
#: so many addresses of each kind of page
EACH = 2
ACTORS = (Role.SECRETARY, Role.CLERK, Role.TEAM_LEADER, Role.GRID_OFFICER, None)
START = ("/", "/desk/today", "/members", "/today", "/me")
_LINK = re.compile(rb'href="(/[^"#]*)"')
#: turning pages of the roll is refused after a while, and a download is no page
_NOT = re.compile(r"^/(static|members\?.*(after|before)=|.*\.xlsx)")


@dataclass
class Page:
    """One kind of page as one actor sees it. Times are ms."""

    who: str
    kind: str
    paths: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: int = 0

    def part(self, part: float) -> float:
        """Return how long the given part of all requests took at most."""
        ordered = sorted(self.waits)
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)]

    def line(self) -> str:
        """Return one line of the table."""
        middle = sorted(self.cpu)[len(self.cpu) // 2]
        return (
            f"{self.kind:<44} {self.who:<14} {self.part(0.5):8.0f} {self.part(0.95):8.0f} {max(self.waits):8.0f}"
            f" {middle:8.1f} {self.statements:11}"
        )


HEAD = f"{'':<44} {'':<14} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'CPU ms':>8} {'statements':>11}"


def prepare(run: Running, *, persons: int = PERSONS) -> dict[str, str]:
    """Tell the story, settle the people; returns the cookie of each actor."""
    run.installation.flask("demo")
    with inside(run.installation):
        home = min(places.list_communities(), key=lambda card: card.id)
        street.settle_into(community_id=home.id, persons=persons, now=clock.now())
        if run.kind == "postgresql":
            with as_owner(autocommit=True) as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
    return {role or "volunteer": run.installation.cookie_of(role)["value"] for role in ACTORS}


def kind_of(path: str) -> str:
    """Return what an address is like, whatever it is about."""
    return re.sub(r"\d+", "…", re.sub(r"=[^&]*", "", path))


def pages_of(phone: Phone, who: str, cookie: str) -> list[Page]:
    """Follow the links; returns the kinds of pages this actor can open."""
    found: dict[str, Page] = {}
    asked, met = list(START), Counter(map(kind_of, START))
    for path in asked:  # grows meanwhile
        answer = phone.get(path, cookie=cookie)
        if answer.status != 200 or "text/html" not in answer.header("Content-Type"):
            continue
        found.setdefault(kind_of(path), Page(who=who, kind=kind_of(path))).paths.append(path)
        for link in _LINK.findall(answer.body):
            address = link.decode().replace("&amp;", "&")
            if met[kind_of(address)] < EACH and address not in asked and not _NOT.match(address):
                met[kind_of(address)] += 1
                asked.append(address)
    return list(found.values())


def time_pages(phone: Phone, pages: list[Page], cookies: dict[str, str]) -> None:
    """Open every page again and again, all in turn; the first round warms."""
    for number in range(ROUNDS + 1):
        for page in pages:
            for path in page.paths:
                began = time.perf_counter()
                phone.get(path, cookie=cookies[page.who])
                if number:
                    page.waits.append((time.perf_counter() - began) * 1000)


def count(run: Running, pages: list[Page], cookies: dict[str, str]) -> None:
    """Note how many statements each page sends and what it costs this processor, without the server around it."""
    logging.getLogger("engage.requests").setLevel(logging.WARNING)  # a line a request is the server's business
    with inside(run.installation) as app, ThreadPoolExecutor(1) as desk:
        sent: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *args: sent.append(args[2]))

        def ask(browser: Any, path: str) -> float:
            began = time.thread_time()
            browser.get(path)
            return (time.thread_time() - began) * 1000

        for page in pages:
            browser = app.test_client()
            browser.set_cookie(people.COOKIE, cookies[page.who], domain="localhost")
            for path in page.paths * 3:
                sent.clear()
                # In a thread of its own: a request inside this context would find somebody signed in already, or nobody.
                page.cpu.append(desk.submit(ask, browser, path).result())
                real = sum(not one.startswith(("PRAGMA", "SAVEPOINT", "RELEASE")) for one in sent)
                page.statements = max(page.statements, real) if len(page.cpu) > 1 else 0


def main() -> None:
    """Measure each database; print a line for each kind of page and actor, the slowest first."""
    print(busy())
    for kind in sys.argv[1:] or DATABASES:
        with running(kind) as run:
            cookies = prepare(run)
            run.start()
            phone = Phone(run.installation.port)
            pages = [page for who, cookie in cookies.items() for page in pages_of(phone, who, cookie)]
            time_pages(phone, pages, cookies)
            phone.hang_up()
            run.installation.stop()
            count(run, pages, cookies)
        everything = Page(who="", kind=f"{kind}: all {len(pages)} kinds of pages")
        for page in pages:
            everything.waits += page.waits
            everything.cpu += page.cpu
            everything.statements = max(everything.statements, page.statements)
        print(HEAD)
        print(everything.line())
        for page in sorted(pages, key=lambda one: -one.part(0.95)):
            print(page.line())


if __name__ == "__main__":
    main()
