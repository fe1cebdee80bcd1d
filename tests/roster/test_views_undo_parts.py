"""A long undo as a secretary follows it: how far it is, that it stopped, and how to carry it on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engage.core import tenancy
from engage.core.access import Actor
from engage.roster import turns, undo_parts, views_background
from engage.roster.undo import begin, undo
from engage.roster.undo_parts import UndoRun, take_part
from tests.client import CheckingClient
from tests.conftest import World, counted_queries
from tests.make import NOW
from tests.roster.importing import imported, staged
from tests.roster.make_workbooks import LONGMA, workbook

SignIn = Callable[[Actor], CheckingClient]
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture(autouse=True)
def followed(monkeypatch: pytest.MonkeyPatch) -> list[UndoRun]:
    """Undos go in small parts, and nobody but the test takes them."""
    runs: list[UndoRun] = []
    monkeypatch.setattr(undo_parts, "PART", 10)
    monkeypatch.setattr(undo_parts, "AT_ONCE", 10)
    monkeypatch.setattr(views_background, "follow", runs.append)
    return runs


@pytest.fixture
def batch_id(world: World) -> int:
    with tenancy.scoped(world.donghu.id):
        return imported(world, workbook())


def take(run: UndoRun, world: World) -> object:
    with tenancy.scoped(world.donghu.id):
        return take_part(run, now=NOW)


@LANGUAGES
def test_a_long_undo_is_followed_to_its_end(
    world: World, sign_in: SignIn, batch_id: int, followed: list[UndoRun], language: str
) -> None:
    client, address = sign_in(world.secretary), f"/roster/batches/{batch_id}"
    client.language = language
    form = client.get(f"{address}/undo", expect=200).form("/undo")
    page = client.get(client.submit(form, expect=303).location, expect=200)
    assert ("撤到第0人，一共25人" if language == "zh" else "People: 0 of 25.") in page.words
    assert page.soup.select_one('#roster-progress[hx-trigger="every 2s"]') is not None
    assert page.soup.select_one('noscript meta[http-equiv="refresh"]') is not None
    assert page.soup.select_one(f'#roster-progress a[href="{address}"]') is not None
    (run,) = followed
    take(run, world)
    take(run, world)
    with counted_queries() as statements:
        answer = client.get(f"{address}/progress", htmx=True, expect=200)
    assert ("撤到第20人" if language == "zh" else "People: 20 of 25.") in answer.words
    assert len(statements) <= 8
    take(run, world)
    assert ("人都撤完了" if language == "zh" else "The people are done") in client.get(address, expect=200).words
    while take(run, world) is None:
        pass
    assert client.get(f"{address}/progress", htmx=True).headers["HX-Redirect"] == address
    assert ("已经撤了" if language == "zh" else "was undone") in client.get(address, expect=200).words


def test_pressed_twice_it_is_followed_once_and_the_question_is_not_asked_again(
    world: World, sign_in: SignIn, batch_id: int, followed: list[UndoRun]
) -> None:
    client, address = sign_in(world.secretary), f"/roster/batches/{batch_id}"
    form = client.get(f"{address}/undo", expect=200).form("/undo")
    client.submit(form, expect=303)
    assert client.submit(form, expect=303).location == address
    assert client.get(f"{address}/undo", expect=303).location == address
    assert len(followed) == 1


@LANGUAGES
def test_one_that_stopped_says_so_and_is_carried_on_by_a_plain_form(
    world: World, sign_in: SignIn, batch_id: int, followed: list[UndoRun], language: str
) -> None:
    with tenancy.scoped(world.donghu.id):
        dead = begin(batch_id=batch_id, actor=world.secretary, now=NOW - turns.DEAD_AFTER)
    assert isinstance(dead, UndoRun)
    client, address = sign_in(world.clerk), f"/roster/batches/{batch_id}"
    client.language = language
    page = client.get(address, expect=200)
    assert ("撤到一半停了" if language == "zh" else "stopped half way") in page.words
    assert page.soup.select_one("#roster-progress[hx-trigger]") is None
    assert page.soup.select_one("noscript meta") is None
    for listed in ("/roster/batches", "/roster/import"):
        assert client.get(listed, expect=200).soup.select_one(f'a[href="{address}"]') is not None
    assert ("停在半路" if language == "zh" else "Stopped half way") in client.get("/roster/batches", expect=200).words
    client.submit(page.form("/undo/continuation"), expect=303)
    (run,) = followed
    while take(run, world) is None:
        pass
    assert ("已经撤了" if language == "zh" else "was undone") in client.get(address, expect=200).words
    client.submit(page.form("/undo/continuation"), expect=303)  # pressed again when all is done
    assert len(followed) == 1


def test_carrying_on_what_lives_or_is_the_secretarys_is_refused_on_the_same_page(
    world: World, sign_in: SignIn, followed: list[UndoRun]
) -> None:
    with tenancy.scoped(world.donghu.id):
        batch_id = imported(world, LONGMA.read_bytes())
        begin(batch_id=batch_id, actor=world.secretary, now=NOW - turns.DEAD_AFTER)
    address = f"/roster/batches/{batch_id}"
    clerk, client = sign_in(world.clerk), sign_in(world.secretary)
    refused = clerk.submit(clerk.get(address, expect=200).form("/undo/continuation"), expect=409)
    assert "请书记来撤" in refused.refusal
    refused.form("/undo/continuation")
    form = client.get(address, expect=200).form("/undo/continuation")
    client.submit(form, expect=303)
    again = client.submit(form, expect=409)
    assert "还在撤，没有停" in again.refusal
    assert "正在撤" in again.words
    assert len(followed) == 1


def test_another_import_is_refused_in_words_meanwhile(world: World, sign_in: SignIn, batch_id: int) -> None:
    with tenancy.scoped(world.donghu.id):
        begin(batch_id=batch_id, actor=world.secretary, now=NOW)
        other = staged(world)
    client = sign_in(world.secretary)
    form = client.get(f"/roster/batches/{other}", expect=200).form("/confirmation")
    assert "“名单.xlsx”正在撤。等它好了再来。" in client.submit(form, expect=409).refusal


def test_an_undo_by_the_operator_is_signed_by_the_command_line(world: World, sign_in: SignIn, batch_id: int) -> None:
    with tenancy.scoped(world.donghu.id):
        undo(batch_id=batch_id, actor=None, now=NOW + timedelta(minutes=1))
    assert "命令行，" in sign_in(world.secretary).get(f"/roster/batches/{batch_id}", expect=200).words


def test_the_neighbours_undo_is_not_found(world: World, sign_in: SignIn, batch_id: int) -> None:
    with tenancy.scoped(world.donghu.id):
        begin(batch_id=batch_id, actor=world.secretary, now=NOW - turns.DEAD_AFTER)
    outsider = sign_in(world.outsider)
    outsider.get(f"/roster/batches/{batch_id}/progress", expect=404)
    outsider.post(f"/roster/batches/{batch_id}/undo/continuation", expect=404)
    sign_in(world.volunteer).post(f"/roster/batches/{batch_id}/undo/continuation", expect=403)
