"""The wall shows the whole question and every option, however much the chair wrote; cut off, a hall votes on something else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import text

from engage import votes
from engage.core.database import db
from tests.journeys.acting import books_of, others, press, sign_in
from tests.journeys.conftest import DESK
from tests.live import Installation

WALL = {"width": 1920, "height": 1080}
QUESTION = "电动车充电棚建在西门，每户每月收十元电费，由物业公司负责管理，社区补贴三成费用，" * 3
OPTIONS = [f"{name}停车场北角靠近垃圾站那一块空地和旁边的绿化带" for name in "甲乙丙丁戊己"]
FITS = """() => {
  const box = (selector) => [...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect());
  const [head, question, foot] = ["header", "h1", ".st-foot"].map((one) => box(".stage-main " + one)[0]);
  const lines = box(".st-tally li");
  const down = [head, question, ...lines, foot];
  return lines.length === 6 && foot.bottom <= innerHeight && down.every((one, n) => !n || one.top >= down[n - 1].bottom);
}"""


def test_nothing_of_a_long_vote_is_cut_off(story: Installation, open_page: Callable[..., Page]) -> None:
    chair, wall = open_page(story, size=DESK), open_page(story, size=WALL)
    sign_in(chair, "secretary")
    chair.goto("/talks/desk")
    chair.get_by_role("link", name="充电棚建在哪里").click()
    talk = chair.url.rsplit("/", 2)[-2]
    chair.get_by_text("加一条动议").first.click()
    chair.get_by_label("要表决的话，写成一句").first.fill(QUESTION[:120])
    chair.get_by_label("选项，一行一个").first.fill("\n".join(OPTIONS))
    chair.get_by_label("谁来投").first.select_option("all")
    press(chair, "/motions")
    press(chair, "/doors")
    chair.goto(f"/talks/{talk}/console")
    for step in ("/start", "/activation"):
        press(chair, step)
    chair.locator("form[action$='/vote']").last.locator("button").click()
    wall.context.add_cookies(chair.context.cookies())  # type: ignore[arg-type]
    wall.goto(f"/talks/{talk}/projector")
    expect(wall.locator("h1")).to_have_text(QUESTION[:120])
    assert wall.evaluate(FITS)
    cast_six(story)
    press(chair, "/stop")
    story.travel(story.now + timedelta(seconds=20))
    wall.goto(f"/talks/{talk}/projector")
    expect(wall.locator(".st-tally .n")).to_have_text(["6", "0", "0", "0", "0", "0"])
    assert wall.evaluate(FITS)


def cast_six(story: Installation) -> None:
    """Let six households choose the first option: enough for figures to be shown."""
    with books_of(story):
        vote = db.session.execute(text("SELECT max(id) FROM vote")).scalar_one()
        for actor in others()[:6]:
            token = votes.form_token(vote_id=vote, unit_id=actor.unit_id or 0)
            votes.cast(vote_id=vote, actor=actor, unit_id=actor.unit_id or 0, choices=[0], token=token, now=story.now)
