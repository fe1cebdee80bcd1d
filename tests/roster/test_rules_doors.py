"""Grids, buildings and doors: many ways to write one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engage.roster.rules.dwellings import (
    Dwelling,
    building_key,
    building_label,
    entrance_key,
    grid_key,
    room_key,
    split_address,
)
from engage.roster.rules.matching import Traits, match, unit_labels
from engage.roster.rules.values import number_of, text_of


@given(st.integers(1, 99))
def test_a_grid_is_the_same_however_it_is_written(number: int) -> None:
    han = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    words = ("" if tens == 0 else ("" if tens == 1 else han[tens]) + "十") + (han[ones] if ones or not tens else "")
    for way in (f"{number}", f"第{number}网格", f"{number:02}", f"网格{number}", f"Grid {number}", f"第{words}网格", f"{words}网格",
                f"龙马社区第{number}网格", f"{number}号网格"):  # fmt: skip
        assert grid_key(text_of(way)) == str(number), way
    assert number_of(words) == number


def test_doors_are_the_same_however_they_are_written() -> None:
    assert {building_key(text) for text in ("3", "03", "3栋", "3号楼", "三栋", "3#", "3幢", "Building 3", "3号")} == {
        "3"
    }
    assert {entrance_key(text) for text in ("2", "2单元", "二单元", "02", "Unit 2")} == {"2"}
    assert {room_key(text) for text in ("501", "501室", "0501", "Room 501", "501号")} == {"501"}
    assert building_label("3") == "3栋"
    assert building_label("桂园6") == "桂园6栋"
    whole = {
        split_address(text)
        for text in (
            "3栋2单元501",
            "3栋2单元501室",
            "3-2-501",
            "3号楼2单元501",
            "Building 3, Unit 2, Room 501",
            "三栋二单元501",
        )
    }
    assert whole == {("3", "2", "501")}
    assert split_address("桂园6栋1单元301") == ("桂园6", "1", "301")
    assert split_address("东湖路12号3栋2单元501室") == ("东湖路12号3", "2", "501")
    assert split_address("A座1203") == ("A", "", "1203")
    assert split_address("村东头") is None


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_not_never_a_crash(text: str) -> None:
    found = split_address(text_of(text))
    assert found is None or all(found[::2])


def test_labels_are_unique_and_stay_what_they_were() -> None:
    first, second = Dwelling("1", "1", "", "101"), Dwelling("2", "1", "", "101")
    grids = {"1": "第1网格", "2": "第2网格"}
    assert unit_labels([first], {}, grids) == {first: "1栋101"}
    both = unit_labels([first, second], {}, grids)
    assert len(set(both.values())) == 2
    known: dict[str, str | None] = {"1栋101": "第1网格"}
    assert unit_labels([first, second], known, grids) == {first: "1栋101", second: "第2网格1栋101"}
    assert unit_labels([second], known | {"第2网格1栋101": "第2网格"}, grids) == {second: "第2网格1栋101"}
    assert unit_labels([first], {"1栋101": None}, grids) == {first: "1栋101"}


def traits(
    name: str = "张伟", phone: str | None = None, unit: int | None = None, birth_year: int | None = None
) -> Traits:
    return Traits(name=name, phone=phone, unit=unit, birth_year=birth_year)


def test_who_is_on_the_roll_is_found_by_the_surest_sign_and_taken_once() -> None:
    roll = [(1, traits(unit=5, birth_year=1950)), (2, traits(phone="P", unit=6)), (3, traits(unit=5, birth_year=1980))]
    assert match([traits(phone="P", unit=5)], roll) == [2]
    assert match([traits(unit=5, birth_year=1980), traits(unit=5, birth_year=1950)], roll) == [3, 1]
    assert match([traits(unit=5), traits(unit=5), traits(unit=5)], roll) == [1, 3, None]
    assert match([traits(name="李四", phone="P")], roll) == [None]
    assert match([traits(phone="Q", unit=6)], roll) == [None]
    assert match([traits(unit=0)], roll) == [None]


PEOPLE = st.builds(
    traits,
    name=st.sampled_from(["甲", "乙"]),
    phone=st.sampled_from([None, "P", "Q"]),
    unit=st.sampled_from([None, 1, 2]),
    birth_year=st.sampled_from([None, 1950, 1980]),
)


@given(st.lists(PEOPLE, max_size=6, unique=True))
def test_whoever_was_put_on_the_roll_is_found_there_again(people: list[Traits]) -> None:
    roll = list(enumerate(people, start=1))
    found = match(people, roll)
    assert None not in found
    assert len(set(found)) == len(people)
