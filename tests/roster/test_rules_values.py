"""Cells as people type them, and what is meant."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.roster.rules.days import birth_from_age, birth_of
from engage.roster.rules.findings import KINDS, Unreadable
from engage.roster.rules.marks import yes_or_no
from engage.roster.rules.names import name_of
from engage.roster.rules.phones import phone_of
from engage.roster.rules.values import (
    ID_MARK,
    area_of,
    looks_like_a_formula,
    looks_like_an_id_number,
    teams_of,
    text_of,
)

TODAY = dt.date(2026, 6, 12)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
DAYS = st.dates(min_value=dt.date(1905, 1, 1), max_value=TODAY)
CELLS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
)


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@given(MOBILES)
def test_a_mobile_is_the_same_however_it_is_written(digits: str) -> None:
    dashed = f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"
    ways = [digits, int(digits), float(digits), f"{digits}.0", dashed, f" {digits}\xa0", full_width(digits),
            f"+86 {digits}", f"0086{digits}", f"{digits[:3]} {digits[3:7]} {digits[7:]}", f"手机：{digits}"]  # fmt: skip
    for way in ways:
        phone = phone_of(way)
        assert phone is not None
        assert (phone.digits, phone.mobile, phone.more) == (digits, True, False), way


@given(st.from_regex(r"[1-9][0-9]{4,9}", fullmatch=True))
def test_a_short_phone_is_refused_with_its_length(digits: str) -> None:
    with pytest.raises(Unreadable) as refused:
        phone_of(int(digits))
    assert refused.value.template % refused.value.facts == f"phone has {len(digits)} digits"


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("1.38E+10", "phone lost its last digits"),
        ("没电话", "phone is not a phone number"),
        ("23800138000", "phone is not a phone number"),
        ("138001380001", "phone has 12 digits"),
        (ID_MARK, "id number in this column"),
    ],
)
def test_a_phone_that_cannot_be_one_is_refused(cell: object, kind: str) -> None:
    with pytest.raises(Unreadable) as refused:
        phone_of(cell)  # type: ignore[arg-type]
    assert refused.value.template % refused.value.facts == kind


def test_landlines_and_two_numbers_in_one_cell_are_read() -> None:
    landline = phone_of("027-87654321")
    assert landline is not None
    assert (landline.digits, landline.mobile) == ("02787654321", False)
    two = phone_of("13800138000/13900139000")
    assert two is not None
    assert (two.digits, two.more) == ("13800138000", True)
    assert phone_of("1.3800138000E+10").digits == "13800138000"  # type: ignore[union-attr]


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "——", "无", "/", "不详", "N/A", "\u3000"])
def test_nothing_written_is_nothing(cell: str | None) -> None:
    assert name_of(cell) is phone_of(cell) is birth_of(cell, today=TODAY) is area_of(cell) is None
    assert yes_or_no(cell) is False
    assert teams_of(cell) == ()


@given(DAYS)
def test_a_birth_date_is_the_same_in_every_style(day: dt.date) -> None:
    y, m, d = day.year, day.month, day.day
    ways = [day, day.isoformat(), f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日", f"{y}{m:02}{d:02}", int(f"{y}{m:02}{d:02}"),
            full_width(f"{y}-{m}-{d}"), f"{day.isoformat()} 00:00:00", day.strftime("%d %b %Y")]  # fmt: skip
    for way in ways:
        assert str(birth_of(way, today=TODAY)) == day.isoformat(), way


@given(DAYS)
def test_a_birth_month_is_the_same_in_every_style(day: dt.date) -> None:
    y, m = day.year, day.month
    for way in (f"{y}-{m:02}", f"{y}年{m}月", f"{y}/{m}", f"{y}{m:02}", f"{y}年{m}月份"):
        assert str(birth_of(way, today=TODAY)) == f"{y}-{m:02}", way
    for way in (y, str(y), f"{y}年", float(y)):
        assert str(birth_of(way, today=TODAY)) == str(y), way


@pytest.mark.parametrize(
    ("cell", "birth"),
    [(18690, "1951-03-03"), (18690.0, "1951-03-03"), ("1988.1", "1988"), ("农历1950年3月", "1950"), ("56年3月", "1956-03"),
     ("58.3", "1958-03"), ("58-03-05", "1958-03-05"), (580302, "1958-03-02"), ("农历1958年三月初五", "1958"), ("一九五八年三月", "1958"),
     ("1958,3,5", "1958-03-05"), ("1958—3—5", "1958-03-05"), ("1958年生", "1958"), ("1958-03-05T00:00:00Z", "1958-03-05"),
     ("13/05/1971", "1971-05-13"), ("05/13/1971", "1971-05-13"), ("05/09/1971", "1971"), ("May 3, 1971", "1971-05-03")],
)  # fmt: skip
def test_odd_birth_dates(cell: object, birth: str) -> None:
    assert str(birth_of(cell, today=TODAY)) == birth  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cell", ["2031年13月", "1990年2月30日", "19991301", "2030-01-01", "1850-01-01", "1956-00-03", dt.date(2027, 1, 1)]
)
def test_impossible_birth_dates_are_refused(cell: object) -> None:
    with pytest.raises(Unreadable) as refused:
        birth_of(cell, today=TODAY)  # type: ignore[arg-type]
    template = refused.value.template
    assert (KINDS[template].kind or template) == "impossible birth date"


def test_an_age_gives_a_year() -> None:
    assert birth_from_age("65岁", today=TODAY) == birth_from_age(65, today=TODAY)
    assert str(birth_from_age(65.0, today=TODAY)) == "1961"


@given(st.integers(1, 1_000_000))
def test_an_area_is_whole_hundredths(centi: int) -> None:
    text = f"{centi // 100}.{centi % 100:02}"
    for way in (
        text,
        float(text),
        f"{text}㎡",
        f"{text} 平方米",
        full_width(text),
        f"{centi // 100:,}.{centi % 100:02}",
    ):
        assert area_of(way) == centi, way


def test_areas_round_half_up_and_refuse_nonsense() -> None:
    assert area_of("87.425") == 8743
    assert area_of(0) is None
    for wrong in ("很大", "-3", 20_000, "1e400", "inf"):
        with pytest.raises(Unreadable):
            area_of(wrong)


@pytest.mark.parametrize(
    ("typed", "name"),
    [(" 黄 明桂 ", "黄明桂"), ("李　阿姨", "李阿姨"), ("买买提•依明", "买买提·依明"), ("John  Smith", "John Smith")],
)
def test_names_lose_stray_spaces(typed: str, name: str) -> None:
    assert name_of(typed) == name


@pytest.mark.parametrize(
    "mark", ["是", "√", "✓", "有", "Y", "yes", "1", 1, True, "Ｙ", "✔️", "✅", "√√", "是（2019年）"]
)
def test_ways_to_say_yes(mark: object) -> None:
    assert yes_or_no(mark) is True  # type: ignore[arg-type]


@pytest.mark.parametrize("mark", ["否", "×", "N", 0, False, "无", "❌", "不愿意"])
def test_ways_to_say_no(mark: object) -> None:
    assert yes_or_no(mark) is False  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://example.invalid","点我")',
        "=1+1",
        "＝1+1",
        "@SUM(A1)",
        "+cmd|' /C calc'!A0",
        "-2+3*cmd|x",
        "\t=1+2",
    ],
)
def test_text_that_looks_like_a_formula(text: str) -> None:
    assert looks_like_a_formula(text)


@pytest.mark.parametrize(
    "text", ["+8613800138000", "-", "——", "-无", "027-87654321", "@张三", "= ", None, 5, "+86 138-0013-8000"]
)
def test_text_that_only_begins_like_one(text: object) -> None:
    assert not looks_like_a_formula(text)  # type: ignore[arg-type]


@given(st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True))
def test_id_numbers_are_known_even_when_damaged(number: str) -> None:
    assert looks_like_an_id_number(number)
    assert looks_like_an_id_number(f"{number[:6]} {number[6:14]} {number[14:]}")
    if number.isdigit():
        assert looks_like_an_id_number(float(number))


def refusal_of(read: Callable[..., object], cell: object) -> Unreadable | None:
    try:
        read(cell)
    except Unreadable as refused:
        return refused
    return None


@given(CELLS)
def test_any_cell_is_read_or_refused_never_a_crash(cell: object) -> None:
    readers = [name_of, phone_of, area_of, teams_of, yes_or_no, text_of, looks_like_a_formula, looks_like_an_id_number,
               lambda c: birth_of(c, today=TODAY), lambda c: birth_from_age(c, today=TODAY)]  # fmt: skip
    for read in readers:
        refused = refusal_of(read, cell)
        if refused is not None:
            assert KINDS[refused.template].message % refused.facts
            assert KINDS[refused.template].todo % refused.facts


@given(st.text(max_size=40))
def test_clean_text_stays_clean(text: str) -> None:
    once = text_of(text)
    assert text_of(once) == once or unicodedata.normalize("NFKC", once) != once
