"""The rotating code is the clock; minutes count once (service-points §4.1, §5.2, properties of §6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage.attendance import rules
from engage.attendance.rules import CodeRefused, Flag, Grade, Kind

pytestmark = pytest.mark.rules
START = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)
END = START + timedelta(minutes=90)
SEED = b"a seed of thirty-two bytes, long."
BOOK = rules.make_codes(SEED, starts_at=START, ends_at=END)

seeds = st.binary(min_size=16, max_size=32)
kinds = st.sampled_from(Kind)
seconds = st.integers(int((START - rules.CODES_EARLY).timestamp()), int((END + rules.CODES_LATE).timestamp()))
moments = seconds.map(lambda second: datetime.fromtimestamp(second, tz=UTC))
minutes = st.integers(0, 600).map(lambda minute: START + timedelta(minutes=minute))
intervals = st.tuples(minutes, minutes).map(lambda pair: (min(pair), max(pair)))


@given(seed=seeds, shown_at=moments, kind=kinds, digits=st.sampled_from([6, 10]))
@settings(max_examples=40, deadline=None)
def test_the_slot_of_a_code_is_recovered_whatever_the_phone_says(
    seed: bytes, shown_at: datetime, kind: Kind, digits: int
) -> None:
    book = rules.make_codes(seed, starts_at=START, ends_at=END)
    code = book.code(kind=kind, slot=rules.slot_of(shown_at))
    assert code is not None
    match = book.find(code[:digits])
    assert match is not None
    assert match.kind is kind
    assert match.slot_time <= shown_at < match.slot_time + timedelta(seconds=30)


@given(seed=seeds)
@settings(max_examples=15, deadline=None)
def test_codes_of_one_shift_are_distinct_and_in_is_never_out(seed: bytes) -> None:
    book = rules.make_codes(seed, starts_at=START, ends_at=END)
    typed = [code[:6] for code in (*book.arriving, *book.leaving)]
    assert len(set(typed)) == len(typed)
    assert {book.find(code).kind for code in book.arriving} == {Kind.IN}  # type: ignore[union-attr]
    assert {book.find(code).kind for code in book.leaving} == {Kind.OUT}  # type: ignore[union-attr]


def test_codes_stay_distinct_where_chance_alone_would_make_twins() -> None:
    """A shift of twelve hours has 3,360 codes: without drawing again, five or six pairs would coincide."""
    for number in range(5):
        book = rules.make_codes(bytes([number]) * 32, starts_at=START, ends_at=START + timedelta(hours=12))
        typed = {code[:6] for code in (*book.arriving, *book.leaving)}
        assert len(typed) == len(book.arriving) * 2 == len(book.by_digits)


def test_k3_random_and_bent_codes_are_worth_nothing() -> None:
    """K3: a hundred thousand guesses at ten digits, and every code with one digit bent."""
    known = {*BOOK.arriving, *BOOK.leaving}
    guesses = (f"{(number * 2654435761) % 10**10:010d}" for number in range(100_000))
    assert not [guess for guess in guesses if guess not in known and BOOK.find(guess)]
    for code in BOOK.arriving:
        bent = code[:9] + str((int(code[9]) + 1) % 10)
        assert BOOK.find(bent) is None
    for text in ("", "12345", "1234567", "12345678901", "12345a", "１２３４５６"):
        assert BOOK.find(text) is None


def test_another_shifts_codes_do_not_match_beyond_chance() -> None:
    other = rules.make_codes(b"another seed", starts_at=START, ends_at=END)
    assert not [code for code in other.arriving if BOOK.find(code)]


@pytest.mark.parametrize(("later", "accepted"), [(0, True), (9, True), (29, True), (30, True), (59, True), (60, False)])
def test_k1_a_live_code_is_accepted_in_its_slot_and_the_next_only(*, later: int, accepted: bool) -> None:
    """K1: replayed at +0, +9 … +60 s from the beginning of its slot."""
    slot = rules.slot_of(START)
    match = rules.CodeMatch(kind=Kind.IN, slot=slot)
    now = rules.start_of(slot) + timedelta(seconds=later)
    if accepted:
        verdict = rules.judge_code(match, now=now, seen_at=None, stored=False)
        assert (verdict.grade, verdict.flags, verdict.at) == (Grade.LIVE_CODE, (), now)
    else:
        with pytest.raises(CodeRefused):
            rules.judge_code(match, now=now, seen_at=None, stored=False)


@given(later=st.timedeltas(timedelta(0), timedelta(days=5)))
def test_a_stored_code_counts_from_its_slot_one_grade_lower_for_three_days(later: timedelta) -> None:
    match = rules.CodeMatch(kind=Kind.IN, slot=rules.slot_of(START))
    now = match.slot_time + later
    if later > rules.OFFLINE_LIMIT:
        with pytest.raises(CodeRefused):
            rules.judge_code(match, now=now, seen_at=None, stored=True)
        return
    verdict = rules.judge_code(match, now=now, seen_at=None, stored=True)
    assert verdict.at == match.slot_time
    live = later < timedelta(seconds=60)
    assert verdict.grade is (Grade.LIVE_CODE if live else Grade.STATIC_AND_PLACE)
    assert verdict.flags == (() if live else (Flag.OFFLINE,))


def test_a_code_from_the_future_is_refused_even_when_stored() -> None:
    match = rules.CodeMatch(kind=Kind.IN, slot=rules.slot_of(START) + 1)
    with pytest.raises(CodeRefused):
        rules.judge_code(match, now=START, seen_at=None, stored=True)


def test_who_opened_a_live_qr_has_five_minutes_to_press_the_button() -> None:
    match = rules.CodeMatch(kind=Kind.IN, slot=rules.slot_of(START))
    for seconds_later, accepted in ((299, True), (301, False)):
        now = START + timedelta(seconds=seconds_later)
        if accepted:
            assert rules.judge_code(match, now=now, seen_at=START, stored=False).grade is Grade.LIVE_CODE
        else:
            with pytest.raises(CodeRefused):
                rules.judge_code(match, now=now, seen_at=START, stored=False)
    with pytest.raises(CodeRefused):  # it was stale already when it was opened
        rules.judge_code(match, now=START + timedelta(seconds=95), seen_at=START + timedelta(seconds=61), stored=False)


@pytest.mark.parametrize(
    ("came", "left", "minutes_credited"),
    [
        (0, 90, 90),
        (-40, 90, 105),  # fifteen minutes before the start count
        (0, 200, 120),  # half an hour after the end counts
        (-60, -20, 0),
        (30, 31, 1),
        (125, 130, 0),
    ],
)
def test_minutes_count_within_the_plan_and_its_grace(came: int, left: int, minutes_credited: int) -> None:
    start, end = rules.credited(
        START + timedelta(minutes=came), START + timedelta(minutes=left), starts_at=START, ends_at=END
    )
    assert rules.minutes_between(start, end) == minutes_credited


@given(interval=intervals, taken=st.lists(intervals, max_size=6), seed=st.randoms(use_true_random=False))
def test_a_minute_counts_once_in_whatever_order(interval, taken, seed) -> None:
    minute = timedelta(minutes=1)
    own = {interval[0] + n * minute for n in range(int((interval[1] - interval[0]) / minute))}
    covered = {start + n * minute for start, end in taken for n in range(int((end - start) / minute))}
    shuffled = list(taken)
    seed.shuffle(shuffled)
    assert rules.uncovered_minutes(interval, shuffled) == len(own - covered)


def test_an_end_by_hand_lies_between_the_arrival_and_the_planned_end() -> None:
    rules.ensure_end(END, started_at=START, planned_end=END)
    for ended in (START, END + timedelta(minutes=1)):
        with pytest.raises(rules.EndRefused):
            rules.ensure_end(ended, started_at=START, planned_end=END)


def test_an_open_session_needs_closing_two_hours_after_the_plan() -> None:
    later = END + timedelta(hours=2)
    assert rules.needs_closing(ended=False, planned_end=END, now=later)
    assert not rules.needs_closing(ended=True, planned_end=END, now=later)
    assert not rules.needs_closing(ended=False, planned_end=END, now=later - timedelta(seconds=1))


def test_by_hand_is_the_weakest_evidence() -> None:
    assert rules.weaker(Grade.BY_HAND, Grade.DESK_SCAN) is Grade.BY_HAND
    assert rules.weaker(Grade.DESK_SCAN, Grade.LIVE_CODE) is Grade.LIVE_CODE
    assert rules.weaker(Grade.STATIC_AND_PLACE, Grade.LIVE_CODE) is Grade.STATIC_AND_PLACE


def test_flags_are_kept_once_and_in_order() -> None:
    assert rules.joined_flags(["overlap"], [Flag.OFFLINE, "overlap"]) == "offline,overlap"
    assert rules.split_flags("offline,overlap") == ("offline", "overlap")
    assert rules.split_flags("") == ()


@pytest.mark.parametrize(
    ("checked_in", "counted", "flagged"), [(6, 6, False), (7, 6, True), (5, 6, False), (7, None, False)]
)
def test_more_scans_than_heads_is_what_the_blind_count_finds(
    *, checked_in: int, counted: int | None, flagged: bool
) -> None:
    assert rules.too_many(checked_in=checked_in, counted=counted) is flagged
