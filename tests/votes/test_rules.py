"""Openness and verdicts as pure functions: talks §5.4 properties 5, 7, 8, 9, 10, 11."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.votes import rules

START = datetime(2026, 1, 1, tzinfo=UTC)
#: whole seconds of a few minutes, so that moments often coincide
MOMENTS = st.integers(0, 200).map(lambda seconds: START + timedelta(seconds=seconds))
MAYBE = st.none() | MOMENTS
STATES = st.sampled_from(["frozen", "open", "annulled"])
YES_NO = rules.completed_rule({}, kind="household", options=rules.YES_NO)
NOW = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)


def counted(yes: int, no: int, abstain: int = 0) -> rules.Count:
    return rules.Count(counts=(yes, no), abstain=abstain, valid=yes + no + abstain)


@given(state=STATES, opened=MAYBE, closes=MAYBE, stopped=MAYBE, first=MOMENTS, second=MOMENTS)
def test_property_5_a_vote_never_goes_back(
    state: str,
    opened: datetime | None,
    closes: datetime | None,
    stopped: datetime | None,
    first: datetime,
    second: datetime,
) -> None:
    """frozen → open → closing → closed, in this order only, whatever moments somebody looks at."""
    times = {"state": state, "opened_at": opened, "closes_at": closes, "stopped_at": stopped}
    early, late = (rules.openness(**times, now=moment) for moment in sorted((first, second)))
    order = ["frozen", "open", "closing", "closed"]
    if state == "annulled":
        assert early == late == "annulled"
    else:
        assert order.index(early) <= order.index(late)
    assert rules.openness(**times, now=min(first, second)) == early  # asked again, answered the same


@given(opened=MOMENTS, closes=MAYBE, stopped=MAYBE, now=MOMENTS)
def test_property_5_a_ballot_lands_exactly_until_the_deadline(
    opened: datetime, closes: datetime | None, stopped: datetime | None, now: datetime
) -> None:
    state = rules.openness(state="open", opened_at=opened, closes_at=closes, stopped_at=stopped, now=now)
    ends = [end for end in (closes, stopped + timedelta(seconds=15) if stopped else None) if end]
    lands = opened <= now and all(now <= end for end in ends)
    assert (state in {"open", "closing"}) == lands


def test_the_grace_is_fifteen_seconds_to_the_microsecond() -> None:
    stop = NOW
    for late, state in ((0, "closing"), (15_000_000, "closing"), (15_000_001, "closed")):
        at = stop + timedelta(microseconds=late)
        assert rules.openness(state="open", opened_at=NOW, closes_at=None, stopped_at=stop, now=at) == state
    before = stop - timedelta(microseconds=1)
    assert rules.openness(state="open", opened_at=before, closes_at=None, stopped_at=stop, now=before) == "open"


@given(entitled=st.integers(0, 5000))
def test_property_8_the_quorum_by_integers_equals_the_quorum_by_fractions(entitled: int) -> None:
    exact = min(60, max(15, ceil(Fraction(entitled * 5, 100))))
    assert rules.quorum_of(YES_NO, entitled=entitled) == exact


@given(entitled=st.integers(0, 5000), permille=st.integers(0, 1000), floor=st.integers(0, 50), cap=st.integers(0, 5000))
def test_property_8_a_community_may_set_other_numbers(entitled: int, permille: int, floor: int, cap: int) -> None:
    rule = YES_NO | {"quorum_permille": permille, "quorum_floor": floor, "quorum_cap": cap}
    assert rules.quorum_of(rule, entitled=entitled) == min(cap, max(floor, ceil(Fraction(entitled * permille, 1000))))


@given(yes=st.integers(0, 2500), no=st.integers(0, 2500), quorum=st.integers(0, 200))
def test_property_8_the_verdict_by_integers_equals_the_verdict_by_fractions(yes: int, no: int, quorum: int) -> None:
    took_part = Fraction(yes + no) >= Fraction(quorum, 2)
    wins = yes + no > 0 and Fraction(yes, yes + no) > Fraction(1, 2)
    expected = ("passed" if wins else "rejected") if took_part else "no_quorum"
    assert rules.night_talk(yes=yes, no=no, quorum=quorum) == expected


@pytest.mark.parametrize(
    ("entitled", "quorum"),
    [(10, 15), (300, 15), (301, 16), (320, 16), (321, 17), (1199, 60), (1200, 60), (1201, 60), (5000, 60)],
)
def test_property_9_quorum_boundaries(entitled: int, quorum: int) -> None:
    assert rules.quorum_of(YES_NO, entitled=entitled) == quorum


@pytest.mark.parametrize(
    ("yes", "no", "quorum", "verdict"),
    [
        (4, 3, 15, "no_quorum"),  # 7 of 7.5
        (5, 3, 15, "passed"),  # 8 of 7.5
        (4, 4, 15, "rejected"),  # a tie is not passed
        (5, 3, 16, "passed"),  # exactly half
        (5, 3, 17, "no_quorum"),  # one short of half
        (3, 5, 16, "rejected"),
        (30, 30, 60, "rejected"),
        (31, 30, 60, "passed"),
        (0, 0, 0, "rejected"),
    ],
)
def test_property_9_verdict_boundaries(yes: int, no: int, quorum: int, verdict: str) -> None:
    assert rules.night_talk(yes=yes, no=no, quorum=quorum) == verdict


@given(yes=st.integers(0, 100), no=st.integers(0, 100), abstain=st.integers(0, 100), entitled=st.integers(0, 400))
def test_property_7_a_yes_never_turns_a_pass_into_a_fail(yes: int, no: int, abstain: int, entitled: int) -> None:
    def verdict(yes: int, no: int) -> str:
        return rules.ruling_on(counted(yes, no, abstain), YES_NO, entitled=entitled).verdict

    if verdict(yes, no) == "passed":
        assert verdict(yes + 1, no) == "passed"
        if no:
            assert verdict(yes + 1, no - 1) == "passed"
    if verdict(yes, no) != "no_quorum":
        assert verdict(yes + 1, no) != "no_quorum"
        assert verdict(yes, no + 1) != "no_quorum"


def test_property_7_a_no_can_be_the_one_that_makes_the_quorum() -> None:
    """The no-show paradox is pinned, not forbidden: staying at home can beat voting no (talks §6)."""
    assert rules.night_talk(yes=7, no=0, quorum=15) == "no_quorum"
    assert rules.night_talk(yes=7, no=1, quorum=15) == "passed"


@given(n=st.integers(0, 300), entitled=st.integers(0, 2000))
def test_property_10_a_tie_is_not_passed(n: int, entitled: int) -> None:
    assert rules.ruling_on(counted(n, n), YES_NO, entitled=entitled).verdict != "passed"


BALLOTS = st.lists(st.text(alphabet="01", min_size=4, max_size=4), max_size=60)


@given(ballots=BALLOTS, data=st.data())
def test_property_11_the_order_of_ballots_and_of_options_does_not_matter(
    ballots: list[str], data: st.DataObject
) -> None:
    plain = rules.count(ballots, options=4)
    assert rules.count(data.draw(st.permutations(ballots)), options=4) == plain
    order = data.draw(st.permutations(range(4)))
    moved = rules.count(["".join(marks[column] for column in order) for marks in ballots], options=4)
    assert moved.counts == tuple(plain.counts[column] for column in order)
    assert (moved.abstain, moved.valid) == (plain.abstain, plain.valid)
    rule = rules.completed_rule({}, kind="household", options="甲乙丙丁")
    first, second = (rules.ruling_on(found, rule, entitled=100) for found in (plain, moved))
    assert first.verdict == second.verdict
    assert first.leading is None or order[second.leading or 0] == first.leading


@given(ballots=st.lists(st.integers(-1, 2), max_size=60))
def test_property_1_counts_and_abstentions_add_up(ballots: list[int]) -> None:
    marks = [rules.marks_of([] if choice < 0 else [choice], options=3) for choice in ballots]
    found = rules.count(marks, options=3)
    assert sum(found.counts) + found.abstain == found.valid == len(ballots)
    assert {len(text) for text in marks} <= {3}, "no choice is longer than another"


@given(counts=st.lists(st.integers(0, 20), min_size=2, max_size=5))
def test_property_10_the_leading_option_stands_alone_or_there_is_none(counts: list[int]) -> None:
    leading = rules.leading_option(counts)
    best = max(counts)
    if leading is None:
        assert best == 0 or counts.count(best) > 1
    else:
        assert counts.count(best) == 1
        assert counts[leading] == best > 0


def test_the_hash_of_a_rule_does_not_depend_on_the_order_of_its_words() -> None:
    assert rules.hash_of({"a": 1, "b": "二"}) == rules.hash_of({"b": "二", "a": 1})
    assert rules.hash_of({"a": 1}) != rules.hash_of({"a": 2})


def test_what_was_copied_and_hashed_years_ago_still_has_its_hash() -> None:
    """A vote keeps the hash of its rule and of its roll : the canonical text never changes."""
    assert rules.hash_of({"户": [1, 2], "b": None}) == (
        "60a978c02af61b202485e0f1a5461b6bff7022a29d5c782c3dde45b1817bced8"
    )
    assert rules.hash_of(YES_NO) == "a102a7ffbae14d271d62cb6dbb286b0eedfb0a5a397cf55ffc0e4e613c1ca46e"


def test_small_circles_keep_their_secret() -> None:
    """Talks §6 Secret minimum: 10 households vote in secret, 5 ballots are published as figures."""
    assert (rules.SECRET_MINIMUM, rules.FIGURES_MINIMUM) == (10, 5)


@given(choices=st.lists(st.integers(-2, 6), max_size=6), options=st.integers(0, 5), at_most=st.integers(0, 5))
def test_choices_are_different_options_and_not_too_many(choices: list[int], options: int, at_most: int) -> None:
    fits = set(choices) <= set(range(options)) and len(choices) == len(set(choices)) <= at_most
    assert rules.are_choices(choices, options=options, at_most=at_most) == fits


@pytest.mark.parametrize(
    ("counts", "abstain", "verdict", "leading"),
    [
        ((4, 3, 0), 0, "no_quorum", None),  # 7 of 7.5
        ((5, 3, 0), 0, "passed", 0),
        ((0, 3, 5), 9, "passed", 2),
        ((4, 4, 0), 0, "rejected", None),  # a tie at the first place chooses nothing
        ((4, 3, 0), 20, "no_quorum", None),  # abstentions do not make a quorum
    ],
)
def test_property_9_one_of_several_needs_the_same_quorum(
    counts: tuple[int, ...], abstain: int, verdict: str, leading: int | None
) -> None:
    rule = rules.completed_rule({}, kind="household", options="甲乙丙")
    found = rules.Count(counts=counts, abstain=abstain, valid=sum(counts) + abstain)
    assert rules.ruling_on(found, rule, entitled=100) == rules.Ruling(verdict=verdict, leading=leading, quorum=15)


@pytest.mark.parametrize(("quorum", "votes", "verdict"), [(16, 8, "passed"), (17, 8, "no_quorum")])
def test_property_9_exactly_half_of_the_quorum_is_enough(quorum: int, votes: int, verdict: str) -> None:
    rule = rules.completed_rule({"quorum_floor": quorum}, kind="household", options="甲乙丙")
    found = rules.Count(counts=(votes, 0, 0), abstain=0, valid=votes)
    assert rules.ruling_on(found, rule, entitled=100).verdict == verdict


@pytest.mark.parametrize(("abstain", "valid", "verdict"), [(0, 0, "no_quorum"), (3, 3, "no_quorum"), (3, 4, "passed")])
def test_an_agenda_ballot_is_void_only_when_nobody_chose(abstain: int, valid: int, verdict: str) -> None:
    rule = rules.completed_rule({}, kind="agenda", options="甲乙丙")
    found = rules.Count(counts=(valid - abstain, 0, 0), abstain=abstain, valid=valid)
    assert rules.ruling_on(found, rule, entitled=100).verdict == verdict
