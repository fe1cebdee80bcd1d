"""The public board: figures, no names, for anybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from engage import ledger
from engage.core.access import Actor
from tests.client import CheckingClient
from tests.conftest import World
from tests.home.conftest import Evening, evening, pay

__all__ = ["evening"]

SignIn = Callable[[Actor], CheckingClient]


def test_anybody_sees_the_points_in_total_and_the_fingerprint(
    world: World, evening: Evening, client: CheckingClient
) -> None:
    for number, actor in enumerate((world.leader, world.neighbour, world.desk, world.spouse)):
        pay(world, actor, points=10, source=f"session:{number + 10}:service")
    page = client.get("/c/donghu")
    assert page.status_code == 200
    assert [cell.get_text() for cell in page.soup.select("#points td.r")] == ["86", "0", "86"]
    assert ledger.head().fingerprint in page.text
    assert "第5笔" in page.words


def test_the_board_names_nobody(world: World, evening: Evening, client: CheckingClient) -> None:
    page = client.get("/c/donghu")
    for actor in (world.secretary, world.volunteer, world.leader, world.neighbour):
        assert actor.name not in page.text


def test_totals_of_fewer_than_five_persons_are_withheld(world: World, evening: Evening, client: CheckingClient) -> None:
    page = client.get("/c/donghu")
    assert "先不公布合计" in page.words
    shown = page.soup.select_one("#points").get_text()
    assert "46" not in shown.replace(ledger.head().fingerprint, ""), "in the fingerprint it is chance"


def test_the_next_talk_is_announced(world: World, evening: Evening, client: CheckingClient) -> None:
    assert "充电棚建在哪里" in client.get("/c/donghu").words


def test_a_board_may_be_kept_for_a_minute_by_the_browser_only(world: World, client: CheckingClient) -> None:
    answer = client.get("/c/donghu")
    assert answer.headers["Cache-Control"] == f"private, max-age={int(timedelta(minutes=1).total_seconds())}"
    assert answer.status_code == 200


def test_an_unknown_board_is_not_found(world: World, client: CheckingClient) -> None:
    assert client.get("/c/nowhere").status_code == 404
    assert client.get("/c/donghu?page=x").status_code == 404


def test_the_board_of_one_community_shows_nothing_of_the_other(world: World, evening: Evening, sign_in: SignIn) -> None:
    page = sign_in(world.volunteer).get("/c/liyuan")
    assert page.status_code == 200
    assert "充电棚" not in page.text
    assert "梨园社区" in page.text


def test_the_board_in_english(world: World, client: CheckingClient) -> None:
    client.set_cookie("lang", "en")
    assert "What was settled" in client.get("/c/donghu").words


def test_the_board_costs_the_same_however_much_there_is(
    world: World, evening: Evening, client: CheckingClient, count_queries: Callable[[], object]
) -> None:
    assert client.get("/c/donghu").status_code == 200
    with count_queries() as statements:
        assert client.get("/c/donghu").status_code == 200
    assert len(statements) <= 12
