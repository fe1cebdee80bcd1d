"""Every page in twelve statements: each GET address, each person who may open it, each thing there is.

Whatever a page needs beyond that makes it slow where communities are large, and a statement asked row by row makes it slower
with every row. What is kept in the process for seconds (`places.community_of`) is not counted.
"""

from __future__ import annotations

import contextvars
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
from werkzeug.routing import AnyConverter, Rule

from engage import people, places
from engage.core import tenancy
from engage.people import changing, planning
from engage.people.bulk import Act
from engage.people.filters import Filters
from engage.roster import exporting
from engage.roster.commands import stage
from engage.roster.importing import confirm
from engage.territory import commands as territory
from engage.territory import redrawing
from engage.territory.rules import Redraw
from tests.conftest import counted_queries
from tests.house import walking
from tests.house.story import walk as walk
from tests.house.walkers import Walk
from tests.make import NOW
from tests.roster.make_workbooks import SMALL, make_xlsx

AT_MOST = 12
#: endpoint -> how many it sends, and why not fewer. The list may only become shorter, its numbers only smaller.
EXCEPTIONS = {
    "home.my_data": (
        28,
        "everything stored about one person on one page (service-points §5.8): each room keeps it in tables of its own",
    ),
}
#: a statement sent more often than this for one page is one asked row by row
TWICE = 2
#: pages nobody of the walk can open, and why
CLOSED = {
    "attendance.address": "the code in the address lives for seconds",
    "people.activate": "needs the code printed on a slip",
    "people.help_now": "needs somebody who is being helped at the desk",
    "people.new_consent": "asks only whom a new text waits for",
    "people.unlock": "needs a device that is locked",
    "roster.progress": "is there while a long import is under way",
    "talks.show_motion": "leads to its talk, and is no page itself",
}
#: other pages of the same address that no link leads to
MORE = (
    "/members?q=桂园 王",
    "/members?q=zg&age=elder&volunteer=yes&sort=newest",
    "/members?building=4",
    "/members/changes/new?act=team&scope=found&team_name=夜巡队",
    "/members/changes/new?act=pause&person=20&person=21&person=22",
    "/places?q=桂园",
    "/topics?tab=ahead&q=灯",
)
#: whom a transaction works for, and the end of one that does not last: no questions
_AROUND = ("SELECT set_config(", "SET CONSTRAINTS ")
_LINK = re.compile(r'(?:href|hx-get)="(/(?!static/)[^"#]*\?[^"#]+)"')


@dataclass
class Found:
    """What the walk saw: the most statements of each endpoint and where, and statements asked row by row."""

    most: dict[str, tuple[int, str]] = field(default_factory=dict)
    repeated: dict[str, str] = field(default_factory=dict)

    def note(self, endpoint: str, where: str, statements: list[str]) -> None:
        self.most[endpoint] = max(self.most.get(endpoint, (0, "")), (len(statements), where))
        for text, times in Counter(re.sub(r"IN \([^()]*\)", "IN (…)", one) for one in statements).items():
            if times > TWICE:
                self.repeated[endpoint] = f"{where}: {times} × {' '.join(text.split())}"


@pytest.fixture(scope="module")
def found(walk: Walk) -> Found:
    """Open everything as everybody."""
    with tenancy.scoped(walk.donghu.id):
        do_what_the_story_leaves_out(walk)
    found = Found()
    with walking.nothing_lasts():
        for who in walk.actors:
            if who not in {"next door", "other street"}:  # they have these pages at home, with less in them
                open_everything(walk, who, found)
    return found


def do_what_the_story_leaves_out(walk: Walk) -> None:
    """Import a workbook and leave another one waiting, take the roll out, change people in bulk, cut a grid in two."""
    secretary = walk.actors["secretary"]
    assert secretary is not None
    grid = places.list_grids()[0].name
    rows = [[grid, *row[1:]] if row[0] in {"第1网格", 1, 2} else row for row in SMALL]
    batches = [
        stage(content=make_xlsx({"名单": rows[:last]}), filename="名单.xlsx", actor=secretary, now=NOW)
        for last in (5, 7)
    ]
    confirm(batch_id=batches[0], revision=1, actor=secretary, now=NOW)
    exporting.export(purpose="报街道统计", whole_phones=False, reason="", key="roll", actor=secretary, now=NOW)
    some = tuple(one.id for one in people.roll()[20:30])
    asked = planning.Asked(act=Act.TEAM, ticked=some, filters=Filters(), team="新队")
    seal = planning.plan_change(asked, actor=secretary, now=NOW).seal
    changing.change_many(asked, seal=seal, actor=secretary, key="many", now=NOW)
    last = places.list_grids()[-1]
    moved = {places.buildings_in(last.id)[0].id: 1}
    plan = Redraw(kind="split", sources=(last.id,), targets=(f"{last.name}东", f"{last.name}西"), buildings=moved)
    seen = redrawing.work_out(plan, now=NOW).mark
    territory.redraw(plan=plan, seen=seen, actor=secretary, key="grid", now=NOW)


