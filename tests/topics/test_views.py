"""The board, the form that keeps what was typed, the desk, and the agenda ballot, as people meet them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import time_machine

from engage import topics, votes
from engage.core.access import Actor
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.votes.make_votes import cast

SignIn = Callable[[Actor], CheckingClient]
MakeTopic = Callable[..., int]


def test_the_board_says_how_many_households_are_missing(world: World, make_topic: MakeTopic, sign_in: SignIn) -> None:
    make_topic("快递柜挪到东门里面", seconds=2)
    page = sign_in(world.volunteer).get("/topics")
    assert "满3户附议，就上夜话" in page.words.replace(" ", "")
    assert "2 户附议，还差1户" in page.words
    assert page.soup.select_one(".topics rect")["width"] == "66%"
    assert "议-2026-001" in page.words


def test_the_board_in_english(world: World, make_topic: MakeTopic, sign_in: SignIn) -> None:
    make_topic("快递柜挪到东门里面", seconds=2)
    client = sign_in(world.volunteer)
    client.language = "en"
    assert "households back it, 1 to go" in client.get("/topics").words
    assert "File a topic" in client.get("/topics/new").soup.h1.get_text()


def test_seconding_swaps_the_row_s_own_part_and_works_without_javascript(
    world: World, make_topic: MakeTopic, sign_in: SignIn
) -> None:
    topic_id = make_topic(seconds=2)
    client = sign_in(world.volunteer)
    page = client.get("/topics?q=快递")
    back = client.submit(page.form(f"/topics/{topic_id}/seconds"), expect=303)
    assert "q=" in back.headers["Location"], "back to where the button was"
    assert "3 户附议，够了" in client.get("/topics?tab=ahead").words
    part = client.submit(client.get("/topics?tab=ahead").form("/seconds/withdrawal"), expect=200, htmx=True)
    assert part.soup.select_one(f"#support-{topic_id}")
    assert "2 户附议" in part.words


def test_tabs_search_and_paging(world: World, voters: list[Actor], make_topic: MakeTopic, sign_in: SignIn) -> None:
    for number in range(21):
        make_topic(f"第{number:02d}个还在攒的议题", seconds=1)
    client = sign_in(world.volunteer)
    first = client.get("/topics")
    assert len(first.soup.select(".topics > li")) == 20
    assert "共21个" in first.words
    assert len(client.get("/topics?page=2").soup.select(".topics > li")) == 1
    assert len(client.get("/topics?page=99").soup.select(".topics > li")) == 1
    assert "第07个" in client.get("/topics?q=第07").words
    assert len(client.get("/topics?q=议-2026-003").soup.select(".topics > li")) == 1
    assert "没找到" in client.get("/topics?q=%25").words
    assert "您还没提过议题" in client.get("/topics?tab=mine").words
    assert len(sign_in(voters[0]).get("/topics?tab=mine").soup.select(".topics > li")) == 20


def test_the_board_s_queries_do_not_grow_with_the_list(
    world: World, make_topic: MakeTopic, sign_in: SignIn, count_queries: Any
) -> None:
    client = sign_in(world.volunteer)
    counts = []
    for number in range(2):
        for more in range(5):
            make_topic(f"第{number}批第{more}个议题", seconds=1)
        client.get("/topics")
        with count_queries() as statements:
            client.get("/topics")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12


def test_the_form_keeps_what_was_typed_and_files_once(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    client = sign_in(voters[0])
    form = client.get("/topics/new").form("/topics")
    refused = client.submit(form, expect=422, title="广场舞", body="晚上九点半还在放音响")
    assert "再多写几个字" in refused.refusal
    assert refused.soup.select_one("textarea").get_text() == "晚上九点半还在放音响"
    again = refused.form("/topics")
    first = client.submit(again, expect=303, title="广场舞几点收音")
    second = client.submit(again, expect=303, title="广场舞几点收音")
    assert first.headers["Location"] == second.headers["Location"]
    assert "等人看" in client.follow(first).words


def test_something_like_it_is_shown_while_typing(world: World, make_topic: MakeTopic, sign_in: SignIn) -> None:
    make_topic("广场舞几点收音")
    page = sign_in(world.volunteer).get("/topics/similar?title=广场舞早点收音", htmx=True)
    assert "广场舞几点收音" in page.words


def test_a_topic_nobody_looked_at_is_the_author_s_and_the_desk_s(
    world: World, voters: list[Actor], sign_in: SignIn
) -> None:
    topic_id = topics.file_topic(
        title="还没有人看过的", body="", is_named=False, actor=voters[0], key="k", now=NOW - timedelta(hours=1)
    )
    assert sign_in(voters[1]).get(f"/topics/{topic_id}").status_code == 404
    assert sign_in(voters[1]).post(f"/topics/{topic_id}/seconds", expect=404)
    assert sign_in(voters[0]).get(f"/topics/{topic_id}").status_code == 200
    desk = sign_in(world.secretary)
    page = desk.get("/topics/desk")
    assert "还没有人看过的" in page.words
    assert "住户0" not in page.words, "an author who did not want to be named is not"
    desk.submit(page.form(f"/topics/{topic_id}/admission"), expect=303)
    assert "还没有人看过的" in sign_in(voters[1]).get("/topics").words


def test_turning_away_publishes_the_reason(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    topic_id = topics.file_topic(title="重复了的一个议题", body="", is_named=True, actor=voters[0], key="k", now=NOW)
    desk = sign_in(world.secretary)
    form = desk.get("/topics/desk").form(f"/topics/{topic_id}/rejection")
    assert "再写一句话" in desk.submit(form, expect=422).refusal
    desk.submit(form, expect=303, reason="twice", text="请附议议-2026-009")
    words = sign_in(voters[1]).get(f"/topics/{topic_id}").words
    assert "已经有一样的议题" in words
    assert "请附议议-2026-009" in words


def test_taking_one_s_own_topic_back_says_what_goes(world: World, make_topic: MakeTopic, sign_in: SignIn) -> None:
    topic_id = make_topic("要撤回的一个议题", by=world.volunteer)
    client = sign_in(world.volunteer)
    page = client.get(f"/topics/{topic_id}")
    assert "撤回“要撤回的一个议题”，3户附议一起作废" in page.words
    client.submit(page.form(f"/topics/{topic_id}/withdrawal"), expect=303)
    assert "撤回了" in client.get("/topics?tab=mine").words


def test_an_agenda_round_through_the_pages(
    world: World, voters: list[Actor], make_topic: MakeTopic, sign_in: SignIn
) -> None:
    ids = [make_topic(f"第{n}个上票的议题") for n in range(3)]
    desk = sign_in(world.secretary)
    form = desk.get("/topics/desk").form("/agenda-rounds")
    refused = desk.submit(form, expect=422, k="9", title="七月议什么")
    assert "选几个上会" in refused.refusal
    opened = desk.submit(
        refused.form("/agenda-rounds"),
        expect=303,
        k="1",
        topic=[str(topic) for topic in ids],
        opens_at="2026-06-12T19:00",
        closes_at="2026-06-13T19:00",
    )
    page = desk.follow(opened)
    assert "七月议什么" in page.words
    assert "户选了它" not in page.words
    voter = sign_in(voters[0])
    round_page = voter.get(opened.headers["Location"])
    ballot = voter.get(str(round_page.soup.select_one("a.btn-stamp")["href"]))
    receipt = voter.submit(ballot.form("/ballots"), expect=303, choice=["01"])
    assert "第1个上票的议题" in voter.follow(receipt).words
    assert "正在选议题" in voter.get("/topics").words
    with time_machine.travel(NOW + timedelta(days=1, seconds=1), tick=False):
        ended = desk.get(opened.headers["Location"])
        assert "1 户选了它" in ended.words
        desk.submit(ended.form("/conclusion"), expect=303)
        assert "定下议程" in desk.get(opened.headers["Location"]).words
    assert [card.id for card in topics.list_selected()] == [ids[1]]


def test_lots_are_entered_beside_the_tied_topics(
    world: World, voters: list[Actor], make_topic: MakeTopic, sign_in: SignIn
) -> None:
    ids = [make_topic(f"第{n}个打平的议题") for n in range(2)]
    plan = topics.RoundPlan(title="打平", topic_ids=ids, k=1, opens_at=NOW, closes_at=NOW + timedelta(minutes=10))
    round_id = topics.open_round(plan=plan, actor=world.secretary, now=NOW)
    card = topics.get_round(round_id, now=NOW)
    cast(card.vote.id, voters[0], 0)
    cast(card.vote.id, voters[1], 1)
    desk = sign_in(world.secretary)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        page = desk.get(f"/agenda-rounds/{round_id}")
        assert "票数一样，还有1个位子" in page.words
        wrong = {f"lot-{ids[0]}": "1", f"lot-{ids[1]}": "1"}
        assert "抽签" in desk.submit(page.form("/conclusion"), expect=422, **wrong).refusal
        desk.submit(page.form("/conclusion"), expect=303, **{f"lot-{ids[0]}": "2", f"lot-{ids[1]}": "1"})
    assert [card.id for card in topics.list_selected()] == [ids[1]]


def test_before_the_end_no_page_says_which_topic_leads(
    world: World, voters: list[Actor], make_topic: MakeTopic, sign_in: SignIn
) -> None:
    """Property 15 for agenda ballots: two opposite rounds look the same while open."""
    looks = []
    for side in (0, 1):
        ids = [make_topic(f"第{n}个候选的议题") for n in range(2)]
        plan = topics.RoundPlan(title="比一比", topic_ids=ids, k=1, opens_at=NOW, closes_at=NOW + timedelta(minutes=10))
        round_id = topics.open_round(plan=plan, actor=world.secretary, now=NOW)
        card = topics.get_round(round_id, now=NOW)
        for voter in voters[:6]:
            cast(card.vote.id, voter, side)
        assert (card.counts, card.selection) == ((), None)
        look = []
        for actor in (world.secretary, world.clerk, voters[9]):
            client = sign_in(actor)
            look.append(client.get(f"/agenda-rounds/{round_id}").words)
            look += [client.get(f"/topics/{topic}").words for topic in ids]
            look.append(client.get(f"/votes/{card.vote.id}").words)
        looks.append(" ".join(look))
        votes.annul(
            vote_id=card.vote.id, reason="下一轮", actor=world.secretary, second_actor_id=world.clerk.person_id, now=NOW
        )
        for topic in ids:
            topics.withdraw_topic(topic_id=topic, actor=voters[0], now=NOW)
    numbers = ("议-2026-001", "议-2026-002", "议-2026-003", "议-2026-004")
    plain = [strip(look, numbers) for look in looks]
    assert plain[0] == plain[1]


def strip(text: str, words: tuple[str, ...]) -> list[str]:
    for word in words:
        text = text.replace(word, "编号")
    return sorted(text.split())


def test_foreign_topics_and_rounds_are_404(world: World, make_topic: MakeTopic, sign_in: SignIn) -> None:
    topic_id = make_topic()
    client = sign_in(world.outsider)
    for path in (f"/topics/{topic_id}", "/agenda-rounds/1"):
        assert client.get(path).status_code == 404
    for path in ("seconds", "seconds/withdrawal", "withdrawal", "admission", "rejection"):
        data = {"reason": "twice", "text": "试试"}
        assert client.post(f"/topics/{topic_id}/{path}", data=data, expect=404), path
    assert topics.get_card(topic_id, now=NOW).state == "shortlisted"


def test_the_desk_is_for_those_who_moderate(world: World, make_topic: MakeTopic, sign_in: SignIn) -> None:
    topic_id = make_topic()
    for actor in (world.volunteer, world.clerk, world.leader):
        client = sign_in(actor)
        assert client.get("/topics/desk").status_code == 403
        client.post(f"/topics/{topic_id}/rejection", data={}, expect=403)
        client.post("/agenda-rounds", data={}, expect=403)
