"""Taking the roll out in the browser: the password first, one's own link, and who may know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from engage import people
from engage.core import tenancy, workbook
from engage.home import my_data
from engage.roster import exporting
from tests import make
from tests.client import Answer, CheckingClient
from tests.conftest import World, counted_queries
from tests.make import NOW

SignIn = Callable[..., CheckingClient]
PASSWORD = "东湖的灯笼亮了"


@pytest.fixture
def client(world: World, sign_in: SignIn) -> CheckingClient:
    return sign_in(world.secretary)


def send(client: CheckingClient, expect: int = 303, **fields: str) -> Answer:
    form = client.get("/roster/export", expect=200).form("/exports")
    return client.submit(form, expect=expect, **({"purpose": "报街道统计"} | fields))


def test_a_list_is_taken_out_and_fetched(world: World, client: CheckingClient) -> None:
    page = client.get(send(client).location, expect=200)
    assert "手机号遮住中间四位" in page.words
    link = page.soup.select_one('a[href$="/roster.xlsx"]')
    assert link is not None
    with counted_queries() as statements:
        answer = client.get(str(link["href"]), expect=200)
    assert len(statements) <= 12
    assert "attachment" in answer.headers["Content-Disposition"]
    names = [row[4] for row in workbook.read(answer.data, filename="x.xlsx")[0].rows]
    assert world.secretary.name in names
    assert "报街道统计" in client.get("/roster/export", expect=200).words


def test_refusals_keep_what_was_typed_and_say_where(world: World, client: CheckingClient) -> None:
    wrong = send(client, 422, purpose="报")
    assert "会印在每一页上" in wrong.words
    assert wrong.soup.select_one('input[name="purpose"]')["value"] == "报"  # type: ignore[index]
    assert "本人看得到" in send(client, 422, whole_phones="yes").words
    with tenancy.scoped(world.donghu.id):
        for key in "12345":
            exporting.export(
                purpose="报街道统计", whole_phones=False, reason="", key=key, actor=world.secretary, now=NOW
            )
    assert "今天已经导出5次" in send(client, 429).words


def test_w18_other_peoples_and_old_links_are_not_found(world: World, client: CheckingClient, sign_in: SignIn) -> None:
    page = send(client).location
    for actor in (world.clerk, world.volunteer, world.outsider):
        sign_in(actor).get(page, expect=404)
        sign_in(actor).get(f"{page}/roster.xlsx", expect=404)
    client.get(f"{page}/roster.xlsx", expect=200)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        client.set_cookie(people.COOKIE, make.open_device(world.secretary, now=NOW + timedelta(hours=1)))
        client.get(f"{page}/roster.xlsx", expect=404)
        client.get(page, expect=404)


def test_everybody_can_see_who_took_their_phone_out(world: World, client: CheckingClient) -> None:
    send(client, whole_phones="yes", reason="挨个通知停水")
    looks = my_data.data_of(world.volunteer, now=NOW).looks
    assert [(look.who, look.reason) for look in looks] == [(world.secretary.name, "挨个通知停水")]


def test_who_may_not_export_is_not_asked_for_a_purpose(world: World, sign_in: SignIn) -> None:
    for actor in (world.volunteer, world.leader, world.desk):
        sign_in(actor).get("/roster/export", expect=403)
    page = sign_in(world.clerk).get("/roster/export", expect=200)
    assert page.soup.select_one('input[name="whole_phones"]') is None


def test_the_pages_in_english(world: World, client: CheckingClient) -> None:
    client.language = "en"
    assert "purpose" in client.get(send(client).location, expect=200).words.lower()
    assert "Purpose" in client.get("/roster/export", expect=200).words
