"""J5: from a topic on a phone to a resolution on the public board, with a secret vote of households in between."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta

from playwright.sync_api import Page, expect

from engage import votes
from engage.core import clock
from tests.journeys.acting import books_of, evening_of, others, press, sign_in
from tests.journeys.conftest import DESK
from tests.live import Installation

WALL = {"width": 1920, "height": 1080}
LAMP, BENCH = "桂园东门口加一盏路灯", "小广场添两张长椅"
MOTION = "桂园东门口装一盏太阳能路灯"
#: households beside the three phones: with them the vote reaches what the notice fixed
CROWD = 9


@dataclass(frozen=True, kw_only=True)
class Yard:
    """The browsers of the evening: the chair's desk, the wall, and three phones; wife and husband are one household."""

    chair: Page
    wall: Page
    wife: Page
    husband: Page
    neighbour: Page


def test_j5_from_a_topic_to_a_resolution_on_the_public_board(
    story: Installation, open_page: Callable[..., Page]
) -> None:
    yard = Yard(
        chair=open_page(story, size=DESK),
        wall=open_page(story, size=WALL),
        wife=open_page(story),
        husband=open_page(story),
        neighbour=open_page(story),
    )
    for page, key in [
        (yard.chair, "secretary"),
        (yard.wife, "volunteer"),
        (yard.husband, "spouse"),
        (yard.neighbour, "neighbour"),
    ]:
        sign_in(page, key)
    put_up_topics(yard)
    round_id = open_agenda_ballot(yard)

    story.travel(story.now + timedelta(days=8))
    yard.chair.goto(f"/agenda-rounds/{round_id}")
    press(yard.chair, "/conclusion")
    expect(yard.chair.locator(".topics")).to_contain_text(LAMP)
    evening = evening_of(story, days=2, at=time(19, 15))
    talk = plan_talk(yard.chair, day=clock.local_date(evening))

    story.travel(evening)
    open_doors(yard, talk)
    vote = put_the_motion(yard, talk)
    cast_ballots(yard, vote)
    let_the_others_vote(story, vote)
    stop_and_watch(yard, talk)
    adopt(yard.chair, talk, owner="物业", due=clock.local_date(evening) + timedelta(days=30))

    anybody = open_page(story)
    anybody.goto("/c/donghu")
    expect(anybody.locator("#resolutions")).to_contain_text(MOTION)
    anybody.get_by_role("link", name=MOTION).click()
    expect(anybody.locator("#main")).to_contain_text("物业负责")


def put_up_topics(yard: Yard) -> None:
    """Two households second each other's topics; a household counts once, whoever of it presses."""
    yard.chair.goto("/topics/desk")
    yard.chair.get_by_label("户数").fill("2")
    press(yard.chair, "/topics/threshold")
    lamp, bench = file_topic(yard.wife, LAMP), file_topic(yard.neighbour, BENCH)
    for topic in (lamp, bench):
        yard.chair.goto("/topics/desk")
        press(yard.chair, f"/topics/{topic}/admission")
    for page, topic in ((yard.neighbour, lamp), (yard.wife, bench)):
        page.goto(f"/topics/{topic}")
        expect(page.locator(".need")).to_contain_text("还差1户")
        page.get_by_role("button", name="附议").click()
        expect(page.locator(".need")).to_contain_text("2户附议，够了")
    yard.husband.goto(f"/topics/{bench}")
    expect(yard.husband.locator('button[aria-pressed="true"]')).to_contain_text("附议了")


def file_topic(page: Page, title: str) -> int:
    """Write a topic on the phone; returns its number in the address."""
    page.goto("/topics/new")
    page.locator("#f-title").fill(title)
    page.get_by_role("button", name="贴上议题板").click()
    page.wait_for_url(re.compile(r"/topics/\d+$"))
    return int(page.url.rsplit("/", 1)[1])


