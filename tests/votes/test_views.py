"""The ballot on the phone: pages, refusals, and what leaks while a vote is open (trust V6, V11; talks §5.4.15)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from engage import votes
from engage.core.access import Actor
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.votes.make_votes import cast, make_households, make_vote, unit_of

SignIn = Callable[[Actor], CheckingClient]
EARLIER = NOW - timedelta(minutes=5)
OPTIONS = ["西门停车场北角", "七栋空地", "老粮站后墙边那一块"]


@pytest.fixture
def voters(world: World) -> list[Actor]:
    return make_households(world.donghu, 12)


def vote_through_the_pages(client: CheckingClient, vote_id: int, choice: str) -> Any:
    page = client.get(f"/votes/{vote_id}")
    asked = client.submit(page.form("/confirmations"), expect=200, choice=choice)
    assert "投下就定了" in asked.words
    return client.submit(asked.form("/ballots"), expect=303)


def test_a_secret_ballot_is_read_back_cast_and_acknowledged(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    vote_id = make_vote(voters, options=OPTIONS)
    client = sign_in(voters[0])
    assert "投了0户，共12户" in client.get(f"/votes/{vote_id}").words
    receipt = client.follow(vote_through_the_pages(client, vote_id, "01"))
    assert "票投好了" in receipt.words
    assert "回执号" in receipt.words
    assert not any(option in receipt.words for option in OPTIONS), "a receipt never shows the choice"
    assert "您家已经投过了" in client.get(f"/votes/{vote_id}").words
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=NOW + timedelta(minutes=1))
        assert "您的票算进去了" in client.get(f"/votes/{vote_id}/receipts").words


def test_the_same_pages_in_english(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    vote_id = make_vote(voters, options=OPTIONS)
    client = sign_in(voters[0])
    client.language = "en"
    assert "Secret ballot" in client.get(f"/votes/{vote_id}").words
    assert "Your vote is in" in client.follow(vote_through_the_pages_en(client, vote_id)).words
    assert "How secret" in client.get("/votes/secrecy").soup.h1.get_text()


def vote_through_the_pages_en(client: CheckingClient, vote_id: int) -> Any:
    asked = client.submit(client.get(f"/votes/{vote_id}").form("/confirmations"), expect=200, choice="00")
    return client.submit(asked.form("/ballots"), expect=303)


def test_the_form_sent_again_shows_the_same_receipt(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    vote_id = make_vote(voters)
    client = sign_in(voters[0])
    asked = client.submit(client.get(f"/votes/{vote_id}").form("/confirmations"), expect=200, choice="00")
    form = asked.form("/ballots")
    first = client.follow(client.submit(form, expect=303)).soup.select_one("dd.num").get_text()
    again = client.follow(client.submit(form, expect=303)).soup.select_one("dd.num").get_text()
    assert first == again
    assert votes.card(vote_id, now=NOW).used == 1


def test_a_second_member_of_the_household_gets_a_plain_sentence(
    world: World, voters: list[Actor], sign_in: SignIn
) -> None:
    vote_id = make_vote([world.volunteer, *voters])
    second = sign_in(world.spouse)
    asked = second.submit(second.get(f"/votes/{vote_id}").form("/confirmations"), expect=200, choice="00")
    cast(vote_id, world.volunteer, 1)
    refused = second.submit(asked.form("/ballots"), expect=422, htmx=True)
    assert "您家已经投过了" in refused.refusal


def test_choosing_nothing_is_refused_and_abstaining_is_not(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    vote_id = make_vote(voters)
    client = sign_in(voters[0])
    form = client.get(f"/votes/{vote_id}").form("/confirmations")
    assert "还没有选" in client.submit(form, expect=422).refusal
    client.follow(vote_through_the_pages(client, vote_id, "--"))
    assert votes.card(vote_id, now=NOW).used == 1


def test_an_agenda_ballot_is_named_keeps_what_was_chosen_and_can_be_changed(
    world: World, voters: list[Actor], sign_in: SignIn
) -> None:
    vote_id = make_vote(voters, kind="agenda", options=list("甲乙丙丁戊"), choices_max=3, changeable=True)
    client = sign_in(voters[0])
    page = client.get(f"/votes/{vote_id}")
    assert "议程票是记名的" in page.words
    refused = client.submit(page.form("/ballots"), expect=422, choice=["00", "01", "02", "03"])
    assert "最多选3个" in refused.refusal
    assert len(refused.soup.select("input[name=choice][checked]")) == 4, "what was chosen stays chosen"
    receipt = client.follow(client.submit(page.form("/ballots"), expect=303, choice=["00", "02"]))
    assert "甲、丙" in receipt.words
    changed = client.submit(client.get(f"/votes/{vote_id}").form("/ballots"), expect=303, choice=["04"])
    assert "戊" in client.follow(changed).words


def test_the_closing_countdown_is_on_every_page_from_the_server_s_deadline(
    world: World, voters: list[Actor], sign_in: SignIn
) -> None:
    vote_id = make_vote(voters, now=EARLIER)
    client = sign_in(voters[0])
    opened = client.get(f"/votes/{vote_id}/status?seen=open")
    deadline = votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=NOW - timedelta(seconds=1))
    page = client.get(f"/votes/{vote_id}")
    timer = page.soup.select_one("#ballot [role=timer]")
    assert timer["data-deadline"] == str(int(deadline.timestamp() * 1000))
    assert not timer.has_attr("aria-live")
    assert "还剩" in timer.get_text()
    bar = client.get(
        f"/votes/{vote_id}/status?seen=open", headers={"If-None-Match": opened.headers["ETag"]}, expect=200
    )
    assert "手里的票还能投" in bar.words
    assert bar.soup.select_one("form") is None, "a poll never touches the form"
    with time_machine.travel(NOW + timedelta(seconds=20), tick=False):
        ended = client.get(f"/votes/{vote_id}/status?seen=open")
        assert "投票结束了" in ended.words
        assert not ended.soup.select_one("#vote-bar").has_attr("hx-get")
        assert "19:00:14截止" in vote_late(client, page)


def vote_late(client: CheckingClient, page: Any) -> str:
    token = page.soup.select_one("input[name=token]")["value"]
    vote_id = page.request.path.rsplit("/", 1)[1]
    return client.post(f"/votes/{vote_id}/ballots", data={"token": token, "choice": "00"}, expect=422).refusal


def test_the_poll_costs_nothing_while_nothing_changed(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    vote_id = make_vote(voters)
    client = sign_in(voters[0])
    etag = client.get(f"/votes/{vote_id}/status").headers["ETag"]
    assert client.get(f"/votes/{vote_id}/status", headers={"If-None-Match": etag}).status_code == 304
    cast(vote_id, voters[1], 0)
    assert client.get(f"/votes/{vote_id}/status", headers={"If-None-Match": etag}).status_code == 200


def test_each_state_has_its_page(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    client = sign_in(voters[0])
    frozen = make_vote(voters, is_open=False)
    assert "名册定好了" in client.get(f"/votes/{frozen}").words
    votes.open_vote(vote_id=frozen, actor=None, now=NOW)
    assert "这次的名册上没有您家" in sign_in(world.neighbour).get(f"/votes/{frozen}").words
    assert "还没有对上住户" in sign_in(world.desk).get(f"/votes/{frozen}").words
    votes.annul(vote_id=frozen, reason="停电了", actor=world.secretary, second_actor_id=world.clerk.person_id, now=NOW)
    assert "停电了" in client.get(f"/votes/{frozen}").words
    closed = make_vote(voters, options=OPTIONS, now=EARLIER)
    for number, voter in enumerate(voters[:9]):
        cast(closed, voter, 0 if number < 5 else 1)
    votes.stop_vote(vote_id=closed, actor=world.secretary, now=NOW - timedelta(minutes=1))
    page = client.get(f"/votes/{closed}")
    assert "5户选了“西门停车场北角”" in page.words
    assert [rect["width"] for rect in page.soup.select(".tally rect")] == ["55%", "44%", "0%", "0%"]


def test_elder_mode_shows_few_big_choices_and_no_chart(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    vote_id = make_vote(voters, options=OPTIONS)
    client = sign_in(voters[0])
    client.set_cookie("mode", "elder")
    page = client.get(f"/votes/{vote_id}")
    assert len(page.soup.select(".choice")) == 4
    assert len(page.soup.select("main button")) == 1
    assert page.soup.select_one(".tabbar") is None


def test_elder_mode_turns_a_long_ballot_in_parts(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    vote_id = make_vote(voters, kind="agenda", options=list("甲乙丙丁戊己"), choices_max=3, changeable=True)
    client = sign_in(voters[0])
    client.set_cookie("mode", "elder")
    first = client.get(f"/votes/{vote_id}")
    shown = [str(line["value"]) for line in first.soup.select(".choice input")]
    assert len(shown) == 4
    assert len(first.soup.select("main button")) == 1
    second = client.submit(first.form("/parts"), expect=200, choice=shown[:2])
    rest = [str(line["value"]) for line in second.soup.select(".choice input")]
    assert len(rest) == 3
    assert rest[-1] == "--"
    sent = client.submit(second.form("/ballots"), expect=303, choice=[*shown[:2], rest[0]])
    assert "您家选的是" in client.follow(sent).words
    chosen = votes.standing_of(vote_id, unit_id=unit_of(voters[0])).choices
    assert sorted(chosen or ()) == sorted(int(value) for value in (*shown[:2], rest[0]))


def test_of_a_single_choice_the_one_made_last_counts(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    vote_id = make_vote(voters, options=list("甲乙丙丁戊"))
    client = sign_in(voters[0])
    client.set_cookie("mode", "elder")
    second = client.submit(client.get(f"/votes/{vote_id}").form("/parts"), expect=200, choice="00")
    asked = client.submit(second.form("/confirmations"), expect=200, choice=["00", "04"])
    assert "戊" in asked.soup.select_one(".pick").get_text()


def test_a_foreign_vote_is_404_on_every_route(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    vote_id = make_vote(voters)
    client = sign_in(world.outsider)
    for path in ("", "/status", "/receipt", "/receipts"):
        assert client.get(f"/votes/{vote_id}{path}").status_code == 404, path
    for path in ("confirmations", "ballots"):
        assert client.post(f"/votes/{vote_id}/{path}", data={"choice": "00"}, expect=404)


def test_the_help_page_says_what_is_not_promised(client: CheckingClient) -> None:
    words = client.get("/votes/secrecy").words
    assert "数据库" in words
    assert "备份" in words
    assert "不打包票" in words


def test_the_ballot_page_asks_few_questions(
    world: World, voters: list[Actor], sign_in: SignIn, count_queries: Any
) -> None:
    vote_id = make_vote(voters)
    client = sign_in(voters[0])
    client.get(f"/votes/{vote_id}")
    with count_queries() as statements:
        client.get(f"/votes/{vote_id}")
    assert len(statements) <= 9, statements
    with count_queries() as statements:
        client.get(f"/votes/{vote_id}/status")
    assert len(statements) <= 5, statements
    asked = client.submit(client.get(f"/votes/{vote_id}").form("/confirmations"), expect=200, choice="00")
    with count_queries() as statements:
        client.submit(asked.form("/ballots"), expect=303)
    assert len(statements) <= 6, statements


def test_the_page_about_secrecy_leads_back_to_the_ballot_it_was_opened_from(
    world: World, voters: list[Actor], sign_in: SignIn
) -> None:
    vote_id = make_vote(voters, options=OPTIONS)
    client = sign_in(voters[0])
    link = client.get(f"/votes/{vote_id}", expect=200).soup.select_one('a[href^="/votes/secrecy"]')["href"]
    assert client.get(link, expect=200).soup.select_one(".crumb a")["href"] == f"/votes/{vote_id}"
    assert client.get("/votes/secrecy", expect=200).soup.select_one(".crumb a")["href"] == "/"
    elsewhere = client.get("/votes/secrecy?back=//elsewhere.example", expect=200)
    assert elsewhere.soup.select_one(".crumb a")["href"] == "/"
