"""Night talks as rules: who may be what, which step may follow, who speaks next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.talks import rules

NOW = datetime(2026, 6, 12, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "doubled", [(1, 1, 2, 3), (1, 2, 1, 3), (1, 2, 3, 1), (1, 2, 2, 3), (1, 2, 3, 2), (1, 2, 3, 3)]
)
def test_18_chair_recorder_and_tellers_are_pairwise_distinct(doubled: tuple[int, ...]) -> None:
    chair, recorder, *tellers = doubled
    with pytest.raises(rules.TalkRefused):
        rules.ensure_distinct(chair=chair, recorder=recorder, tellers=tellers)
    rules.ensure_distinct(chair=1, recorder=2, tellers=(3, 4))


def test_18_nobody_named_yet_is_not_a_double() -> None:
    rules.ensure_distinct(chair=None, recorder=None, tellers=(None, None))
    with pytest.raises(rules.TalkRefused):
        rules.ensure_staffed(chair=1, recorder=2, tellers=(3, None))


@pytest.mark.parametrize("moves", [rules.TALK_MOVES, rules.ITEM_MOVES, rules.SPEAKER_MOVES])
def test_19_only_drawn_steps_succeed(moves: dict[str, frozenset[str]]) -> None:
    for current, allowed in moves.items():
        for wanted in moves:
            if wanted in allowed:
                rules.ensure_move(moves, current, wanted)
            else:
                with pytest.raises(rules.TalkRefused):
                    rules.ensure_move(moves, current, wanted)


@pytest.mark.parametrize(
    ("moves", "ends"),
    [
        (rules.TALK_MOVES, {"adjourned", "cancelled"}),
        (rules.ITEM_MOVES, {"done", "deferred"}),
        (rules.SPEAKER_MOVES, {"done", "withdrawn", "skipped"}),
    ],
)
def test_19_only_the_ends_have_no_way_on(moves: dict[str, frozenset[str]], ends: set[str]) -> None:
    assert {state for state, following in moves.items() if not following} == ends
    reached = {"draft"} if "draft" in moves else {"pending"} if "pending" in moves else {"waiting"}
    for _ in moves:
        reached |= {following for state in reached for following in moves[state]}
    assert reached == set(moves)


waiting = st.lists(
    st.builds(
        rules.Waiting,
        id=st.integers(1, 10_000),
        person_id=st.integers(1, 10_000),
        queued_at=st.integers(0, 600).map(lambda seconds: NOW + timedelta(seconds=seconds)),
        stance=st.sampled_from(["for", "against", "open"]),
        turns=st.integers(0, 3),
    ),
    unique_by=lambda entry: entry.id,
    max_size=12,
)


@given(waiting, st.sampled_from([None, "for", "against"]))
def test_23_no_repeat_speaker_before_a_waiting_first_timer(queue: list[rules.Waiting], last: str | None) -> None:
    order = rules.speaking_order(queue, last_stance=last)
    assert sorted(entry.id for entry in order) == sorted(entry.id for entry in queue)
    repeats = [entry.turns > 0 for entry in order]
    assert repeats == sorted(repeats)


@given(waiting, st.sampled_from([None, "for", "against"]))
def test_23_for_and_against_alternate_while_both_wait(queue: list[rules.Waiting], last: str | None) -> None:
    order = rules.speaking_order(queue, last_stance=last)
    for repeat in (False, True):
        block = [entry for entry in order if (entry.turns > 0) == repeat]
        for position, (before, after) in enumerate(pairwise(block)):
            rest = {entry.stance for entry in block[position + 1 :]}
            if before.stance != "open" and {"for", "against"} <= rest:
                assert after.stance != before.stance
                assert after.stance != "open"


@given(waiting)
def test_23_the_order_does_not_depend_on_how_the_rows_came(queue: list[rules.Waiting]) -> None:
    assert rules.speaking_order(queue, last_stance=None) == rules.speaking_order(
        list(reversed(queue)), last_stance=None
    )


@pytest.mark.parametrize(("units", "quorum"), [(0, 15), (100, 15), (300, 15), (301, 16), (1200, 60), (5000, 60)])
def test_the_quorum_is_fifteen_or_five_per_cent_and_never_above_sixty(units: int, quorum: int) -> None:
    assert rules.quorum_of(units=units) == quorum


def test_24_an_agenda_longer_than_the_booked_time_is_noticed() -> None:
    assert rules.minutes_over(minutes=[30, 15], booked=90) == 0
    assert rules.minutes_over(minutes=[30, 40, 15], booked=90) == 5


def test_a_notice_needs_an_agenda_and_its_days() -> None:
    start = NOW + timedelta(days=3)
    rules.ensure_noticeable(items=1, starts_at=start, notice_days=3, now=NOW)
    for change in ({"items": 0}, {"notice_days": 4}, {"starts_at": NOW}):
        with pytest.raises(rules.TalkRefused):
            rules.ensure_noticeable(**({"items": 1, "starts_at": start, "notice_days": 3, "now": NOW} | change))


@pytest.mark.parametrize(
    ("talk", "vote", "speaking", "shown"),
    [
        ("noticed", None, False, "waiting"),
        ("checkin", None, False, "waiting"),
        ("in_session", None, False, "agenda"),
        ("in_session", None, True, "speaking"),
        ("in_session", "frozen", True, "voting"),
        ("in_session", "open", True, "voting"),
        ("in_session", "closing", False, "voting"),
        ("in_session", "closed", False, "result"),
        ("in_session", "closed", True, "speaking"),
        ("in_session", "annulled", False, "agenda"),
        ("adjourned", "closed", False, "over"),
        ("cancelled", None, False, "cancelled"),
    ],
)
def test_the_wall_shows_what_matters_now(*, talk: str, vote: str | None, speaking: bool, shown: str) -> None:
    assert rules.scene(talk_state=talk, vote_state=vote, speaking=speaking) == shown


def test_options_are_what_is_written_line_by_line() -> None:
    assert rules.options_from("  \n") == []
    assert rules.options_from("西门\n 东门 \n\n北门") == ["西门", "东门", "北门"]
    for wrong in ("西门", "西门\n西门", "\n".join("一二三四五六七"), "长" * 31 + "\n短"):
        with pytest.raises(rules.TalkRefused):
            rules.options_from(wrong)


@pytest.mark.parametrize(
    ("label", "shown"),
    [("桂园3栋2单元501", "桂园3栋"), ("荷香苑7号楼1202", "荷香苑7号楼"), ("湖滨一村12-3", "湖滨一村"), ("", "")],
)
def test_the_wall_names_the_building_not_the_door(label: str, shown: str) -> None:
    assert rules.building_of(label) == shown
