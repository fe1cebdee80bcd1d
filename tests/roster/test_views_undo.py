"""Imports of the past and their undo, as a secretary does it in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from engage import activities, people
from engage.core import tenancy
from tests import make
from tests.activities.conftest import make_shift
from tests.client import CheckingClient
from tests.conftest import World, counted_queries
from tests.make import NOW
from tests.roster.conftest import Upload
from tests.roster.importing import put_in, staged
from tests.roster.make_workbooks import SMALL, make_xlsx

SignIn = Callable[..., CheckingClient]


def test_the_undo_names_who_goes_and_who_stays_and_why(world: World, sign_in: SignIn, upload: Upload) -> None:
    client = sign_in(world.secretary)
    shown = client.submit(upload(client, make_xlsx({"名单": SMALL})).form("/confirmation"), expect=303)
    done = client.get(shown.location, expect=200)
    with tenancy.scoped(world.donghu.id):
        shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no)
        someone = people.actor_of(next(iter(people.search(filters=people.Filters(q="吴明宇"), now=NOW).persons)))
        make.open_device(someone)
        activities.sign_up(shift_id=shift.id, person_id=someone.person_id, actor=someone, now=NOW)
    link = done.soup.select_one('a[href$="/undo"]')
    assert link is not None
    page = client.get(str(link["href"]), expect=200)
    assert "3人会去掉" in page.words
    assert all(name in page.words for name in ("贾梓山", "黄静淑", "邓伟"))
    assert "1人留下" in page.words
    row = page.soup.select_one("tbody tr")
    assert row is not None
    assert all(word in row.get_text() for word in ("吴明宇", "登录过", "报过名"))
    undone = client.get(client.submit(page.form("/undo"), expect=303).location, expect=200)
    assert "这次导入已经撤了" in undone.words
    client.submit(page.form("/undo"), expect=303)  # pressing twice is pressing once
    again = upload(client, make_xlsx({"名单": [*SMALL[:6], *SMALL[7:]]}))
    assert "3行" in again.words


def test_it_reads_in_english_too(world: World, sign_in: SignIn, upload: Upload) -> None:
    client = sign_in(world.secretary)
    client.submit(upload(client, make_xlsx({"名单": SMALL})).form("/confirmation"), expect=303)
    client.language = "en"
    listed = client.get("/roster/batches", expect=200)
    assert "Can be undone" in listed.words
    address = str(listed.soup.select_one("tbody a")["href"]) + "/undo"  # type: ignore[index]
    page = client.get(address, expect=200)
    assert "Going: 4" in page.words
    assert "was undone" in client.get(client.submit(page.form("/undo"), expect=303).location, expect=200).words


def test_the_next_day_the_page_says_that_it_is_too_late(world: World, sign_in: SignIn, upload: Upload) -> None:
    client = sign_in(world.secretary)
    done = client.submit(upload(client, make_xlsx({"名单": SMALL})).form("/confirmation"), expect=303).location
    form = client.get(f"{done}/undo", expect=200).form("/undo")
    with time_machine.travel(NOW + timedelta(hours=24), tick=False):
        assert "过了24小时" in client.submit(form, expect=422).refusal
        assert client.get(f"{done}/undo", expect=200).soup.select('form[action$="/undo"]') == []
        assert client.get(done, expect=200).soup.select('a[href$="/undo"]') == []


def test_foreign_unknown_and_unconfirmed_imports_are_not_found(world: World, sign_in: SignIn) -> None:
    batch_id = staged(world)
    put_in(make_xlsx({"名单": SMALL}), actor=world.secretary)
    outsider, secretary = sign_in(world.outsider), sign_in(world.secretary)
    outsider.get(f"/roster/batches/{batch_id + 1}/undo", expect=404)
    outsider.post(f"/roster/batches/{batch_id + 1}/undo", expect=404)
    secretary.get(f"/roster/batches/{batch_id}/undo", expect=404)
    sign_in(world.volunteer).post(f"/roster/batches/{batch_id + 1}/undo", expect=403)


def test_an_empty_list_leads_to_the_first_upload(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.secretary).get("/roster/batches", expect=200)
    assert "还没传过" in page.words
    assert page.soup.select('main a[href="/roster/import"]')


@pytest.mark.parametrize("uploads", [2, 31])
def test_the_list_pages_and_asks_as_little_for_many_as_for_few(world: World, sign_in: SignIn, uploads: int) -> None:
    client, content = sign_in(world.secretary), make_xlsx({"名单": SMALL})
    with tenancy.scoped(world.donghu.id):
        for _ in range(uploads):
            staged(world, content)
    client.get("/roster/batches", expect=200)
    with counted_queries() as statements:
        page = client.get("/roster/batches", expect=200)
    assert len(statements) <= 8
    assert not any("roster_batch.content" in statement for statement in statements)
    assert len(page.soup.select("tbody tr")) == min(uploads, 30)
    if uploads > 30:
        assert len(client.get("/roster/batches?page=2", expect=200).soup.select("tbody tr")) == 1
        assert len(client.get("/roster/batches?page=nonsense", expect=200).soup.select("tbody tr")) == 30
