"""Where a topic stands, and what an agenda ballot selects: talks §5.4 properties 10 and 11."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.topics import rules
from engage.topics.rules import Candidate, Standing

FILED = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "opened", "seconds", "after", "expected"),
    [
        ("submitted", None, 1, timedelta(days=2, hours=23), Standing.SUBMITTED),
        ("submitted", None, 30, timedelta(days=2), Standing.SUBMITTED),
        ("submitted", None, 1, timedelta(days=3), Standing.SECONDING),
        ("submitted", None, 20, timedelta(days=3), Standing.SHORTLISTED),
        ("seconding", timedelta(hours=1), 19, timedelta(days=5), Standing.SECONDING),
        ("seconding", timedelta(hours=1), 20, timedelta(days=5), Standing.SHORTLISTED),
        ("seconding", timedelta(hours=1), 19, timedelta(days=60, hours=1), Standing.EXPIRED),
        ("seconding", timedelta(hours=1), 20, timedelta(days=90), Standing.SHORTLISTED),
        ("submitted", None, 19, timedelta(days=62, hours=23), Standing.SECONDING),
        ("submitted", None, 19, timedelta(days=63), Standing.EXPIRED),
        ("rejected", None, 50, timedelta(days=9), Standing.REJECTED),
        ("balloted", timedelta(0), 0, timedelta(days=99), Standing.BALLOTED),
        ("resolved", timedelta(0), 0, timedelta(days=99), Standing.RESOLVED),
    ],
)
def test_waiting_is_computed_by_the_clock(
    state: str, opened: timedelta | None, seconds: int, after: timedelta, expected: Standing
) -> None:
    opened_at = None if opened is None else FILED + opened
    found = rules.standing(
        state=state, filed_at=FILED, opened_at=opened_at, seconds=seconds, needed=20, now=FILED + after
    )
    assert found is expected


CANDIDATES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=12).map(
    lambda rows: [
        Candidate(topic_id=number + 1, votes=votes, buildings=buildings, filed_at=FILED + timedelta(days=day))
        for number, (votes, buildings, day) in enumerate(rows)
    ]
)


@given(candidates=CANDIDATES, k=st.integers(1, 12), data=st.data())
def test_property_10_the_selection_does_not_depend_on_the_order_of_the_list(
    candidates: list[Candidate], k: int, data: st.DataObject
) -> None:
    plain = rules.top_k(candidates, k=k)
    assert rules.top_k(data.draw(st.permutations(candidates)), k=k) == plain


@given(candidates=CANDIDATES, k=st.integers(1, 12))
def test_property_10_a_tie_across_the_line_is_all_out_until_lots_are_drawn(candidates: list[Candidate], k: int) -> None:
    found = rules.top_k(candidates, k=k)
    wanted = [one for one in candidates if one.votes]
    assert not set(found.selected) & set(found.tied)
    assert len(found.selected) + found.seats == min(k, len(wanted))
    assert (len(found.tied) > found.seats) == bool(found.tied)
    rank = {one.topic_id: (-one.votes, -one.buildings, one.filed_at) for one in candidates}
    assert len({rank[topic] for topic in found.tied}) <= 1
    for inside in found.selected:
        for outside in {one.topic_id for one in wanted} - set(found.selected):
            assert rank[inside] < rank[outside], "nobody is in with less than somebody who is out"


@given(candidates=CANDIDATES, k=st.integers(1, 12), data=st.data())
def test_property_10_lots_settle_exactly_the_tie(candidates: list[Candidate], k: int, data: st.DataObject) -> None:
    before = rules.top_k(candidates, k=k)
    lots = data.draw(st.permutations(before.tied))
    after = rules.top_k(candidates, k=k, lots=lots)
    assert after.selected == (*before.selected, *lots[: before.seats])
    assert after.tied == ()
    unrelated = rules.top_k(candidates, k=k, lots=[99, *before.tied])
    assert unrelated == before, "lots that do not name exactly the tied topics are no lots"


@given(candidates=CANDIDATES, k=st.integers(1, 12))
def test_a_topic_nobody_chose_is_never_selected(candidates: list[Candidate], k: int) -> None:
    unwanted = {one.topic_id for one in candidates if one.votes == 0}
    found = rules.top_k(candidates, k=k)
    assert not unwanted & {*found.selected, *found.tied}


def test_more_buildings_break_a_tie_then_the_earlier_filing() -> None:
    def candidate(topic_id: int, buildings: int, day: int) -> Candidate:
        return Candidate(topic_id=topic_id, votes=5, buildings=buildings, filed_at=FILED + timedelta(days=day))

    assert rules.top_k([candidate(1, 1, 0), candidate(2, 3, 9)], k=1).selected == (2,)
    assert rules.top_k([candidate(1, 2, 5), candidate(2, 2, 4)], k=1).selected == (2,)
    open_tie = rules.top_k([candidate(1, 2, 4), candidate(2, 2, 4), candidate(3, 9, 0)], k=2)
    assert (open_tie.selected, open_tie.tied, open_tie.seats, open_tie.how) == ((3,), (1, 2), 1, "open")


@pytest.mark.parametrize(
    ("title", "body", "field"),
    [("广场舞", "", "title"), ("长" * 21, "", "title"), ("楼道灯太暗了", "长" * 501, "body")],
)
def test_wording_that_cannot_be_voted_on_is_refused(title: str, body: str, field: str) -> None:
    with pytest.raises(rules.BadWording) as refused:
        rules.ensure_wording(title=title, body=body)
    assert refused.value.field == field


@given(first=st.text(max_size=12), second=st.text(max_size=12))
def test_likeness_is_mutual_and_at_most_100(first: str, second: str) -> None:
    assert rules.likeness(first, second) == rules.likeness(second, first)
    assert 0 <= rules.likeness(first, second) <= 100
    assert rules.likeness("广场舞几点收音", "广场舞十点收音") >= rules.LIKE
