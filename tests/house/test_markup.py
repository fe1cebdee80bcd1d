"""The reviewers are reviewed: what the checking client must notice, it notices; what is fine, it lets pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.steps import PLANS, Outcome, Step, run
from tests import markup

if TYPE_CHECKING:
    from tests.client import CheckingClient

GOOD = """<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>今晚巡防</title></head><body>
<main><h1>今晚巡防</h1><a href="#list">名单</a><ul id="list"><li>一</li></ul>
<form method="post" action="/shifts/5/check-ins" hx-post="/shifts/5/check-ins">
<input type="hidden" name="csrf_token" value="x"><label for="code">码</label><input id="code" name="code">
<label><input type="checkbox" name="late"> 迟到</label><button type="submit">签到</button></form>
<svg class="bar" role="img" aria-label="一半"><rect width="46%"/></svg></main></body></html>"""

FAULTS = [
    ("<title>今晚巡防</title>", "<title> </title>", "no title"),
    (' lang="zh-Hans"', "", "language"),
    ("<h1>今晚巡防</h1>", "", "h1"),
    ("</h1>", "</h1><h1>又</h1>", "h1"),
    ("<main>", "<div>", "unexpected"),
    ('<ul id="list">', '<ul id="code">', "occurs 2 times"),
    ('href="#list"', 'href="#lost"', "#lost"),
    ('<label for="code">码</label>', "", "no label"),
    ('<label for="code">码</label>', '<label for="code"></label>', "no label"),
    ("签到</button>", "</button>", "no name"),
    (">名单</a>", "></a>", "no name"),
    ('method="post" ', "", "its method"),
    (' action="/shifts/5/check-ins"', "", "no action"),
    ('action="/shifts/5/check-ins"', 'action="/elsewhere"', "JavaScript only"),
    ('<input type="hidden" name="csrf_token" value="x">', "", "CSRF"),
    ("<h1>", '<h1 style="color:red">', "style="),
    ("<h1>", '<h1 onclick="go()">', "onclick="),
    ("<h1>", "<script>go()</script><h1>", "inline"),
    ("<h1>", '<script src="https://cdn.example/x.js"></script><h1>', "another site"),
    ("<h1>", '<img src="/x.png"><h1>', "alt text"),
    ("<li>一</li>", "<li>None</li>", "insides"),
    ("<li>一</li>", "<li>还有%(count)s位</li>", "insides"),
    ("<li>一</li>", "<p><div>一</div></p>", "unexpected"),
    ("<ul id", '<ul aria-describedby="gone" id', "#gone"),
    ("<button", '<button hx-delete="/shifts/5"', "without JavaScript"),
]


def test_a_good_page_passes() -> None:
    assert markup.list_faults(GOOD) == []


@pytest.mark.parametrize(("good", "bad", "words"), FAULTS)
def test_each_fault_is_noticed(good: str, bad: str, words: str) -> None:
    assert good in GOOD
    faults = " ".join(markup.list_faults(GOOD.replace(good, bad, 1))).lower()
    assert words.lower() in faults


def test_a_table_row_is_a_good_fragment() -> None:
    assert markup.list_faults('<tr id="row-1"><td>一</td></tr>') == []


def test_a_form_sent_without_looking_at_the_answer_is_noticed(client: CheckingClient) -> None:
    answer = client.post("/appearance", data={"theme": "dark"})
    with pytest.raises(AssertionError, match="POST /appearance"):
        client.ensure_judged()
    assert answer.status_code == 303


def test_a_step_is_counted_by_its_closing_line() -> None:
    pytest_step = Step(name="tests", arguments=("-m", "pytest"))

    def counts(output: str, status: int) -> tuple[int, int]:
        return Outcome(step=pytest_step, status=status, output=output, seconds=1).counts

    assert counts("....\n4 passed in 0.11s\n", 0) == (4, 0)
    assert counts("12 passed, 1 deselected in 2.00s\n", 0) == (12, 0)
    assert counts("2 failed, 3 passed, 1 error in 2.00s\n", 1) == (3, 3)
    assert counts("INTERNALERROR\n", 3) == (0, 1)
    assert counts("no tests ran in 0.02s\n", 0) == (0, 0)


def test_a_plain_command_counts_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    good = run(Step(name="good", arguments=("-c", "print('fine')")))
    bad = run(Step(name="bad", arguments=("-c", "raise SystemExit('words that explain')")))
    assert (good.counts, bad.counts) == ((1, 0), (0, 1))
    said = capsys.readouterr().out
    assert "words that explain" in said
    assert "fine" not in said


def test_the_fast_plan_is_part_of_the_whole_plan() -> None:
    assert all(step in PLANS["test"] for step in PLANS["check"])