def open_agenda_ballot(yard: Yard) -> int:
    """Put both topics on a ballot of a week, one seat; both households choose the lamp. Returns the round."""
    chair = yard.chair
    chair.goto("/topics/desk")
    for box in chair.locator('input[name="topic"]').all():
        box.uncheck()
    for title in (LAMP, BENCH):
        chair.get_by_label(f"选{title}").check()
    chair.get_by_label("选几个上会").fill("1")
    chair.get_by_role("button", name="开议程票").click()
    chair.wait_for_url(re.compile(r"/agenda-rounds/\d+$"))
    for page in (yard.wife, yard.neighbour):
        page.goto("/topics")
        page.locator('a.window[href^="/agenda-rounds/"]').click()
        page.get_by_role("link", name="去选议题").click()
        page.get_by_role("checkbox", name=LAMP).check()
        page.get_by_role("button", name="投下这一票").click()
        expect(page.get_by_role("heading", name="票投好了")).to_be_visible()
        expect(page.locator(".pick")).to_have_text(LAMP)
    return int(chair.url.rsplit("/", 1)[1])


def plan_talk(chair: Page, *, day: date) -> int:
    """Fix the day; the selected topic is the agenda by itself; one motion; the notice goes up. Returns the talk."""
    chair.goto("/talks/desk")
    chair.get_by_label("题目", exact=True).fill("东门口的灯")
    chair.get_by_label("在哪里").fill("老粮站院子")
    chair.get_by_label("哪天").fill(day.isoformat())
    chair.get_by_label("提前几天贴通知").fill("1")
    for label, name in (("主持", "何敏"), ("记录", "蒋文"), ("计票人一", "许志强"), ("计票人二", "冯玲")):
        field = chair.get_by_label(label, exact=True)
        field.select_option(field.locator("option", has_text=name).get_attribute("value"))
    chair.get_by_role("button", name="定下这一场").click()
    chair.wait_for_url(re.compile(r"/talks/\d+/plan$"))
    expect(chair.locator("#h-agenda + *, section[aria-labelledby=h-agenda]").last).to_contain_text(LAMP)
    chair.get_by_text("加一条动议").first.click()
    chair.get_by_label("要表决的话，写成一句").first.fill(MOTION)
    chair.get_by_label("谁来办").first.fill("物业")
    chair.get_by_label("谁来投").first.select_option("all")
    press(chair, "/motions")
    press(chair, "/notice")
    expect(chair.get_by_role("button", name="开门签到")).to_be_visible()
    return int(re.search(r"/talks/(\d+)/", chair.url).group(1))  # type: ignore[union-attr]


def open_doors(yard: Yard, talk: int) -> None:
    """Three phones check in; a neighbour without a phone is checked in by number; the wall shows who came."""
    yard.wall.context.add_cookies(yard.chair.context.cookies())  # type: ignore[arg-type]
    yard.wall.goto(f"/talks/{talk}/projector")
    yard.chair.goto(f"/talks/{talk}/plan")
    press(yard.chair, f"/talks/{talk}/doors")
    for page in (yard.wife, yard.husband, yard.neighbour):
        page.goto(f"/talks/{talk}")
        press(page, f"/talks/{talk}/arrivals")
        expect(page.locator("#evening")).to_contain_text("您已经签到了")
    yard.chair.goto("/members?q=刘长河")
    number = yard.chair.locator("#members tbody td.num").first.inner_text()
    yard.chair.goto(f"/talks/{talk}/door")
    yard.chair.get_by_label("成员编号，或扫成员卡").fill(number)
    yard.chair.keyboard.press("Enter")
    expect(yard.chair.locator("#door")).to_contain_text("刘长河到了")
    expect(yard.wall.locator("#stage")).to_contain_text("已经到了3户")