def open_everything(walk: Walk, who: str, found: Found) -> None:
    """Open every address as one person, then two of each kind of filtered or turned page the links lead to."""
    ids = walking.ids_of(walk.donghu)
    routes = walk.app.url_map.bind("localhost")
    asked = [
        path
        for rule in walking.rules_of(walk.app)
        if walking.method_of(rule) == "GET"
        for path in addresses(walk, rule, ids, everything=who == "secretary")
    ]
    asked += MORE
    met: Counter[str] = Counter()
    for path in asked:  # grows meanwhile
        endpoint = routes.match(path.partition("?")[0], method="GET")[0]
        met[endpoint] += 1
        for fragment in (False, True)[: 2 if met[endpoint] <= TWICE else 1]:
            body = look(walk, who, path, fragment=fragment, endpoint=endpoint, found=found)
            for link in (one.replace("&amp;", "&") for one in _LINK.findall(body)):
                kind = re.sub(r"=[^&]*|\d+", "", link)
                if met[kind] < TWICE and link not in asked:
                    met[kind] += 1
                    asked.append(link)


def addresses(walk: Walk, rule: Rule, ids: walking.Ids, *, everything: bool) -> Iterator[str]:
    """Yield the addresses of a route: of all things there are, or of the first, one in the middle and the newest."""
    example = walking.values_for(walk.app, rule, ids)
    names = list(rule._converters)
    choices: list[list[Any]] = []
    for name in names:
        table = walking.TABLES.get(f"{rule.endpoint.partition('.')[0]}.{name}") or walking.TABLES.get(name, "")
        rows = ids.numbers.get(table, [])
        few = sorted({rows[0], rows[len(rows) // 2], rows[-1]}) if rows else [example[name]]
        converter = rule._converters[name]
        if isinstance(converter, AnyConverter):
            choices.append(sorted(converter.items))
        else:
            choices.append(rows if rows and everything and len(names) == 1 else few)
    for values in product(*choices):
        yield walking.address(walk.app, rule, dict(zip(names, values, strict=True)))


def look(walk: Walk, who: str, path: str, *, fragment: bool, endpoint: str, found: Found) -> str:
    """Open a page and note what it sent; returns its HTML. One that sent too much is asked again: what is kept is there."""
    fewest: list[str] = []
    for again in (False, True):
        browser = walk.app.test_client()
        if who in walk.cookies:
            browser.set_cookie(people.COOKIE, walk.cookies[who])
        headers = {"HX-Request": "true"} if fragment else {}
        with counted_queries() as statements:
            answer = contextvars.Context().run(browser.get, path, headers=headers)
        asked = [one for one in statements if not one.startswith(_AROUND)]
        fewest = min(fewest, asked, key=len) if again else asked
        if len(fewest) <= AT_MOST:
            break
    if answer.status_code not in {200, 286}:  # the end of a poll
        return ""
    found.note(endpoint, f"{who}, {path}{', as a fragment' if fragment else ''}", fewest)
    return answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""


def test_every_page_in_twelve_statements_and_none_of_them_row_by_row(walk: Walk, found: Found) -> None:
    """One test, for the walk takes longer than everything it is looked at for."""
    pages = {rule.endpoint for rule in walking.rules_of(walk.app) if walking.method_of(rule) == "GET"}
    assert pages - found.most.keys() == CLOSED.keys(), "what follows looks at pages, not at refusals"
    above = {
        endpoint: f"{number} statements for {where}"
        for endpoint, (number, where) in found.most.items()
        if number > EXCEPTIONS.get(endpoint, (AT_MOST, ""))[0]
    }
    assert above == {}, above
    smaller = {
        endpoint: f"write {found.most[endpoint][0]} for {number}, or take it out"
        for endpoint, (number, _why) in EXCEPTIONS.items()
        if found.most[endpoint][0] < number
    }
    assert smaller == {}, smaller
    assert found.repeated == {}, found.repeated
