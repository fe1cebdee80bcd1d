"""Every page in twelve statements: each GET address, each person who may open it, each thing there is (speed goal)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Any

from werkzeug.routing import AnyConverter, Rule

from tests.conftest import counted_queries
from tests.house import walking
from tests.house.story import walk as walk
from tests.house.walkers import OUTSIDE, Walk

AT_MOST = 12
#: endpoint -> how many it sends, and why not fewer. This list may only become shorter, its numbers only smaller.
EXCEPTIONS: dict[str, tuple[int, str]] = {}
#: a statement sent three times for one page is one asked row by row
_TWICE = 2
#: whoever is not the office opens the first, the newest and one in the middle of a kind
_FEW = 3
_LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*\?[^"#]+)"')


def addresses(walk: Walk, rule: Rule, ids: walking.Ids, *, everything: bool) -> Iterator[str]:
    """Yield the addresses of one route: of all things there are, or of a few of them."""
    choices: list[list[Any]] = []
    names = list(rule._converters)
    example = walking.values_for(walk.app, rule, ids)
    blueprint = rule.endpoint.partition(".")[0]
    for name in names:
        converter = rule._converters[name]
        numbers = ids.numbers.get(walking.TABLES.get(f"{blueprint}.{name}") or walking.TABLES.get(name) or "", [])
        if isinstance(converter, AnyConverter):
            choices.append(sorted(converter.items))
        elif numbers and everything and len(names) == 1:
            choices.append(numbers)
        elif numbers:
            choices.append(sorted({numbers[0], numbers[len(numbers) // 2], numbers[-1]})[:_FEW])
        else:
            choices.append([example[name]])
    for values in product(*choices):
        yield walking.address(walk.app, rule, dict(zip(names, values, strict=True)))


def shape(path: str) -> str:
    return re.sub(r"=[^&]*|\d+", "", path)


def test_no_page_sends_more_than_twelve_statements(walk: Walk) -> None:
    worst: dict[str, tuple[int, str]] = defaultdict(lambda: (0, ""))
    repeated: dict[str, str] = {}
    opened = set()
    ids = walking.ids_of(walk.donghu)
    rules = [rule for rule in walking.rules_of(walk.app) if walking.method_of(rule) == "GET"]
    adapter = walk.app.url_map.bind("localhost")
    import time
    began=time.time()
    with walking.nothing_lasts():
        for who in walk.actors:
            if who in OUTSIDE[:2]:
                continue
            todo = [path for rule in rules for path in addresses(walk, rule, ids, everything=who == "secretary")]
            seen: Counter[str] = Counter()
            for path in todo:
                for fragment in (False, True):
                    with counted_queries() as statements:
                        status, body = look(walk, who, path, fragment=fragment)
                    if status >= 300:
                        break
                    endpoint = adapter.match(path.partition("?")[0], method="GET")[0]
                    opened.add(endpoint)
                    worst[endpoint] = max(worst[endpoint], (len(statements), f"{who} {path} {'fragment' if fragment else ''}"))
                    text, times = Counter(re.sub(r"IN \([^)]*\)", "IN ()", one) for one in statements).most_common(1)[0] if statements else ("", 0)
                    if times > _TWICE:
                        repeated.setdefault(endpoint, f"{who} {path}: {times} × {text[:120]} … {text[text.find('FROM'):][:160]}")
                    for link in _LINK.findall(body):
                        link = link.replace("&amp;", "&")
                        if (seen[shape(link)]) < 2 and link not in todo:
                            seen[shape(link)] += 1
                            todo.append(link)
            print(who, len(todo), round(time.time()-began))
    for endpoint, (n, path) in sorted(worst.items(), key=lambda x: -x[1][0]):
        if n > 10: print(n, endpoint, path)
    for endpoint, s in repeated.items(): print("N+1?", endpoint, s)
    print("never", sorted({r.endpoint for r in rules} - opened))
    assert 0


def look(walk: Walk, who: str, path: str, *, fragment: bool) -> tuple[int, str]:
    import contextvars
    from engage import people
    browser = walk.app.test_client()
    if who in walk.cookies:
        browser.set_cookie(people.COOKIE, walk.cookies[who])
    headers = {"HX-Request": "true"} if fragment else {}
    answer = contextvars.Context().run(browser.get, path, headers=headers)
    return answer.status_code, answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
