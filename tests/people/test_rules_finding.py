"""What somebody types, and why an entry answers it: pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.people import filters, finding
from engage.people.filters import Filters

ZHOU = finding.Entry(name="周桂芳", pinyin="zhou gui fang", member_no=387, last4="0621", home="桂园3栋2单元501")


def marked(pieces: finding.Pieces) -> str:
    return "".join(f"[{text}]" if mark else text for text, mark in pieces)


@pytest.mark.parametrize(
    ("typed", "name", "home"),
    [
        ("周", "[周]桂芳", "桂园3栋2单元501"),
        ("桂", "周[桂]芳", "[桂]园3栋2单元501"),
        ("zgf", "[周桂芳]", "桂园3栋2单元501"),
        ("gf", "周[桂芳]", "桂园3栋2单元501"),
        ("GUI", "周[桂]芳", "桂园3栋2单元501"),
        ("guif", "周[桂芳]", "桂园3栋2单元501"),
        ("周 3栋", "[周]桂芳", "桂园[3栋]2单元501"),
        ("３栋 501", "周桂芳", "桂园[3栋]2单元[501]"),
    ],
)
def test_what_matched_is_marked(typed: str, name: str, home: str) -> None:
    words = finding.words_of(typed)
    reason = finding.reason_of(ZHOU, words)
    assert finding.answers(ZHOU, words)
    assert (marked(reason.name), marked(reason.home)) == (name, home)


@pytest.mark.parametrize("typed", ["0621", "387", "0387", "00387"])
def test_digits_find_a_number_or_the_end_of_a_phone(typed: str) -> None:
    words = finding.words_of(typed)
    reason = finding.reason_of(ZHOU, words)
    assert finding.answers(ZHOU, words)
    assert (reason.phone, reason.number) == (typed == "0621", typed != "0621")


@pytest.mark.parametrize("typed", ["王", "zf", "zhoufang", "621", "周 王", "38", "%", "芳桂", "u"])
def test_what_does_not_match_is_not_found(typed: str) -> None:
    assert not finding.answers(ZHOU, finding.words_of(typed))


def test_a_name_is_found_from_every_syllable_on() -> None:
    assert finding.terms_of(name="周桂芳", pinyin="zhou gui fang") == {
        "周桂芳", "桂芳", "芳", "zhouguifang", "guifang", "fang", "zgf", "gf",
    }  # fmt: skip


@given(st.text(max_size=200))
def test_words_are_few_short_and_never_empty(text: str) -> None:
    words = finding.words_of(text)
    assert len(words) <= finding.WORDS_AT_MOST
    assert all(0 < len(word) <= finding.WORD_AT_MOST for word in words)


@given(
    st.text("周桂芳陈ab ", min_size=1, max_size=6),
    st.lists(st.text("zhougif", min_size=1, max_size=5), max_size=4).map(" ".join),
    st.text("周桂陈abzhoug3栋", min_size=1, max_size=4),
)
def test_marking_loses_no_letter_and_marks_whatever_matched(name: str, pinyin: str, word: str) -> None:
    entry = finding.Entry(name=name, pinyin=pinyin, member_no=7, last4=None, home="桂园3栋")
    reason = finding.reason_of(entry, [word])
    assert "".join(text for text, _ in reason.name) == name
    assert "".join(text for text, _ in reason.home) == entry.home
    shown = any(mark for _, mark in [*reason.name, *reason.home]) or reason.number
    if finding.answers(entry, [word]):
        assert shown


@given(
    st.builds(
        Filters,
        q=st.text("周z3 ", max_size=8).map(lambda text: " ".join(text.split())),
        grid=st.sampled_from([None, 0, 5]),
        building=st.sampled_from([None, 3]),
        team=st.sampled_from([None, 0, 9]),
        **{name: st.sampled_from(["", *values]) for name, values in filters.CHOICES.items()},
    )
)
def test_an_address_says_the_filters_again(chosen: Filters) -> None:
    assert filters.filters_in(filters.address_of(chosen)) == chosen


@pytest.mark.parametrize("text", ["-1", "0", "1.5", "abc", "９", "99999999999", "none'"])
def test_nonsense_in_an_address_narrows_nothing(text: str) -> None:
    assert filters.filters_in({"grid": text, "age": text, "sort": text}) == Filters()


def test_the_bands_of_age_cover_every_year_once() -> None:
    bands = [band for band in filters.CHOICES["age"] if band != "unknown"]
    for year in range(1900, 2027):
        spans = [filters.birth_years(band, this_year=2026) for band in bands]
        assert sum(first <= year <= last for first, last in spans) == 1


@pytest.mark.parametrize(("born", "band"), [(2012, "child"), (2011, "youth"), (2008, "youth"), (2007, "adult")])
def test_who_may_still_be_younger_counts_as_younger(born: int, band: str) -> None:
    first, last = filters.birth_years(band, this_year=2026)
    assert first <= born <= last