def put_the_motion(yard: Yard, talk: int) -> int:
    """Start, call the point, put the motion; phones and wall light up by themselves. Returns the vote."""
    chair = yard.chair
    chair.goto(f"/talks/{talk}/console")
    press(chair, f"/talks/{talk}/start")
    press(chair, "/activation")
    expect(yard.wall.locator("#stage h1")).to_have_text(LAMP)
    chair.get_by_label("几分钟").select_option("")
    press(chair, "/vote")
    expect(chair.locator("#console :focus")).to_have_count(1)
    expect(yard.wall.locator("#stage h1")).to_have_text(MOTION)
    link = yard.wife.get_by_role("link", name="去投票")
    expect(link).to_be_visible()
    return int(str(link.get_attribute("href")).rsplit("/", 1)[1])


def cast_ballots(yard: Yard, vote: int) -> None:
    """Vote from three phones; the second of one household is refused, even with the ballot already open before it."""
    yard.husband.goto(f"/votes/{vote}")
    yard.husband.get_by_role("radio", name="反对").check()
    yard.wife.get_by_role("link", name="去投票").click()
    for page in (yard.wife, yard.neighbour):
        page.goto(f"/votes/{vote}")
        page.get_by_role("radio", name="赞成").check()
        press(page, "/confirmations")
        expect(page.locator("#vote-panel :focus")).to_have_count(1)
        press(page, "/ballots")
        expect(page.get_by_role("heading", name="票投好了")).to_be_visible()
    press(yard.husband, "/confirmations")
    expect(yard.husband.locator("#vote-panel")).to_contain_text("您家已经投过了")
    expect(yard.wall.locator("#stage")).to_contain_text("投了2户")
    for page in (yard.wall, yard.husband, yard.chair):
        expect(page.locator(".st-tally .n, .tally, .lead")).to_have_count(0)


def let_the_others_vote(story: Installation, vote: int) -> None:
    """Let other households vote beside the server: one against, the rest for."""
    with books_of(story):
        for number, actor in enumerate(others()[:CROWD]):
            unit = actor.unit_id or 0
            token = votes.form_token(vote_id=vote, unit_id=unit)
            votes.cast(vote_id=vote, actor=actor, unit_id=unit, choices=[int(number == 0)], token=token, now=story.now)


def stop_and_watch(yard: Yard, talk: int) -> None:
    """Stop: fifteen seconds for the ballots in hand, visible on the wall, then the result by itself."""
    yard.chair.goto(f"/talks/{talk}/console")
    press(yard.chair, "/stop")
    expect(yard.wall.locator("#stage")).to_contain_text("喊停了，手里的票还能投")
    expect(yard.wall.locator(".bigtimer text")).to_have_text(re.compile(r"^0:\d\d$"))
    expect(yard.wall.locator(".st-tally .n").first).to_have_text(str(CROWD + 1), timeout=25_000)
    expect(yard.wall.locator(".st-tally .n").nth(1)).to_have_text("1")
    expect(yard.chair.locator("#console .tally b").first).to_have_text(str(CROWD + 1), timeout=25_000)


def adopt(chair: Page, talk: int, *, owner: str, due: date) -> None:
    """Adjourn, make the carried motion a resolution, name who does it by when."""
    chair.goto(f"/talks/{talk}/console")
    chair.locator("details.con-end summary").click()
    chair.keyboard.press("Escape")
    expect(chair.locator("details.con-end[open]")).to_have_count(0)
    press(chair, "/adjournment")
    chair.goto("/resolutions")
    chair.locator("li", has_text=MOTION).get_by_role("button", name="立成决议").click()
    chair.wait_for_load_state()
    chair.goto(f"/resolutions?q={MOTION}")
    chair.locator("a.cell").first.click()
    who = chair.locator("#f-owner_id")
    who.select_option(who.locator("option", has_text="何敏").get_attribute("value"))
    chair.locator("#f-owner_text").fill(owner)
    chair.get_by_label("哪天前办完").fill(due.isoformat())
    press(chair, "/assignments")
    expect(chair.locator("#main")).to_contain_text(owner)
